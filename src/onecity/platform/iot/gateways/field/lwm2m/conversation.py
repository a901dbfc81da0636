"""The platform's side of the talk with one client: observing, orders."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Final

from aiocoap import Context, Message
from aiocoap.error import Error
from aiocoap.interfaces import EndpointAddress
from aiocoap.numbers.codes import Code

from onecity.kernel.errors import Unavailable
from onecity.platform.iot.codecs.lwm2m import Format, Links, NotReadable, Path, plain_text, read, write
from onecity.platform.iot.gateways.field.contract import (
    Answered,
    CommandUnknown,
    FieldOrder,
    Intake,
    OrderState,
    Refused,
    Upload,
)
from onecity.platform.iot.gateways.field.lwm2m.links import ORDERS, Link, Order, observed, path_of
from onecity.platform.iot.gateways.field.lwm2m.telling import upload_of
from onecity.platform.iot.rules import reasons

PATIENCE_S: Final = 60.0
AGAIN_S: Final = 60.0
MOST_WAITING: Final = 50
_PREFERRED: Final = (Format.SENML_CBOR, Format.SENML_JSON)
_RESOURCE: Final = 3
logger = logging.getLogger(__name__)


class Conversation:
    """One client. queued: it sleeps; it is spoken to right after it spoke."""

    def __init__(
        self,
        intake: Intake,
        context: Context,
        *,
        key: str,
        remote: EndpointAddress,
        links: Links,
        link: Link,
        queued: bool,
    ) -> None:
        self._intake = intake
        self._context = context
        self._key = key
        self._links = links
        self._link = link
        self._queued = queued
        self._waiting: list[FieldOrder] = []
        self._word = asyncio.Event()
        self.remote = remote

    async def hold(self) -> None:
        """Observe, and carry orders out, until cancelled."""
        async with asyncio.TaskGroup() as group:
            for path in observed(self._link, self._links):
                group.create_task(self._observe(path))
            group.create_task(self._carry_out())

    async def send(self, order: FieldOrder) -> None:
        """Take an order; one for a sleeping client waits until it speaks.

        Raises: CommandUnknown if neither the client's link nor the standard knows it.
        """
        self._order(order.code)
        self._waiting.append(order)
        del self._waiting[:-MOST_WAITING]
        if not self._queued:
            self._word.set()

    def awake(self, remote: EndpointAddress, *, links: Links) -> None:
        """Note that the client spoke, perhaps from another address."""
        self.remote, self._links = remote, links
        self._word.set()

    async def _observe(self, path: Path) -> None:
        """Hear of an object instance for as long as the client is there; begun anew when the observation ends."""
        while True:
            try:
                await self._set_pace(path)
                asked = self._context.request(self._message(Code.GET, path, observe=0, accept=self._format(path)))
                self._take(path, await asked.response)
                if asked.observation is not None:
                    async for told in asked.observation:
                        self._take(path, told)
            except (Error, OSError, TimeoutError) as error:
                logger.info("%s: %s is not observed: %s", self._key, path, type(error).__name__)
            await asyncio.sleep(AGAIN_S)

    async def _set_pace(self, path: Path) -> None:
        """Say how often the client may and must tell. Source: LwM2M 1.1 Core, 6.4.4 (Write-Attributes)."""
        named = (("pmin", self._link.min_s), ("pmax", self._link.max_s))
        query = [f"{name}={value}" for name, value in named if value is not None]
        if query:
            await self._ask(self._message(Code.PUT, path, uri_query=query))

    def _take(self, path: Path, told: Message) -> None:
        if not told.code.is_successful():
            return
        try:
            records = read(told.payload, _format_of(told), path=path)
        except NotReadable as error:
            self._refuse(told.payload, str(error))
            return
        upload = upload_of(self._key, records, raw=told.payload, now=self._intake.now().city)
        asyncio.ensure_future(self._record(upload)).add_done_callback(lambda done: done.exception())

    async def _record(self, upload: Upload) -> None:
        try:
            await self._intake.submit([upload], peer=str(self.remote.hostinfo)[:60])
        except Unavailable:
            logger.warning("%s: a notification could not be recorded", self._key)

    def _refuse(self, payload: bytes, why: str) -> None:
        self._intake.refused(Refused(payload, reasons.NOT_LWM2M, {"at": why[:200]}, device_key=self._key))

    async def _carry_out(self) -> None:
        while True:
            await self._word.wait()
            self._word.clear()
            waiting, self._waiting = self._waiting, []
            for order in waiting:
                await self._intake.answered(await self._ended(order))

    async def _ended(self, order: FieldOrder) -> Answered:
        wanted = self._order(order.code)
        try:
            told = await self._ask(self._ordered(wanted, order.arguments))
        except (Error, OSError, TimeoutError):
            return Answered(self._key, order.reference, OrderState.FAILED, "设备未应答，执行情况不明")
        state = OrderState.DONE if told.code.is_successful() else OrderState.FAILED
        text = str(told.code)
        if wanted.do == "read" and told.payload:
            text += f" {told.payload[:40].decode(errors='replace')}"
        return Answered(self._key, order.reference, state, text[:60], told.payload)

    def _order(self, code: str) -> Order:
        found = self._link.orders.get(code) or ORDERS.get(code)
        if found is None or not path_of(found.path):
            raise CommandUnknown
        return found

    def _ordered(self, wanted: Order, arguments: Mapping[str, object]) -> Message:
        """Return an order's request. Source: LwM2M 1.1 Core, 6.3 (Read, Write, Execute)."""
        path = path_of(wanted.path)
        value = wanted.value if wanted.value is not None else next(iter(arguments.values()), None)
        if wanted.do == "read":
            return self._message(Code.GET, path, accept=Format.TEXT)
        if wanted.do == "execute":
            return self._message(Code.POST, path, payload=_argument(value))
        if not isinstance(value, bool | int | float | str):
            raise CommandUnknown
        return self._message(
            Code.PUT, path, payload=write([(path, value)], Format.TEXT), content_format=int(Format.TEXT)
        )

    async def _ask(self, message: Message) -> Message:
        async with asyncio.timeout(PATIENCE_S):
            return await self._context.request(message).response

    def _message(
        self,
        code: Code,
        path: Path,
        *,
        payload: bytes = b"",
        observe: int | None = None,
        accept: int | None = None,
        content_format: int | None = None,
        uri_query: Sequence[str] = (),
    ) -> Message:
        message = Message(
            code=code,
            payload=payload,
            uri_path=[str(part) for part in path],
            uri_query=list(uri_query),
            observe=observe,
            accept=accept,
            content_format=content_format,
        )
        message.remote = self.remote
        return message

    def _format(self, path: Path) -> int:
        """Return the format to ask for: the newest that the client says it writes. Source: LwM2M 1.1 Core, 7.4."""
        preferred = next((item for item in _PREFERRED if item in self._links.formats), Format.TLV)
        return int(Format.TEXT if len(path) >= _RESOURCE and preferred is Format.TLV else preferred)


def _format_of(told: Message) -> int:
    given = told.opt.content_format
    return int(Format.TEXT if given is None else given)


def _argument(value: object) -> bytes:
    """Return an Execute's arguments. Source: LwM2M 1.1 Core, 7.4.1 (argument list)."""
    if value is None:
        return b""
    return b"0='" + plain_text(value).replace(b"'", b"") + b"'" if isinstance(value, bool | int | float | str) else b""
