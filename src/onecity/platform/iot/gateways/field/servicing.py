"""Runs a service and takes what it brings; the platform's side of `contract.Intake`."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, TypeVar

from onecity.kernel import clock
from onecity.kernel.errors import OneCityError, Unavailable
from onecity.platform.iot.gateways.field.contract import (
    Answered,
    Attached,
    FieldOrder,
    FieldService,
    Hello,
    Moment,
    Refused,
    Seen,
    SendOrder,
    Upload,
    Welcome,
)
from onecity.platform.iot.gateways.field.speakers import Item, Speaker
from onecity.platform.iot.gateways.field.taking import Taker
from onecity.platform.iot.models import DeviceCommand
from onecity.platform.iot.rules import reasons
from onecity.platform.iot.selectors.field import roster
from onecity.platform.iot.services.commands import note_answer

FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 30.0
Result = TypeVar("Result")
logger = logging.getLogger(__name__)


class NoOutlet:
    """A service speaks with its devices itself."""

    closed: Final = False
    holds: Final = False

    def send(self, data: bytes) -> None:
        """Drop bytes: answers are not used."""

    def hang_up(self) -> None:
        """Do nothing."""

    def hold_back(self, seconds: float) -> None:
        """Do nothing."""


class ServiceIntake:
    """What one service is given."""

    def __init__(self, service: FieldService, taker: Taker) -> None:
        self._service = service
        self._taker = taker
        self._shared = taker.shared
        self._speaker = Speaker(NoOutlet(), None, protocol=service.code, trusted=True)
        self._sends: dict[str, SendOrder] = {}
        self._heard: list[Callable[[str], None]] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def submit(self, uploads: Sequence[Upload], *, peer: str = "") -> Sequence[str]:
        """Return after the commit, for each upload "" or the reason for which it was refused."""
        loop = asyncio.get_running_loop()
        waiting: list[asyncio.Future[str]] = []
        for upload in uploads:
            done: asyncio.Future[str] = loop.create_future()
            waiting.append(done)
            self._taker.take(Item(self._speaker, upload, partial(_tell, done), peer))
        found = await asyncio.gather(*waiting)
        if reasons.NOT_RECORDED in found:
            raise Unavailable
        return found

    async def admit(self, device_key: str, credential: str | None, *, peer: str = "") -> Welcome:
        """Judge a log-in."""
        done: asyncio.Future[Welcome] = asyncio.get_running_loop().create_future()

        def welcomed(welcome: Welcome) -> tuple[()]:
            if not done.done():
                done.set_result(welcome)
            return ()

        raw = device_key.encode()
        self._taker.take(Item(self._speaker, Hello(raw, device_key, welcomed, credential), peer=peer))
        return await done

    def refused(self, item: Refused, *, peer: str = "") -> None:
        """Keep bytes that cannot be taken in the quarantine."""
        self._taker.refuse(self._speaker, item, peer=peer)

    def seen(self, device_key: str) -> None:
        """Note a sign of life of a device that was let in."""
        self._taker.take(Item(self._speaker, Seen(device_key)))

    async def answered(self, item: Answered) -> None:
        """Note a device's word on an order."""
        state = DeviceCommand.State(item.state.value)

        def note() -> None:
            entry = self._shared.directory.find(item.device_key)
            if entry is not None:
                note_answer(entry.id, reference=item.reference, state=state, result=item.text, now=clock.real_now())

        await self._shared.database.call(note)

    def enter(self, device_key: str, send: SendOrder) -> None:
        """Hold a device's line."""
        self._sends[device_key] = send
        self._shared.lines.enter(device_key, self._speaker, send=self._send)

    def leave(self, device_key: str, send: SendOrder) -> None:
        """Give the line up, unless a newer one was entered."""
        if self._sends.get(device_key) == send:
            del self._sends[device_key]
            self._speaker.keys.discard(device_key)
            self._shared.lines.leave(self._speaker, device_key)

    async def call(self, function: Callable[[], Result]) -> Result:
        """Run something that needs the database, in a thread of the intake's own."""
        return await self._shared.database.call(function)

    async def roster(self) -> Sequence[Attached]:
        """Return every device in use of the service's own protocol, with its link."""
        return await self._shared.database.call(partial(roster, self._service.code))

    def on_change(self, heard: Callable[[str], None]) -> None:
        """Be told the key of each device that changed; "" means any may have."""
        self._heard.append(heard)

    def changed(self, device_key: str) -> None:
        """Tell the service of a change."""
        for heard in self._heard:
            heard(device_key)

    def now(self) -> Moment:
        """Return the moment."""
        return self._shared.now()

    def traced(self, device_key: str) -> bool:
        """Say whether somebody watches this device's bytes."""
        return device_key in self._shared.tracer.watched

    def trace(self, device_key: str, data: bytes, *, outward: bool, result: str = "") -> None:
        """Keep bytes of a device that is watched; nothing for others."""
        self._shared.tracer.note(self._service.code, device_key, data, outward=outward, result=result)

    async def run(self) -> None:
        """Run the service until cancelled, again after a pause whenever it fails."""
        pause_s = FIRST_PAUSE_S
        while True:
            began = self._shared.now().seconds
            try:
                await self._service.run(self)
            except Exception:  # the outermost loop of whatever library this is
                logger.exception("%s failed", self._service.code)
            if self._shared.now().seconds - began > LONGEST_PAUSE_S:
                pause_s = FIRST_PAUSE_S
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)

    def _send(self, speaker: Speaker, order: FieldOrder) -> None:
        send = self._sends.get(order.device_key)
        if send is not None:
            task = asyncio.ensure_future(self._sent(send, order))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _sent(self, send: SendOrder, order: FieldOrder) -> None:
        try:
            await send(order)
        except OneCityError as error:
            self._shared.lines.end(order, failed=str(error))


def _tell(done: "asyncio.Future[str]", reason: str) -> None:
    if not done.done():
        done.set_result(reason)
