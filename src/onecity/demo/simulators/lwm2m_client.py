"""A LwM2M client: registers, keeps its registration, answers what the server asks, tells of changes."""

import asyncio
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count

from onecity.demo.simulators.lwm2m_frames import (
    ACCEPT,
    ACKNOWLEDGEMENT,
    CHANGED,
    CONFIRMABLE,
    CONTENT,
    CREATED,
    DELETE,
    FORMAT,
    GET,
    LINKS,
    LOCATION,
    NOT_FOUND,
    OBSERVE,
    POST,
    PUT,
    RESET,
    TLV,
    Datagram,
    path_options,
    read,
    resource,
    whole_number,
    write,
)

AGAIN_S = 2.0
TRIES = 4
Values = dict[str, float | str]


@dataclass(slots=True)
class Client(asyncio.DatagramProtocol):
    """values: by path, such as `/3303/0/5700`. executed: paths that the server executed. written: what it wrote."""

    endpoint: str
    values: Values
    lifetime_s: int = 300
    binding: str = "U"
    executed: list[str] = field(default_factory=list)
    written: dict[str, bytes] = field(default_factory=dict)
    location: str = ""
    _transport: asyncio.DatagramTransport | None = None
    _numbers: "count[int]" = field(default_factory=lambda: count(1))
    _waiting: dict[bytes, "asyncio.Future[Datagram]"] = field(default_factory=dict)
    _observed: dict[str, tuple[bytes, "count[int]"]] = field(default_factory=dict)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Note where to send."""
        self._transport = transport  # type: ignore[assignment]  # what create_datagram_endpoint gives

    def datagram_received(self, data: bytes, addr: object) -> None:
        """Hear the server."""
        message = read(data)
        if message.code in {GET, POST, PUT, DELETE}:
            self._answer(message)
        elif message.kind != RESET and message.token in self._waiting and message.code:
            if message.kind == CONFIRMABLE:
                self._send(Datagram(ACKNOWLEDGEMENT, 0, message.number))
            future = self._waiting.pop(message.token)
            if not future.done():
                future.set_result(message)

    async def register(self) -> int:
        """Register; return the answer's code."""
        queries = [f"ep={self.endpoint}", f"lt={self.lifetime_s}", "lwm2m=1.1", f"b={self.binding}"]
        links = '</>;rt="oma.lwm2m",' + ",".join(f"<{path}>" for path in sorted(self._instances()))
        answer = await self._ask(POST, "/rd", queries, links.encode(), LINKS)
        if answer.code == CREATED:
            self.location = "/" + "/".join(part.decode() for part in answer.values(LOCATION))
        return answer.code

    async def update(self) -> int:
        """Prolong the registration; return the answer's code."""
        return (await self._ask(POST, self.location)).code

    async def deregister(self) -> int:
        """Take leave; return the answer's code."""
        return (await self._ask(DELETE, self.location)).code

    async def send(self, payload: bytes, content_format: int) -> int:
        """Send values of one's own accord; return the answer's code. Source: LwM2M 1.1 Core, 6.4.6."""
        return (await self._ask(POST, "/dp", (), payload, content_format)).code

    def tell(self, path: str, value: float) -> None:
        """Change a value, and notify who observes its instance. Source: RFC 7641, 3.2."""
        self.values[path] = value
        instance = path.rsplit("/", 1)[0]
        if instance in self._observed:
            token, order = self._observed[instance]
            options = ((OBSERVE, whole_number(next(order))), (FORMAT, whole_number(TLV)))
            told = Datagram(CONFIRMABLE, CONTENT, next(self._numbers) & 0xFFFF, token, options, self._body(instance))
            self._send(told)

    @property
    def observed(self) -> Mapping[str, object]:
        """What the server observes, by path."""
        return self._observed

    def _answer(self, asked: Datagram) -> None:
        handler: Callable[[Datagram], Datagram] = {GET: self._read, PUT: self._write, POST: self._execute}.get(
            asked.code, self._unknown
        )
        self._send(handler(asked))

    def _read(self, asked: Datagram) -> Datagram:
        path = asked.path
        instance = path if path.count("/") == 2 else path.rsplit("/", 1)[0]
        if instance not in self._instances():
            return self._unknown(asked)
        options: tuple[tuple[int, bytes], ...] = ((FORMAT, whole_number(TLV)),)
        if asked.values(OBSERVE) == [b""]:
            order = count(2)
            self._observed[path] = (asked.token, order)
            options = ((OBSERVE, whole_number(1)), *options)
        if asked.values(ACCEPT) == [b""]:
            options = tuple(item for item in options if item[0] != FORMAT)
            return self._reply(asked, CONTENT, options, str(self.values[path]).encode())
        return self._reply(asked, CONTENT, options, self._body(instance))

    def _write(self, asked: Datagram) -> Datagram:
        if asked.payload:
            self.written[asked.path] = asked.payload
        return self._reply(asked, CHANGED)

    def _execute(self, asked: Datagram) -> Datagram:
        self.executed.append(asked.path)
        return self._reply(asked, CHANGED)

    def _unknown(self, asked: Datagram) -> Datagram:
        return self._reply(asked, NOT_FOUND)

    def _reply(
        self, asked: Datagram, code: int, options: tuple[tuple[int, bytes], ...] = (), payload: bytes = b""
    ) -> Datagram:
        return Datagram(ACKNOWLEDGEMENT, code, asked.number, asked.token, options, payload)

    def _instances(self) -> set[str]:
        return {path.rsplit("/", 1)[0] for path in self.values}

    def _body(self, instance: str) -> bytes:
        parts = [(int(path.rsplit("/", 1)[1]), value) for path, value in self.values.items()
                 if path.rsplit("/", 1)[0] == instance]  # fmt: skip
        return b"".join(resource(number, _raw(value)) for number, value in parts)

    async def _ask(
        self, code: int, path: str, queries: "list[str] | tuple[str, ...]" = (), payload: bytes = b"", fmt: int = -1
    ) -> Datagram:
        number = next(self._numbers) & 0xFFFF
        token = number.to_bytes(2, "big")
        options = path_options(path, queries) + (((FORMAT, whole_number(fmt)),) if fmt >= 0 else ())
        message = Datagram(CONFIRMABLE, code, number, token, options, payload)
        self._waiting[token] = future = asyncio.get_running_loop().create_future()
        for turn in range(TRIES):
            self._send(message)
            try:
                return await asyncio.wait_for(asyncio.shield(future), AGAIN_S * 2**turn)
            except TimeoutError:
                continue
        raise TimeoutError(path)

    def _send(self, message: Datagram) -> None:
        if self._transport is not None:
            self._transport.sendto(write(message))


def _raw(value: float | str) -> bytes:
    match value:
        case bool():
            return bytes([value])
        case str():
            return value.encode()
        case int():
            return value.to_bytes(4, "big", signed=True)
        case _:
            return struct.pack(">f", value)
