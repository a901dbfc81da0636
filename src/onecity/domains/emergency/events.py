"""Events that emergency management publishes."""

from typing import Final

from onecity.kernel.bus import EventType

_FIELDS: Final = ("incident_id", "number", "kind_code", "grade", "is_drill", "organisation_id", "division_code")

INCIDENT_TAKEN: Final = EventType("emergency.incident_taken", _FIELDS)
"""An incident was taken in. grade: 1–4 or None."""

INCIDENT_GRADED: Final = EventType("emergency.incident_graded", _FIELDS)
"""An incident's grade was set or changed."""

INCIDENT_CLOSED: Final = EventType("emergency.incident_closed", _FIELDS)
"""An incident is over: closed, not real, or merged into another."""

_OF_RESPONSES: Final = (*_FIELDS, "response_id", "plan_code", "level")

RESPONSE_STARTED: Final = EventType("emergency.response_started", _OF_RESPONSES)
"""A plan was activated for an incident. level: 1 (highest) to 4."""

RESPONSE_LEVEL_CHANGED: Final = EventType("emergency.response_level_changed", _OF_RESPONSES)
"""A response went up or down."""

RESPONSE_ENDED: Final = EventType("emergency.response_ended", _OF_RESPONSES)
"""A response is over."""
