"""Raw traces over real sockets: what a watched device says and hears is kept, and nobody else's."""

import pytest
from tests.gateways.fields import Talker, field_gateway
from tests.gateways.harness import hj212_gateway, until
from tests.gateways.wording import WORDS

from onecity.demo.simulators.hj212_frames import Logger, real_time
from onecity.kernel import clock
from onecity.kernel.actor import system_actor
from onecity.platform.iot.gateways import tracing
from onecity.platform.iot.models import Gateway, TracedMessage
from onecity.platform.iot.services.tracing import start_trace
from onecity.platform.iot.tests.factories import make_device

pytestmark = pytest.mark.django_db(transaction=True)


def watch(key: str, protocol: object) -> None:
    device = make_device(key, protocol=protocol)  # type: ignore[arg-type]  # a protocol's own enumeration
    start_trace(system_actor("test"), device_id=device.id, minutes=5, now=clock.real_now())


def kept() -> list[tuple[bool, bytes, str]]:
    rows = TracedMessage.objects.order_by("id")
    return [(row.outward, bytes(row.raw), row.result) for row in rows]


@pytest.fixture(autouse=True)
def _look_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracing, "LOOK_EVERY", 1)


def test_field_protocol_is_traced_both_ways() -> None:
    watch("A", WORDS.code)
    make_device("B", protocol=WORDS.code)
    with field_gateway() as ports, Talker(ports[WORDS.code]) as talker:
        until(Gateway.objects.exists)
        talker.ask("B pm2_5=1")
        talker.ask("A pm2_5=2")
        until(lambda: len(kept()) >= 2)
    assert kept()[:2] == [(False, b"A pm2_5=2\n", "pm2_5=2"), (True, b"got\n", "")]


def test_hj212_is_traced_both_ways() -> None:
    device = make_device("MN1")
    make_device("MN2")
    start_trace(system_actor("test"), device_id=device.id, minutes=5, now=clock.real_now())
    with hj212_gateway() as hall:
        until(Gateway.objects.exists)
        for key in ("MN2", "MN1"):
            unit = hall.unit()
            unit.send(real_time(Logger(key), at=clock.city_now().replace(microsecond=0), values={"a34004": 35.5}))
            unit.hear()
        until(lambda: len(kept()) == 2)
    (out, upload, told), (back, answer, _) = kept()
    assert (out, back) == (False, True)
    assert b"MN=MN1;" in upload
    assert "a34004-Rtd=35.5" in told
    assert b"CN=9014" in answer
