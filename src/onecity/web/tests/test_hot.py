"""Hot roads: the same rules, the same errors, streams that end when the client goes."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Any

import asyncpg
import orjson
import pytest
from django.conf import settings
from django.test import override_settings

from onecity.kernel import context
from onecity.kernel.actor import ANONYMOUS, Actor
from onecity.kernel.errors import Conflict, Invalid
from onecity.web.access import PUBLIC, permission
from onecity.web.hot import LARGEST_BODY, HotApplication, HotRequest, HotResponse, Road, json_response, openapi_paths

ended: list[str] = []


async def echo(request: HotRequest) -> HotResponse:
    return json_response({"name": request.path_values["name"], "q": request.query.get("q"), "who": request.actor.key})


async def tell_address(request: HotRequest) -> HotResponse:
    return json_response({"address": context.current().address})


async def sum_up(request: HotRequest) -> HotResponse:
    return json_response({"sum": sum(request.json())}, status=201)


async def fail(request: HotRequest) -> HotResponse:
    if request.query.get("kind") == "conflict":
        raise Conflict
    if request.query.get("kind") == "database":
        raise asyncpg.InterfaceError("gone")
    raise RuntimeError("a secret of the house")


async def drip(request: HotRequest) -> HotResponse:
    async def parts() -> AsyncIterator[bytes]:
        try:
            while True:
                yield b"tick\n"
                await asyncio.sleep(0)
        finally:
            ended.append("ended")

    return HotResponse(content_type="text/plain", stream=parts())


ROADS = (
    Road("GET", "/echo/{name}", PUBLIC, echo, {"summary": "回声"}),
    Road("GET", "/files/{name:path}", PUBLIC, echo),
    Road("GET", "/address", PUBLIC, tell_address),
    Road("POST", "/sum", PUBLIC, sum_up),
    Road("GET", "/fail", PUBLIC, fail),
    Road("GET", "/drip", PUBLIC, drip),
    Road("GET", "/closed", permission("test.see"), fail),
)


class Door:
    """A sign-on that knows one name."""

    async def actor(self, headers: Mapping[str, str], *, method: str, pool: asyncpg.Pool) -> Actor:
        return Actor("account", 1, "张三") if headers.get("authorization") == "Bearer known" else ANONYMOUS


async def no_pool() -> Any:
    return object()


def call(
    path: str, *, method: str = "GET", body: bytes = b"", token: str = "", after: int = 0, forwarded: str = ""
) -> tuple[int, dict[str, str], bytes]:
    """Call a road as a server would; the client goes after `after` parts of a stream."""
    application = HotApplication(ROADS, sign_on=Door(), open_pool=no_pool)
    path, _, query = path.partition("?")
    sent: list[Any] = []
    gone = asyncio.Event()

    async def receive() -> Any:
        if not sent and body is not None:
            return {"type": "http.request", "body": body}
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)
        if after and len(sent) > after:
            gone.set()

    headers = [(b"authorization", token.encode())] if token else []
    headers += [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": query.encode(),
        "headers": headers,
        "client": ("10.0.0.1", 4711),
    }
    asyncio.run(application(scope, receive, send))
    start = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], start, b"".join(message.get("body", b"") for message in sent[1:])


def test_road_gets_path_query_and_actor() -> None:
    status, headers, body = call("/echo/a?q=b", token="Bearer known")
    assert (status, orjson.loads(body)) == (200, {"name": "a", "q": "b", "who": "account:1"})
    assert headers["cache-control"] == "private, no-store"


def test_address_is_the_clients_only_where_a_proxy_is_trusted() -> None:
    assert orjson.loads(call("/address", forwarded="1.2.3.4")[2]) == {"address": "10.0.0.1"}
    with override_settings(ENV=replace(settings.ENV, trusted_proxies=1)):
        assert orjson.loads(call("/address", forwarded="6.6.6.6, 1.2.3.4")[2]) == {"address": "1.2.3.4"}


def test_path_value_may_hold_slashes_only_where_the_road_says_so() -> None:
    assert call("/files/a/b")[0] == 200
    assert call("/echo/a/b")[0] == 404


def test_head_answers_without_a_body() -> None:
    status, headers, body = call("/echo/a", method="HEAD")
    assert status == 200
    assert int(headers["content-length"]) > 0
    assert body == b""


def test_wrong_method_and_unknown_path_are_problems() -> None:
    status, headers, _ = call("/echo/a", method="POST")
    assert status == 404
    assert headers["content-type"] == "application/problem+json"


def test_body_is_read_and_broken_json_is_told() -> None:
    assert call("/sum", method="POST", body=b"[1,2]")[::2] == (201, b'{"sum":3}')
    assert call("/sum", method="POST", body=b"[1,")[0] == 422


def test_body_beyond_the_limit_is_refused() -> None:
    assert call("/sum", method="POST", body=b" " * (LARGEST_BODY + 1))[0] == 422


def test_errors_have_their_status_and_faults_keep_their_secret() -> None:
    assert call("/fail?kind=conflict")[0] == 409
    assert call("/fail?kind=database")[0] == 503
    status, _, body = call("/fail")
    assert status == 500
    assert b"secret" not in body


def test_rule_holds_on_hot_roads_too() -> None:
    assert call("/closed")[0] == 401
    assert call("/closed", token="Bearer known")[0] == 403


def test_stream_ends_when_the_client_goes() -> None:
    ended.clear()
    status, headers, body = call("/drip", after=5)
    assert status == 200
    assert "content-length" not in headers
    assert body.startswith(b"tick\n")
    assert ended == ["ended"]


def test_only_described_roads_stand_in_the_document() -> None:
    paths = openapi_paths(ROADS)
    assert list(paths) == ["/echo/{name}"]
    assert paths["/echo/{name}"]["get"] == {"security": [], "summary": "回声"}


def test_json_of_a_request_without_json_is_invalid() -> None:
    request = HotRequest("POST", "/", {}, {}, {}, ANONYMOUS, None, None, b"{")  # type: ignore[arg-type]  # neither is used
    with pytest.raises(Invalid):
        request.json()
