"""Events as applications get them: CloudEvents in JSON, alike on every channel.

Source: CloudEvents 1.0.2, 2 and 3 (attributes); CloudEvents JSON format 1.0.2, 4 (batch).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

SOURCE: Final = "/iot"
BATCH: Final = "application/cloudevents-batch+json; charset=utf-8"
TYPES: Final[Mapping[str, str]] = {
    "readings": "onecity.iot.reading",
    "latest": "onecity.iot.latest",
    "alarms": "onecity.iot.alarm",
    "states": "onecity.iot.device_state",
    "rules": "onecity.iot.rule",
    "sample": "onecity.iot.sample",
    "gap": "onecity.iot.gap",
}
"""Types of events by topic; `sample` and `gap` come with every subscription."""

Event = Mapping[str, object]


def event_id(position: int, place: int) -> str:
    """Return an event's id: where it stands in the feed. It stays the same however often the event is told."""
    return f"{position}.{place}"


def place_of(event: str) -> tuple[int, int]:
    """Return position and place of an event's id.

    Raises: ValueError for anything else.
    """
    position, _, place = event.partition(".")
    if not (position.isascii() and position.isdigit() and place.isascii() and place.isdigit() and len(event) <= 30):
        raise ValueError(event)
    return int(position), int(place)


def envelope(topic: str, *, number: str, subject: str, at: datetime, data: Mapping[str, object]) -> Event:
    """Return one event. number: of `event_id`. subject: the device's key, "" for none. at: phenomenon time."""
    found: dict[str, object] = {
        "specversion": "1.0",
        "id": number,
        "source": SOURCE,
        "type": TYPES[topic],
        "time": at.isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "data": dict(data),
    }
    if subject:
        found["subject"] = subject
    return found
