"""Devices that ask for their orders over HTTP, and devices built for ThingsBoard's HTTP interface."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest
from asgiref.sync import async_to_sync, sync_to_async
from tests.gateways.harness import url_of_database
from tests.gateways.stored import readings, state_of

from onecity.kernel import clock
from onecity.kernel.actor import ANONYMOUS, Actor, system_actor
from onecity.platform.iot import hot
from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.models import Device
from onecity.platform.iot.services import settings
from onecity.platform.iot.services.commands import order
from onecity.platform.iot.services.credentials import issue_token
from onecity.platform.iot.tests.factories import make_device
from onecity.web.hot import HotApplication

pytestmark = pytest.mark.django_db(transaction=True)
ALL = system_actor("test")
Ask = Callable[..., Awaitable[tuple[int, Any]]]


class Nobody:
    """Devices sign on by their token alone."""

    async def actor(self, headers: object, *, method: str, pool: object) -> Actor:
        return ANONYMOUS


@asynccontextmanager
async def house() -> AsyncIterator[Ask]:
    async def open_pool() -> asyncpg.Pool:
        return await asyncpg.create_pool(url_of_database(), min_size=1, max_size=3)

    application = HotApplication(hot.ROADS, sign_on=Nobody(), open_pool=open_pool, closing=hot.CLOSING)

    async def ask(method: str, path: str, body: object = None, *, token: str = "") -> tuple[int, Any]:
        sent: list[Any] = []
        head, _, query = path.partition("?")

        async def receive() -> Any:
            return {"type": "http.request", "body": b"" if body is None else json.dumps(body).encode()}

        async def send(message: Any) -> None:
            sent.append(message)

        headers = [(b"authorization", f"Bearer {token}".encode())] if token else []
        scope = {"type": "http", "method": method, "path": head, "query_string": query.encode(), "headers": headers}
        await application(scope, receive, send)
        raw = b"".join(item.get("body", b"") for item in sent[1:])
        return sent[0]["status"], json.loads(raw) if raw else None

    try:
        yield ask
    finally:
        await application.close()


def with_house(work: Callable[[Ask], Awaitable[None]]) -> None:
    """Run something in a house of its own."""

    async def run() -> None:
        async with house() as ask:
            await work(ask)

    async_to_sync(run)()


def device(key: str = "H1", protocol: Protocol = Protocol.HTTP) -> tuple[int, str]:
    row = make_device(key, protocol=protocol)
    return row.id, issue_token(ALL, device_id=row.id, now=clock.real_now())


def ordered(number: int) -> int:
    return order(ALL, device_id=number, code="set_minute_interval", now=clock.real_now(), argument=10)


def test_order_is_handed_out_once_and_answered() -> None:
    number, token = device()
    made = ordered(number)

    async def work(ask: Ask) -> None:
        status, found = await ask("GET", "/api/iot/v1/devices/H1/commands", token=token)
        assert (status, found) == (
            200,
            [{"id": str(made), "command": "set_minute_interval", "arguments": {"minutes": 10}}],
        )
        assert await ask("GET", "/api/iot/v1/devices/H1/commands", token=token) == (200, [])
        path = f"/api/iot/v1/devices/H1/commands/{made}"
        assert (await ask("POST", path, {"state": "done", "text": "ok"}, token=token))[0] == 200
        assert (await ask("POST", path, {"state": "queued"}, token=token))[0] == 422
        assert (await ask("POST", path, {"state": "sideways"}, token=token))[0] == 422

    with_house(work)
    assert state_of(made) == ("done", "ok")


def test_long_poll_ends_when_an_order_comes() -> None:
    number, token = device()

    async def work(ask: Ask) -> None:
        begun = time.monotonic()
        asking = asyncio.ensure_future(ask("GET", "/api/iot/v1/devices/H1/commands?wait_s=20", token=token))
        await asyncio.sleep(0.5)
        made = await sync_to_async(ordered)(number)
        _, found = await asking
        assert [item["id"] for item in found] == [str(made)]
        assert time.monotonic() - begun < 15

    with_house(work)


def test_device_sees_its_own_orders_only() -> None:
    number, _ = device()
    _, other = device("H2")
    ordered(number)

    async def work(ask: Ask) -> None:
        path = "/api/iot/v1/devices/H1/commands"
        assert (await ask("GET", path, token=other))[0] == 403
        assert (await ask("GET", path, token="ocd_wrong"))[0] == 401
        assert (await ask("GET", path))[0] == 401

    with_house(work)


def test_thingsboards_http_interface_takes_telemetry_and_attributes() -> None:
    number, token = device(protocol=Protocol.THINGSBOARD)
    wanted = {"interval": 60}
    settings.desire(ALL, device_id=number, changes=wanted, expected_version=None, now=clock.real_now())

    async def work(ask: Ask) -> None:
        base = f"/api/v1/{token}"
        assert (await ask("POST", f"{base}/telemetry", {"pm2_5": 35.5, "mode": "auto"}))[0] == 200
        assert (await ask("POST", f"{base}/telemetry", [1]))[0] == 422
        assert (await ask("POST", "/api/v1/ocd_wrong/telemetry", {"pm2_5": 1}))[0] == 401
        assert (await ask("POST", f"{base}/attributes", {"serial": "77", "rev": 2}))[0] == 200
        assert (await ask("POST", f"{base}/attributes", [1]))[0] == 422
        assert await ask("GET", f"{base}/attributes?clientKeys=serial&sharedKeys=interval") == (
            200,
            {"client": {"serial": "77"}, "shared": {"interval": 60}},
        )

    with_house(work)
    assert readings() == {("pm2_5", 35.5)}


def test_thingsboards_http_interface_hands_out_calls() -> None:
    number, token = device(protocol=Protocol.THINGSBOARD)
    made = ordered(number)

    async def work(ask: Ask) -> None:
        base = f"/api/v1/{token}/rpc"
        status, found = await ask("GET", f"{base}?timeout=1000")
        assert (status, found) == (200, {"id": made, "method": "set_minute_interval", "params": {"minutes": 10}})
        assert (await ask("GET", f"{base}?timeout=10"))[0] == 408
        assert (await ask("POST", f"{base}/{made}", {"success": False}))[0] == 200

    with_house(work)
    assert state_of(made)[0] == "failed"
    assert Device.objects.get().key == "H1"
