"""The fast way of MQTT: what a topic's messages mean, known without asking the database.

Read and written in the event loop only. What is not at hand goes the slow way, through the writer's thread, and is at
hand afterwards.
"""

from dataclasses import dataclass, field
from typing import Final

from onecity.platform.iot.codecs.telemetry import NotTelemetry, at_of, decode
from onecity.platform.iot.declare import Period, Protocol
from onecity.platform.iot.gateways.mqtt.topics import TELEMETRY, parted
from onecity.platform.iot.rules import quality
from onecity.platform.iot.rules.series import split_name
from onecity.platform.iot.services.directory import Directory, Entry
from onecity.platform.iot.services.intake.collecting import Collected
from onecity.platform.iot.services.intake.telemetry import admitted

MOST_TOPICS: Final = 200_000
_NO_NUMBER: Final = quality.code(quality.NO_NUMBER)
_GOOD: Final = quality.code(quality.GOOD)
Place = tuple[int, float, float]
"""Datastream, and the ratio by which a value on the wire becomes one in the property's unit."""


@dataclass(slots=True)
class Route:
    """A topic of a device that was let in. names: places by name on the wire, for real-time data and other periods."""

    entry: Entry
    silent_after_s: int
    real_time: dict[str, Place] = field(default_factory=dict)
    others: dict[str, dict[str, Place]] = field(default_factory=dict)

    def names(self, period: Period) -> dict[str, Place]:
        """Return the places of one period."""
        return self.real_time if period is Period.REAL_TIME else self.others.setdefault(period.value, {})

    def place(self, period: Period, name: str) -> Place | None:
        """Return the place of a name that comes for the first time, None if it has no datastream yet."""
        head, sub_value = split_name(name)
        number = self.entry.streams.get((period.value, head, sub_value))
        if number is None:
            return None
        times, over = self.entry.ratio(head, sub_value)
        found = self.names(period)[name] = (number, times, over)
        return found


class FastWay:
    """Routes by topic."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._version = directory.version
        self._routes: dict[bytes, Route] = {}

    def refresh(self) -> None:
        """Forget what the directory forgot."""
        if self._version != self._directory.version or len(self._routes) > MOST_TOPICS:
            self._version = self._directory.version
            self._routes.clear()

    def route(self, topic: bytes) -> Route | None:
        """Return a topic's route; None if its messages have to go the slow way."""
        found = self._routes.get(topic)
        return found if found is not None else self._found(topic)

    def _found(self, topic: bytes) -> Route | None:
        key, leaf = parted(topic)
        entry = self._directory.known(key) if leaf == TELEMETRY else None
        if entry is None or isinstance(admitted(entry, Protocol.MQTT), str):
            return None
        route = self._routes[topic] = Route(entry, entry.silent_after_s)
        return route


def take(payload: bytes, route: Route, *, arrived: int, origin: int, collected: Collected) -> bool:
    """Put a payload's readings into `collected`; False, and nothing of it, if it has to go the slow way."""
    before = len(collected.datastream)
    try:
        for point in decode(payload):
            at = at_of(point.ts, arrived=arrived)
            code = quality.code(point.quality)
            names = route.names(point.period)
            for name, value in point.values.items():
                place = names.get(name) or route.place(point.period, name)
                if place is None:
                    collected.cut(before)
                    return False
                result = None if value is None else value * place[1] / place[2]
                _append(collected, place[0], at, result, _NO_NUMBER if result is None and code == _GOOD else code)
                collected.origin.append(origin)
    except NotTelemetry:
        collected.cut(before)
        return False
    return True


def _append(collected: Collected, datastream: int, at: int, result: float | None, code: int) -> None:
    collected.datastream.append(datastream)
    collected.at.append(at)
    collected.result.append(float("nan") if result is None else result)
    collected.quality.append(code)
