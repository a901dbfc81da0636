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
