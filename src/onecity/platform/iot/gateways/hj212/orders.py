"""Which device is on which line, and the orders that go down it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from typing import Protocol as Shape

from onecity.kernel import clock
from onecity.kernel.errors import OneCityError
from onecity.platform.iot.codecs.hj212 import Packet, edition_of, encode
from onecity.platform.iot.codecs.hj212.downlink import FieldUnit, set_minute_interval, set_real_time_interval, set_time
from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.gateways.tracing import Tracer
from onecity.platform.iot.models import DeviceCommand
from onecity.platform.iot.services import commands
from onecity.platform.iot.services.commands import Waiting, claim_order, fail_order, note_answer, waiting_orders

ACCEPTED: Final = "9011"
ENDED: Final = "9012"
NOTICED: Final = "9013"
_GOOD: Final = "1"
_MILLISECOND: Final = timedelta(milliseconds=1)


class Line(Shape):
    """A connection, as far as answers and orders go. mns: devices that spoke on it."""

    address: str
    mns: set[str]

    def send(self, data: bytes) -> None: ...


@dataclass(frozen=True, slots=True)
class _Place:
    line: Line
    unit: FieldUnit


class Orders:
    """Lines are entered in the event loop; orders are looked for in the reporter's thread.

    later: runs a function in the event loop, from any thread.
    """

    def __init__(self, tracer: Tracer, later: Callable[[Callable[[], None]], object]) -> None:
        self._tracer = tracer
        self._later = later
        self._places: dict[str, _Place] = {}
        self._last: datetime | None = None

    def enter(self, line: Line, *, st: str, mn: str, pw: str | None, flag: int | None) -> None:
        """Note on which line a device is; the newest counts."""
        line.mns.add(mn)
        self._places[mn] = _Place(line, FieldUnit(st, mn, pw or "", edition_of(flag)))

    def leave(self, line: Line) -> None:
        """Forget a line."""
        for mn in line.mns:
            place = self._places.get(mn)
            if place is not None and place.line is line:
                del self._places[mn]

    def send_waiting(self) -> None:
        """Send the orders for devices that are on a line here. now: real time, so that a standing clock stops none."""
        now = clock.real_now()
        for item in waiting_orders(now):
            place = self._places.get(item.device_key)
            if place is not None:
                self._send(item, place, now=now)

    def answered(self, packet: Packet, *, device_id: int, now: datetime) -> None:
        """Note what a device says of an order; in the caller's transaction. now: real time.

        Source: HJ 212-2017, 6.6.2 (9011 says whether it will, 9012 how it ended).
        """
        result = packet.field("QnRtn") if packet.cn == ACCEPTED else packet.field("ExeRtn")
        states = DeviceCommand.State
        state = {
            ACCEPTED: states.ACCEPTED if result == _GOOD else states.FAILED,
            ENDED: states.DONE if result == _GOOD else states.FAILED,
            NOTICED: states.DONE,
        }.get(packet.cn)
        if state is not None and packet.qn:
            text = f"{packet.cn} {result or ''}".strip()
            note_answer(device_id, reference=packet.qn, state=state, result=text, now=now)

    def order_time(self, device_id: int) -> None:
        """Order the clock of a device that asked for it to be set; in the caller's transaction."""
        commands.order_time(device_id, now=clock.real_now())

    def _send(self, item: Waiting, place: _Place, *, now: datetime) -> None:
        try:
            packet = self._packet(item, place.unit)
            data = encode(packet)
        except OneCityError as error:
            fail_order(item.id, result=str(error), now=now)
            return
        if claim_order(item.id, reference=packet.qn or "", now=now):
            self._later(lambda: self._send_down(place.line, data, item))

    def _send_down(self, line: Line, data: bytes, item: Waiting) -> None:
        line.send(data)
        self._tracer.note(
            Protocol.HJ212, item.device_key, data, outward=True, peer=line.address, result=f"order {item.code}"
        )

    def _packet(self, item: Waiting, unit: FieldUnit) -> Packet:
        at = self._next_moment()
        if item.code == "set_real_time_interval":
            return set_real_time_interval(unit, at=at, interval_s=item.argument or 0)
        if item.code == "set_minute_interval":
            return set_minute_interval(unit, at=at, minutes=item.argument or 0)
        return set_time(unit, at=at, time=at)

    def _next_moment(self) -> datetime:
        """Return the city's time, a millisecond later than the last at least: each request has its own number."""
        now = clock.city_now()
        if self._last is not None and now < self._last + _MILLISECOND:
            now = self._last + _MILLISECOND
        self._last = now
        return now
