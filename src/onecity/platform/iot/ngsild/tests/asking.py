"""Asking the interface as a server would, on the test's own database, in a transaction that is taken back."""

import asyncio
import socket
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import asyncpg
import httpx
import orjson
from aiohttp import web

from onecity.kernel.actor import Actor, system_actor
from onecity.platform.iot.ngsild import hot
from onecity.platform.iot.ngsild.delivery.courier import Courier
from onecity.platform.iot.ngsild.store import contexts, matching
from onecity.web.hot import HotApplication

T = TypeVar("T")
LINK = '<{}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"'
with socket.create_server(("127.0.0.1", 0)) as free:
    RECEIVER: int = free.getsockname()[1]  # other tests of this machine have receivers of their own
ENDPOINT = f"http://127.0.0.1:{RECEIVER}/notify"
ERRORS = "https://uri.etsi.org/ngsi-ld/errors/"


@dataclass(frozen=True)
class Answer:
    """What the interface answered."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return orjson.loads(self.body)

    @property
    def problem(self) -> str:
        """Return the short name of the error."""
        kind = self.json()["type"]
        assert kind.startswith(ERRORS)
        return str(kind.removeprefix(ERRORS))

    def ids(self) -> list[str]:
        return [item["id"] for item in self.json()]


@dataclass(frozen=True)
class Letter:
    """A notification as its receiver got it."""

    path: str
    headers: dict[str, str]
    body: Any

    @property
    def data(self) -> Any:
        return self.body["data"]


class OnePool:
    """A pool of one connection, so that everything of a test happens in one transaction."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self.connection = connection
        self._turn = asyncio.Lock()

    def __getattr__(self, name: str) -> Any:
        async def in_turn(*values: Any) -> Any:
            async with self._turn:
                return await getattr(self.connection, name)(*values)

        return in_turn

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator[asyncpg.Connection]:
        yield self.connection

    async def close(self) -> None:
        return None


class Badge:
    """Whoever comes, this actor came: how programs sign on is identity's matter and tested there."""

    def __init__(self, actor: Actor) -> None:
        self.held = actor

    async def actor(self, headers: object, *, method: str, pool: object) -> Actor:
        return self.held


class Broker:
    """The interface, in a loop of its own."""

    def __init__(self, url: str) -> None:
        self._runner = asyncio.Runner()
        self.badge = Badge(system_actor("test"))
        self.connection: asyncpg.Connection = self.run(asyncpg.connect(url))
        self._transaction = self.connection.transaction()
        self.run(self._transaction.start())
        contexts.forget()
        matching.forget()
        self.application = HotApplication(hot.ROADS, sign_on=self.badge, open_pool=self._open)

    async def _open(self) -> Any:
        return OnePool(self.connection)

    def deliver(self, *answers: int) -> list["Letter"]:
        """Deliver what is due to a server that answers with these states, then 200; returns what it got."""
        return self.run(self._delivered(list(answers)))

    async def _delivered(self, answers: list[int]) -> list["Letter"]:
        got: list[Letter] = []

        async def take(request: web.Request) -> web.Response:
            got.append(Letter(request.path, dict(request.headers), orjson.loads(await request.read())))
            return web.Response(status=answers.pop(0) if answers else 200)

        application = web.Application()
        application.router.add_post("/{path:.*}", take)
        runner = web.AppRunner(application)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", RECEIVER).start()
        async with httpx.AsyncClient() as client:
            courier = Courier(await self._open(), client=client)
            while await courier.run_once():
                pass
        await runner.cleanup()
        return got

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run something in the broker's loop."""
        return self._runner.run(work)

    def close(self) -> None:
        """Take everything back."""
        self.run(self._transaction.rollback())
        self.run(self.connection.close())
        self._runner.close()

    def ask(
        self, method: str, address: str, body: Any = None, *, kind: str = "", root: str = "/ngsi-ld/v1", **headers: str
    ) -> Answer:
        """Ask one address below the root. kind: media type of the body. headers: with underscores for strokes."""
        path, _, query = address.partition("?")
        given = {"host": "city.example"} | {name.replace("_", "-").lower(): value for name, value in headers.items()}
        sent = body if isinstance(body, bytes) else b"" if body is None else orjson.dumps(body)
        if body is not None:
            given.setdefault("content-length", str(len(sent)))
            named = isinstance(body, dict) and "@context" in body
            given["content-type"] = kind or ("application/ld+json" if named else "application/json")
        return self.run(self._asked(method, root + path, query, sent, given))

    async def _asked(self, method: str, path: str, query: str, body: bytes, headers: dict[str, str]) -> Answer:
        parts: list[Any] = []

        async def receive() -> Any:
            return {"type": "http.request", "body": body}

        async def send(message: Any) -> None:
            parts.append(message)

        scope = {
            "type": "http", "method": method, "path": path, "query_string": query.encode(),
            "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers.items()],
            "client": ("127.0.0.1", 1),
        }  # fmt: skip
        await self.application(scope, receive, send)
        start, *rest = parts
        found = {name.decode(): value.decode() for name, value in start["headers"]}
        return Answer(start["status"], found, b"".join(part.get("body", b"") for part in rest))

    def get(self, address: str, **headers: str) -> Answer:
        return self.ask("GET", address, **headers)

    def post(self, address: str, body: Any, **how: str) -> Answer:
        return self.ask("POST", address, body, **how)

    def patch(self, address: str, body: Any, **how: str) -> Answer:
        return self.ask("PATCH", address, body, **how)

    def put(self, address: str, body: Any, **how: str) -> Answer:
        return self.ask("PUT", address, body, **how)

    def delete(self, address: str, **headers: str) -> Answer:
        return self.ask("DELETE", address, **headers)

    def add(self, *entities: dict[str, Any]) -> None:
        """Keep entities; the test fails where the broker refuses."""
        for entity in entities:
            answer = self.post("/entities", entity)
            assert answer.status == 201, answer.body
