"""JSON telemetry over HTTP: durable before the answer, from those who may send and nobody else."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import orjson
import psycopg
import pytest
from asgiref.sync import async_to_sync
from tests.gateways.harness import until, url_of_database

from onecity.kernel import clock
from onecity.kernel.actor import ANONYMOUS, EVERYTHING, Actor, organisation_key, system_actor
from onecity.platform.identity.tests.factories import make_organisation
from onecity.platform.iot import hot
from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.models import Datastream, Device, Gateway, Observation, QuarantinedMessage
from onecity.platform.iot.services.credentials import issue_token, revoke_token
from onecity.platform.iot.services.devices import retire_device
from onecity.platform.iot.services.quarantine.replaying import replay
from onecity.platform.iot.tests.factories import make_device
from onecity.web.hot import HotApplication

pytestmark = pytest.mark.django_db(transaction=True)
ALL = system_actor("test")
ONE = "/api/iot/v1/devices/{}/telemetry"
MANY = "/api/iot/v1/telemetry"
POINT = b'{"values": {"pm2_5": 35.5}, "ts": 1773111600000}'
Ask = Callable[..., Awaitable[tuple[int, dict[str, Any]]]]


class Badge:
    """Whoever comes, this actor came: how programs sign on is identity's matter and tested there."""

    def __init__(self, actor: Actor) -> None:
        self._actor = actor

    async def actor(self, headers: object, *, method: str, pool: object) -> Actor:
        return self._actor


@asynccontextmanager
async def house(actor: Actor) -> AsyncIterator[Ask]:
    async def open_pool() -> asyncpg.Pool:
        return await asyncpg.create_pool(url_of_database(), min_size=1, max_size=3)

    application = HotApplication(hot.ROADS, sign_on=Badge(actor), open_pool=open_pool, closing=hot.CLOSING)

    async def ask(path: str, body: bytes, *, token: str = "") -> tuple[int, dict[str, Any]]:
        sent: list[Any] = []

        async def receive() -> Any:
            return {"type": "http.request", "body": body}

        async def send(message: Any) -> None:
            sent.append(message)

        headers = [(b"authorization", f"Bearer {token}".encode())] if token else []
        scope = {
            "type": "http", "method": "POST", "path": path, "query_string": b"", "headers": headers,
            "client": ("127.0.0.1", 1),
        }  # fmt: skip
        await application(scope, receive, send)
        return sent[0]["status"], orjson.loads(sent[1]["body"])

    try:
        yield ask
    finally:
        await application.close()


def asked(*questions: tuple[str, bytes], actor: Actor = ANONYMOUS, token: str = "") -> list[tuple[int, dict[str, Any]]]:
    """Ask one after the other in one process."""

    async def work() -> list[tuple[int, dict[str, Any]]]:
        async with house(actor) as ask:
            return [await ask(path, body, token=token) for path, body in questions]

    return async_to_sync(work)()


def program(*organisations: int) -> Actor:
    scopes = frozenset(map(organisation_key, organisations)) or frozenset({EVERYTHING})
    return Actor("client", 9, "平台", None, {hot.SEND_TELEMETRY: scopes})


def device(key: str = "H1", **how: Any) -> str:
    """Register a device; return its token."""
    row = make_device(key, protocol=Protocol.HTTP, **how)
    return issue_token(ALL, device_id=row.id, now=clock.real_now())


def stored() -> dict[tuple[str, str], list[float | None]]:
    found: dict[tuple[str, str], list[float | None]] = {}
    for stream in Datastream.objects.select_related("device"):
        rows = Observation.objects.filter(datastream_id=stream.id).order_by("phenomenon_at")
        found[stream.device.key, stream.property_code] = [row.result for row in rows]
    return found


def test_device_sends_for_itself_and_is_told_what_became_of_it() -> None:
    token = device()
    answers = asked((ONE.format("H1"), POINT), (ONE.format("H1"), POINT), token=token)
    assert answers == [
        (200, {"stored": 1, "repeated": 0, "quarantined": 0}),
        (200, {"stored": 0, "repeated": 1, "quarantined": 0}),
    ]
    assert stored() == {("H1", "pm2_5"): [35.5]}
    assert Device.objects.get().state == "online"
    assert Gateway.objects.get().protocol == "http"


def test_answer_comes_only_after_the_commit() -> None:
    token = device()
    with psycopg.connect(url_of_database()) as other:
        other.execute("SELECT FROM iot_device FOR UPDATE")

        async def work() -> tuple[int, dict[str, Any]]:
            async with house(ANONYMOUS) as ask:
                asking = asyncio.ensure_future(ask(ONE.format("H1"), POINT, token=token))
                await asyncio.sleep(0.5)
                assert not asking.done()
                await asyncio.to_thread(other.rollback)
                return await asking

        assert async_to_sync(work)()[0] == 200


def test_several_points_come_in_one_request() -> None:
    token = device()
    body = b'[{"values": {"pm2_5": 1}, "ts": 1773111600000}, {"values": {"pm2_5": 2}, "ts": 1773111660000}]'
    assert asked((ONE.format("H1"), body), token=token)[0][1]["stored"] == 2


def test_clock_that_is_not_believed_is_told_and_quarantined() -> None:
    token = device()
    body = b'[{"values": {"pm2_5": 1}, "ts": 1}, {"values": {"pm2_5": 2}, "ts": 1773111660000}]'
    assert asked((ONE.format("H1"), body), token=token) == [(200, {"stored": 1, "repeated": 0, "quarantined": 1})]
    assert QuarantinedMessage.objects.get().reason == "clock_not_believed"


@pytest.mark.parametrize("body", [b"", b"{", b'"text"', b"[]", b'{"values": {}}', b'{"a": "b"}', b"\xff", b"[1]"])
def test_body_that_is_no_telemetry_is_refused_whole(body: bytes) -> None:
    token = device()
    ((status, problem),) = asked((ONE.format("H1"), body), token=token)
    assert (status, problem["code"]) == (422, "iot.not_telemetry")
    assert stored() == {}


def test_body_that_is_too_large_is_refused() -> None:
    token = device()
    assert asked((ONE.format("H1"), b" " * (hot.LARGEST + 1)), token=token)[0][0] == 422


def test_token_of_another_device_opens_nothing() -> None:
    token = device("H1")
    device("H2")
    assert asked((ONE.format("H2"), POINT), token=token)[0][0] == 403
    assert stored() == {}


def test_unknown_and_withdrawn_tokens_open_nothing() -> None:
    token = device()
    revoke_token(ALL, device_id=Device.objects.get().id, now=clock.real_now())
    for secret in (token, "ocd_x", ""):
        assert asked((ONE.format("H1"), POINT), token=secret)[0][0] == 401
    assert stored() == {}


def test_retired_device_is_told_so_and_its_message_kept() -> None:
    token = device()
    retire_device(ALL, device_id=Device.objects.get().id, reason="报废", now=clock.city_now())
    ((status, problem),) = asked((ONE.format("H1"), POINT), token=token)
    assert (status, problem["errors"]) == (409, {"reason": "retired_device"})
    assert QuarantinedMessage.objects.get().device_key == "H1"


def test_program_sends_for_the_devices_of_its_organisation_only() -> None:
    mine, theirs = make_organisation(), make_organisation()
    device("H1", organisation=mine)
    device("H2", organisation=theirs)
    answers = asked(
        (ONE.format("H1"), POINT), (ONE.format("H2"), POINT), (ONE.format("H3"), POINT), actor=program(mine.id)
    )
    assert [status for status, _ in answers] == [200, 404, 404]
    assert stored() == {("H1", "pm2_5"): [35.5]}


def test_program_without_the_right_is_refused() -> None:
    device()
    assert asked((ONE.format("H1"), POINT), (MANY, POINT), actor=Actor("client", 9))[0][0] == 403


def test_program_sends_for_many_devices_at_once() -> None:
    device("H1")
    device("H2")
    body = (
        b'[{"device": "H1", "values": {"pm2_5": 1}, "ts": 1773111600000},'
        b' {"device": "H2", "values": {"co": 2}, "ts": 1773111600000}]'
    )
    assert asked((MANY, body), actor=program()) == [(200, {"stored": 2, "repeated": 0, "quarantined": 0})]
    assert stored() == {("H1", "pm2_5"): [1.0], ("H2", "co"): [2.0]}


def test_one_device_out_of_reach_and_nothing_of_the_request_is_taken() -> None:
    device("H1")
    body = b'[{"device": "H1", "values": {"pm2_5": 1}}, {"device": "H9", "values": {"co": 2}}]'
    ((status, problem),) = asked((MANY, body), actor=program())
    assert status == 404
    assert "H9" in str(problem)
    assert stored() == {}


def test_quarantined_part_of_a_program_s_request_is_replayed_to_its_own_device_only() -> None:
    device("H1")
    device("H2")
    retired = Device.objects.get(key="H2")
    retire_device(ALL, device_id=retired.id, reason="检修", now=clock.city_now())
    body = (
        b'[{"device": "H1", "values": {"pm2_5": 1}, "ts": 1773111600000},'
        b' {"device": "H2", "values": {"co": 2}, "ts": 1773111600000}]'
    )
    answer = {"stored": 1, "repeated": 0, "quarantined": 0, "reason": "retired_device"}
    assert asked((MANY, body), actor=program()) == [(200, answer)]
    Device.objects.filter(id=retired.id).update(state="registered")
    (found,) = replay(ALL, [QuarantinedMessage.objects.get().id], now=clock.city_now())
    assert (found.stored, found.reason) == (1, "")
    assert stored() == {("H1", "pm2_5"): [1.0], ("H2", "co"): [2.0]}


def test_device_faulty_by_its_own_word_is_shown_so() -> None:
    token = device()
    asked((ONE.format("H1"), b'{"values": {"pm2_5": 1}, "quality": "D"}'), token=token)
    until(lambda: Device.objects.get().state == "faulty")
