"""Which device is on which line, and the orders that go down it.

Lines are entered in the event loop; orders are looked for, claimed and ended in the reporter's thread.
"""

from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Final, NamedTuple

from onecity.kernel import clock
from onecity.kernel.errors import OneCityError
from onecity.platform.iot.gateways.field.contract import FieldOrder, Moment
from onecity.platform.iot.gateways.field.speakers import Speaker
from onecity.platform.iot.gateways.tracing import Tracer
from onecity.platform.iot.models import DeviceCommand
from onecity.platform.iot.services.commands import Waiting, claim_order, note_answer, waiting_orders
from onecity.platform.iot.services.directory import Directory

TOLD_AGAIN_AFTER_S: Final = 3_600.0
Send = Callable[[Speaker, FieldOrder], None]
States = DeviceCommand.State


class _Outcome(NamedTuple):
    """How an order ended without the device's word. failed: the sentence, "" if it is done."""

    order: FieldOrder
    failed: str


@dataclass(frozen=True, slots=True)
class _Place:
    speaker: Speaker
    send: Send


class Lines:
    """Devices by key; the newest line of each gets its orders.

    later: runs a function in the event loop, from any thread. now: the moment, in the event loop.
    """

    def __init__(
        self,
        directory: Directory,
        tracer: Tracer,
        *,
        later: Callable[[Callable[[], None]], object],
        now: Callable[[], Moment],
    ) -> None:
        self._directory = directory
        self._tracer = tracer
        self._later = later
        self._now = now
        self._places: dict[str, _Place] = {}
        self._twice: dict[str, float] = {}
        self._outcomes: SimpleQueue[_Outcome] = SimpleQueue()

    def enter(self, device_key: str, speaker: Speaker, *, send: Send | None = None) -> bool:
        """Note that a device spoke on a line; True if it speaks on two at once, told once an hour.

        The newest line counts: one that was there before does not take the device back by going on to speak.
        """
        place = self._places.get(device_key)
        if send is None and (speaker.session is None or (place is not None and place.speaker is speaker)):
            return False  # a service says itself which devices it can reach
        if send is not None or place is None or device_key not in speaker.keys:
            speaker.keys.add(device_key)
            self._places[device_key] = _Place(speaker, send or self.down_the_line)
            return False
        now = self._now().seconds
        if self._twice.get(device_key, -TOLD_AGAIN_AFTER_S) + TOLD_AGAIN_AFTER_S > now:
            return False
        self._twice[device_key] = now
        return True

    def other(self, device_key: str) -> str:
        """Return the network address of the line that gets a device's orders; "" for none."""
        place = self._places.get(device_key)
        return place.speaker.address if place else ""

    def leave(self, speaker: Speaker, device_key: str = "") -> None:
        """Forget a line, or one device on it."""
        for key in [device_key] if device_key else speaker.keys:
            place = self._places.get(key)
            if place is not None and place.speaker is speaker:
                del self._places[key]

    def send_waiting(self) -> None:
        """Claim and send the orders for devices that are on a line here. In the reporter's thread; real time."""
        self._end()
        now = clock.real_now()
        if not self._places:
            return
        for item in waiting_orders(now, lines=list(self._places)):
            place = self._places.get(item.device_key) or self._places.get(item.line_key)
            if place is not None and claim_order(item.id, reference=str(item.id), now=now):
                self._later(lambda item=item, place=place: place.send(place.speaker, _order(item)))  # type: ignore[misc]

    def end(self, order: FieldOrder, *, failed: str = "") -> None:
        """Note that an order is done without the device's word, or failed with a sentence. In the event loop."""
        self._outcomes.put(_Outcome(order, failed))

    def down_the_line(self, speaker: Speaker, order: FieldOrder) -> None:
        """Let the line's session put an order into its protocol's words, and send it."""
        if speaker.session is None or speaker.outlet.closed:
            return
        try:
            ordered = speaker.session.order(order.device_key, order.code, order.arguments, self._now())
        except OneCityError as error:
            self.end(order, failed=str(error))
            return
        speaker.remember(order.device_key, ordered.reference, order.id)
        if ordered.data:
            speaker.outlet.send(ordered.data)
            self._tracer.note(
                speaker.protocol, order.device_key, ordered.data,
                outward=True, peer=speaker.address, result=f"order {order.code}",
            )  # fmt: skip
        if not ordered.awaited:
            self.end(order)

    def _end(self) -> None:
        now = clock.real_now()
        while True:
            try:
                order, failed = self._outcomes.get_nowait()
            except Empty:
                return
            entry = self._directory.find(order.device_key)
            if entry is not None:
                state = States.FAILED if failed else States.DONE
                note_answer(entry.id, reference=order.reference, state=state, result=failed, now=now)


def _order(item: Waiting) -> FieldOrder:
    return FieldOrder(item.id, str(item.id), item.device_key, item.code, item.arguments)
