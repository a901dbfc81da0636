"""Rounds of questions: which meter is due, what it is still to be asked, what it has said so far."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from onecity.platform.iot.gateways.field.contract import Attached, Reading

USUAL_EVERY_S: Final = 900.0
SHORTEST_EVERY_S: Final = 5.0
LONGEST_EVERY_S: Final = 86_400.0


@dataclass(slots=True)
class Round:
    """One meter's round. topics: still to be asked. raw: its frames, as they came."""

    meter: Attached
    topics: deque[str]
    readings: list[Reading] = field(default_factory=list)
    raw: bytearray = field(default_factory=bytearray)


class Timetable:
    """When each meter of a line is to be asked again. Times are monotonic seconds."""

    def __init__(self) -> None:
        self._meters: dict[str, Attached] = {}
        self._due: dict[str, float] = {}

    def take(self, meters: Sequence[Attached], *, seconds: float) -> None:
        """Take the meters of the line; those that are new are due at once."""
        self._meters = {item.device_key: item for item in meters}
        self._due = {key: self._due.get(key, seconds) for key in self._meters}

    def meter(self, key: str) -> Attached | None:
        """Return a meter of the line."""
        return self._meters.get(key)

    def due(self, *, seconds: float) -> Attached | None:
        """Return the meter that has been due longest and enter its next time; None if none is due."""
        key = min(self._due, key=self._due.__getitem__, default="")
        if not key or self._due[key] > seconds:
            return None
        meter = self._meters[key]
        self._due[key] = seconds + every_s(meter)
        return meter

    def hurry(self, key: str, *, seconds: float) -> None:
        """Make a meter due."""
        if key in self._due:
            self._due[key] = seconds


def every_s(meter: Attached) -> float:
    """Return how often a meter is asked: `every_s` of its link, else every quarter of an hour."""
    given = meter.link.get("every_s")
    if isinstance(given, int | float) and not isinstance(given, bool):
        return min(max(float(given), SHORTEST_EVERY_S), LONGEST_EVERY_S)
    return USUAL_EVERY_S
