"""The hot application in this process, with one visitor, on the test's own database."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import quote, urlsplit

import asyncpg
import orjson
from asgiref.sync import async_to_sync
from django.db import connection

from onecity.kernel.actor import EVERYTHING, Actor, organisation_key
from onecity.platform.identity.tests.factories import Organisation, make_organisation
from onecity.platform.iot.permissions import VIEW_DEVICES, WRITE_SENSORTHINGS
from onecity.platform.iot.sensorthings.hot import ROADS, ROOT
from onecity.web.hot import HotApplication

BASE = f"http://testserver{ROOT}/"


def url_of_database() -> str:
    """Return the address of this test's database."""
    settings = connection.settings_dict
    return f"postgresql://{settings['USER']}:{settings['PASSWORD']}@/{settings['NAME']}?host={settings['HOST']}"


class Badge:
    """Whoever comes, this actor came: how programs sign on is identity's matter and tested there."""

    def __init__(self, actor: Actor) -> None:
        self._actor = actor

    async def actor(self, headers: object, *, method: str, pool: object) -> Actor:
        return self._actor


class Answer:
    """What came back."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)

    @property
    def id(self) -> int:
        """The id that the Location header ends in."""
        return int(self.headers["location"].rpartition("(")[2].rstrip(")"))


Ask = Callable[..., Awaitable[Answer]]


def program(organisation: Organisation | None = None, *, write: bool = True, everywhere: bool = False) -> Actor:
    """Return a program with rights in one organisation, or everywhere."""
    owner = organisation or make_organisation("接口单位")
    keys = frozenset({EVERYTHING if everywhere else organisation_key(owner.id)})
    rights = (VIEW_DEVICES, WRITE_SENSORTHINGS) if write else (VIEW_DEVICES,)
    return Actor("client", 9, "平台", owner.id, dict.fromkeys(rights, keys))


def visit(actor: Actor, story: Callable[[Ask], Awaitable[Any]]) -> Any:
    """Let a visitor ask one thing after the other in one process."""

    async def work() -> Any:
        async def open_pool() -> asyncpg.Pool:
            return await asyncpg.create_pool(url_of_database(), min_size=1, max_size=3)

        application = HotApplication(ROADS, sign_on=Badge(actor), open_pool=open_pool)

        async def ask(method: str, url: str, body: Any = None, **headers: str) -> Answer:
            return await _asked(application, method, url, body, headers)

        try:
            return await story(ask)
        finally:
            await application.close()

    return async_to_sync(work)()


async def _asked(app: HotApplication, method: str, url: str, body: Any, headers: Mapping[str, str]) -> Answer:
    sent: list[Any] = []
    parts = urlsplit(url if url.startswith("http") else f"{BASE}{url}")
    data = body if isinstance(body, bytes) else orjson.dumps(body) if body is not None else b""

    async def receive() -> Any:
        return {"type": "http.request", "body": data}

    async def send(message: Any) -> None:
        sent.append(message)

    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {
        "type": "http", "method": method, "path": parts.path, "headers": [(b"host", b"testserver"), *raw],
        "query_string": quote(parts.query, safe="$=&%+()/:;,'*@-._~").encode(), "client": ("127.0.0.1", 1),
    }  # fmt: skip
    await app(scope, receive, send)
    told = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return Answer(sent[0]["status"], told, b"".join(message.get("body", b"") for message in sent[1:]))
