"""Events that iot publishes."""

from typing import Final

from onecity.kernel.bus import EventType

OBSERVATIONS_RECORDED: Final = EventType("iot.observations_recorded", ("device_type", "period", "device_ids", "hours"))
"""New readings of watched devices (`declare.ObservationWatch`), told once for each batch.

device_ids: list of ids. hours: the hours (UTC, ISO 8601) into which the readings' phenomenon times fall, sorted.
"""

_ALARM_FIELDS: Final = (
    "alarm_id",
    "rule_code",
    "severity",
    "device_id",
    "device_key",
    "device_name",
    "device_type",
    "property_code",
    "value",
    "unit",
    "text",
    "at",
    "organisation_id",
    "division_code",
    "longitude",
    "latitude",
)

ALARM_RAISED: Final = EventType("iot.alarm_raised", _ALARM_FIELDS)
"""A rule raised an alarm; once for as long as it stands. at: phenomenon time, ISO 8601. value: None for silence."""

ALARM_CLEARED: Final = EventType("iot.alarm_cleared", _ALARM_FIELDS)
"""An alarm is over. at: phenomenon time of the clearing reading; value: that reading's."""

RULE_FIRED: Final = EventType("iot.rule_fired", ("rule_id", "rule_name", "edition", "firings"))
"""A linkage rule fired, told once for a batch. firings: list of {id, subject, device_id, device_key, device_name,
device_type, organisation_id, division_code, begun_at, fired_at, values}; instants are phenomenon times, ISO 8601."""

RULE_ENDED: Final = EventType("iot.rule_ended", ("rule_id", "rule_name", "edition", "firings"))
"""Firings of a linkage rule are over. firings: as in `iot.rule_fired`, each with `ended_at`."""

CASE_WANTED: Final = EventType(
    "iot.case_wanted",
    (
        "firing_id",
        "rule_id",
        "rule_name",
        "device_id",
        "device_key",
        "device_name",
        "device_type",
        "property_code",
        "text",
        "at",
        "organisation_id",
        "division_code",
        "longitude",
        "latitude",
    ),
)
"""A linkage rule asks for a case, once for each firing. at: phenomenon time, ISO 8601. text: a Chinese sentence."""
