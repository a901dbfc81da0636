"""From a vehicle's report to readings, notes and a place on the map."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from onecity.kernel.clock import CITY_ZONE
from onecity.kernel.coordinates.gcj02 import wgs84_from_gcj02
from onecity.kernel.coordinates.points import Gcj02
from onecity.platform.iot.codecs.gb32960 import Edition
from onecity.platform.iot.codecs.gb32960.layouts import ALARMS, ALARMS_2016
from onecity.platform.iot.codecs.gb32960.reports import ABNORMAL, Information, Report, Value, is_signature
from onecity.platform.iot.codecs.gb32960.titles import TITLES
from onecity.platform.iot.gateways.field.bits import BitsTold
from onecity.platform.iot.gateways.field.contract import Note, Position, Reading
from onecity.platform.iot.rules import quality

_NO_FIX: Final = 1
_SOUTH: Final = 2
_WEST: Final = 4
_WGS84: Final = 1
_GCJ02: Final = 2


@dataclass(slots=True)
class Vehicle:
    """What a line knows of a vehicle. asked: references of open orders, by the packet's command."""

    vin: bytes
    edition: Edition
    alarms: BitsTold = field(default_factory=BitsTold)
    asked: dict[int, str] = field(default_factory=dict)
    orders: int = 0

    @property
    def alarm_names(self) -> tuple[str, ...]:
        """The names of its edition's alarm bits."""
        return ALARMS[:ALARMS_2016] if self.edition is Edition.E2016 else ALARMS


@dataclass(slots=True)
class Reported:
    """What a report says. live: it tells of now, not of an hour without a network. seconds: monotonic."""

    vehicle: Vehicle
    at: datetime
    live: bool
    seconds: float
    readings: list[Reading] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    position: Position | None = None

    def report(self, report: Report) -> "Reported":
        """Take every information body; what nobody can read is kept as it came."""
        for body in report.bodies:
            if body.custom:
                self.notes.append(Note(f"{body.kind:02X}", body.custom.hex()))
            self._body(body)
        if report.rest and not is_signature(report):
            self.notes.append(Note(f"{report.rest[0]:02X}", report.rest.hex()))
        return self

    def _body(self, body: Information) -> None:
        for value in body.values:
            if value.name in {"longitude", "latitude"} or not value.name:
                continue
            self._read(value)
            if value.name == "alarm_flags":
                self._alarms(value.raw)
        if any(value.name == "longitude" for value in body.values):
            self._place({value.name: value for value in body.values})

    def _read(self, value: Value) -> None:
        letter = quality.GOOD
        if value.flaw:
            letter = "D" if value.flaw == ABNORMAL else quality.NO_NUMBER
        self.readings.append(Reading(value.name, value.number, self.at, quality=letter))

    def _alarms(self, bits: int) -> None:
        vehicle = self.vehicle
        before = vehicle.alarms.before
        told = vehicle.alarms.take(bits, seconds=self.seconds) if self.live else bits
        names = vehicle.alarm_names
        for bit, name in enumerate(names):
            if (bits | told) >> bit & 1:
                self.readings.append(Reading(f"alarm_{name}", bits >> bit & 1, self.at))
        new = [name for bit, name in enumerate(names) if (bits & ~before) >> bit & 1]
        if new and self.live:
            words = "、".join(TITLES[name] for name in new)
            self.notes.append(Note("alarm", f"{words}，时间 {self.at.astimezone(CITY_ZONE):%Y-%m-%d %H:%M:%S}"))

    def _place(self, values: dict[str, Value]) -> None:
        place = place_of(values)
        letter = quality.GOOD if place else quality.NO_NUMBER
        for name, number in zip(("longitude", "latitude"), place or (None, None), strict=True):
            self.readings.append(Reading(name, number, self.at, quality=letter))
        if place and self.live:
            self.position = Position(*place, self.at, self._speed())

    def _speed(self) -> float | None:
        return next((reading.value for reading in self.readings if reading.name == "speed"), None)


def place_of(values: dict[str, Value]) -> tuple[float, float] | None:
    """Return longitude and latitude, WGS 84; None without a fix, in an unknown datum, or where there can be nobody.

    Source: GB/T 32960.3-2016, 7 and GB/T 32960.3-2025, 7 (车辆位置数据).
    """
    state = values["position_state"].raw
    datum = values["datum"].raw if "datum" in values else _WGS84
    longitude, latitude = values["longitude"].number, values["latitude"].number
    if state & _NO_FIX or datum not in {_WGS84, _GCJ02} or longitude is None or latitude is None:
        return None
    if longitude > 180 or latitude > 90:
        return None
    place = (-longitude if state & _WEST else longitude, -latitude if state & _SOUTH else latitude)
    if datum == _GCJ02:
        plain = wgs84_from_gcj02(Gcj02(*place))
        return round(plain.lon, 6), round(plain.lat, 6)
    return place


def login_words(parts: Iterable[tuple[str, object]]) -> str:
    """Return what a log-in says, in words."""
    return "，".join(f"{name} {value}" for name, value in parts if value)
