"""Hot roads: small ASGI applications on asyncpg beside Django, in the same process, with the same sign-on.

A module lists its roads in `hot.py`. Each road has a rule like a page has; the rows it reads come from the same
selectors' SQL. Errors become problem+json here as they do for pages.
"""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, MutableMapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final, Protocol
from urllib.parse import parse_qsl

import asyncpg
import orjson
from django.conf import settings
from django.http.request import validate_host
from django.utils import translation

from onecity.kernel import context
from onecity.kernel.actor import Actor
from onecity.kernel.errors import Invalid, NotFound, OneCityError, Unavailable
from onecity.kernel.text import zh
from onecity.web.access import Access
from onecity.web.errors import problem, status_of
from onecity.web.http import client_address

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

HOT_CONNECTION: Final = {"jit": "off", "max_parallel_workers_per_gather": "0"}
"""How PostgreSQL is asked on hot roads: many small statements at once, for which compiling and parallel workers cost
more than they save (tiles: 1.3 to 2 times as many a second without them)."""
LARGEST_BODY: Final = 16 * 1024 * 1024
JSON: Final = "application/json"
logger = logging.getLogger(__name__)


@dataclass(slots=True)
class HotRequest:
    """A request on a hot road.

    path_values: the named parts of the road's path. query: the last value of each name. identify: finds the actor anew,
    for streams that outlive a withdrawn right.
    """

    method: str
    path: str
    path_values: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    actor: Actor
    pool: asyncpg.Pool
    identify: Callable[[], Awaitable[Actor]]
    body: bytes = b""

    def json(self) -> Any:
        """Return the body as JSON.

        Raises: Invalid if it is not JSON.
        """
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            raise Invalid(zh("请求正文不是有效的 JSON")) from None


@dataclass(slots=True)
class HotResponse:
    """An answer; with `stream`, the body is what the iterator yields until it ends or the client goes."""

    body: bytes = b""
    status: int = 200
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    stream: AsyncIterator[bytes] | None = None


def json_response(value: object, *, status: int = 200, headers: Mapping[str, str] | None = None) -> HotResponse:
    """Answer with JSON."""
    return HotResponse(orjson.dumps(value), status=status, headers=headers or {})


def origin(request: HotRequest) -> str:
    """Return scheme and host by which the client reached the city, for links in answers.

    Raises: Invalid for a host that is not the city's.
    """
    host = request.headers.get("host", "")
    if not validate_host(host.rsplit(":", 1)[0] if not host.endswith("]") else host, settings.ALLOWED_HOSTS):
        raise Invalid(zh("请求的主机名不正确"))
    return f"{'https' if settings.ENV.behind_tls else 'http'}://{host}"


HotHandler = Callable[[HotRequest], Awaitable[HotResponse]]


@dataclass(frozen=True, slots=True)
class Road:
    """One hot road. path: as OpenAPI writes it, `/tiles/{layer}/{z}/{x}/{y}`; a `{name:path}` takes slashes.

    operation: the OpenAPI operation object (summary, parameters, responses).
    """

    method: str
    path: str
    access: Access
    handler: HotHandler
    operation: Mapping[str, object] = field(default_factory=dict)

    def pattern(self) -> re.Pattern[str]:
        """Return the expression that matches the road's whole path."""
        escaped = re.sub(r"\{(\w+):path\}", r"(?P<\1>.+)", self.path)
        return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", escaped))


class SignOn(Protocol):
    """Finds who acts from a request's headers; `identity` provides it."""

    async def actor(self, headers: Mapping[str, str], *, method: str, pool: asyncpg.Pool) -> Actor: ...


class HotApplication:
    """Serves all hot roads. closing: what modules want awaited when the process stops."""

    def __init__(
        self,
        roads: tuple[Road, ...],
        *,
        sign_on: SignOn,
        open_pool: Callable[[], Awaitable[asyncpg.Pool]],
        closing: tuple[Callable[[], Awaitable[None]], ...] = (),
    ) -> None:
        self._roads = [(road, road.pattern()) for road in roads]
        self._sign_on = sign_on
        self._open_pool = open_pool
        self._closing = closing
        self._pool: asyncpg.Pool | None = None
        self._opening = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        # Each request runs in a context of its own, which speaks the city's language until told otherwise.
        english = "onecity_language=en" in headers.get("cookie", "")
        with (
            translation.override("en") if english else nullcontext(),
            context.serving(headers.get("x-request-id", "")[:64], address=_address(scope, headers)),
        ):
            try:
                response = await self._answer(scope, headers, receive)
            except OneCityError as error:
                response = _problem(error, scope["path"])
            except (OSError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError, TimeoutError):
                logger.warning("hot road has no database", exc_info=True)
                response = _problem(Unavailable(), scope["path"])
            except Exception:
                logger.exception("hot road failed")
                response = _problem(OneCityError(zh("系统出现意外错误")), scope["path"])
            await _send(response, receive=receive, send=send, headless=scope["method"] == "HEAD")

    def serves(self, path: str, *, method: str = "GET") -> bool:
        """Say whether a request belongs to the hot roads; other methods of the same path may belong to pages."""
        wanted = "GET" if method == "HEAD" else method
        return any(road.method == wanted and pattern.fullmatch(path) for road, pattern in self._roads)

    async def close(self) -> None:
        """Give the database connections back; called when the process stops."""
        for close in self._closing:
            await close()
        if self._pool is not None:
            await self._pool.close()

    async def _answer(self, scope: Scope, headers: Mapping[str, str], receive: Receive) -> HotResponse:
        road, values = self._match(scope["method"], scope["path"])
        pool = await self._connected()

        async def identify() -> Actor:
            found = await self._sign_on.actor(headers, method=scope["method"], pool=pool)
            road.access.check(found)
            return found

        actor = await identify()
        query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
        body = await _read(receive) if scope["method"] in {"POST", "PUT", "PATCH"} else b""
        return await road.handler(
            HotRequest(scope["method"], scope["path"], values, query, headers, actor, pool, identify, body)
        )

    def _match(self, method: str, path: str) -> tuple[Road, Mapping[str, str]]:
        wanted = "GET" if method == "HEAD" else method
        for road, pattern in self._roads:
            found = pattern.fullmatch(path)
            if found and road.method == wanted:
                return road, found.groupdict()
        raise NotFound(zh("没有这个接口"))

    async def _connected(self) -> asyncpg.Pool:
        if self._pool is None:
            async with self._opening:
                if self._pool is None:
                    self._pool = await self._open_pool()
        return self._pool


def openapi_paths(roads: tuple[Road, ...]) -> dict[str, dict[str, object]]:
    """Return the OpenAPI path items of `roads`; roads without an operation stay out of the document."""
    paths: dict[str, dict[str, object]] = {}
    for road in roads:
        if road.operation:
            path = road.path.replace(":path}", "}")
            security: list[object] = [] if road.access.kind == "public" else [{"Needs": []}]
            paths.setdefault(path, {})[road.method.lower()] = {"security": security, **road.operation}
    return paths


def _address(scope: Scope, headers: Mapping[str, str]) -> str:
    client = scope.get("client")
    forwarded, direct = headers.get("x-forwarded-for", ""), str(client[0]) if client else ""
    return client_address(forwarded, direct=direct, trusted_proxies=settings.ENV.trusted_proxies)


def _problem(error: OneCityError, path: str) -> HotResponse:
    return HotResponse(
        orjson.dumps(problem(error, instance=path)),
        status=int(status_of(error)),
        content_type="application/problem+json",
    )


async def _read(receive: Receive) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Invalid(zh("请求在传完之前中断"))
        part = message.get("body", b"")
        size += len(part)
        if size > LARGEST_BODY:
            raise Invalid(zh("请求正文过大"))
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)


async def _send(response: HotResponse, *, receive: Receive, send: Send, headless: bool) -> None:
    headers = {"content-type": response.content_type, "x-content-type-options": "nosniff", **response.headers}
    headers.setdefault("cache-control", "private, no-store")
    if response.stream is None:
        headers["content-length"] = str(len(response.body))
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": int(HTTPStatus(response.status)), "headers": raw})
    if response.stream is None:
        await send({"type": "http.response.body", "body": b"" if headless else response.body})
        return
    await _pour(response.stream, receive=receive, send=send)


async def _pour(stream: AsyncIterator[bytes], *, receive: Receive, send: Send) -> None:
    """Send what `stream` yields, and stop reading it as soon as the client has gone."""

    async def pour() -> None:
        async for part in stream:
            await send({"type": "http.response.body", "body": part, "more_body": True})

    async def gone() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    tasks = {asyncio.ensure_future(pour()), asyncio.ensure_future(gone())}
    _, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    await send({"type": "http.response.body", "body": b""})
