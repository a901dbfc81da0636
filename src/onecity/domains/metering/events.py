"""Events that metering publishes."""

from typing import Final

from onecity.kernel.bus import EventType

ABNORMALITY_FOUND: Final = EventType(
    "metering.abnormality_found",
    (
        "abnormality_id",
        "meter_id",
        "device_id",
        "supply",
        "kind",
        "severity",
        "date",
        "organisation_id",
        "division_code",
    ),
)
"""Abnormal use of a meter was found; once for as long as it stands. date: ISO 8601."""
