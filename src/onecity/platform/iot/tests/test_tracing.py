"""The raw trace: for a while, for one device, for those who may, and forgotten after a week."""

from datetime import timedelta

import pytest
from django.test import Client

from onecity.kernel import clock
from onecity.kernel.actor import system_actor
from onecity.kernel.errors import Invalid, NotFound
from onecity.platform.identity.tests.factories import Organisation, make_actor
from onecity.platform.iot import permissions
from onecity.platform.iot.models import Device, Trace, TracedMessage
from onecity.platform.iot.selectors.field import traced_keys
from onecity.platform.iot.services import tracing
from onecity.platform.iot.services.tracing import Traced, forget_traced, keep_traced, start_trace, stop_trace
from onecity.platform.iot.tests.factories import make_device

pytestmark = pytest.mark.django_db


def traced(key: str = "A", *, raw: bytes = b"\x7e\x01", outward: bool = False) -> Traced:
    return Traced(key, outward, "jt808", "127.0.0.1", raw, "speed_kmh=36")


def started(device: Device, *, minutes: int = 5) -> None:
    start_trace(system_actor("test"), device_id=device.id, minutes=minutes, now=clock.real_now())


def test_only_bytes_of_devices_that_are_traced_now_are_kept() -> None:
    started(make_device("A"))
    make_device("B")
    now = clock.real_now()
    keep_traced([(now, traced()), (now, traced("B")), (now + timedelta(minutes=6), traced())])
    assert [bytes(row.raw) for row in TracedMessage.objects.all()] == [b"\x7e\x01"]
    assert traced_keys(clock.real_now()) == {"A"}


def test_trace_ends_by_hand_and_what_was_kept_stays() -> None:
    device = make_device("A")
    started(device)
    keep_traced([(clock.real_now(), traced())])
    stop_trace(system_actor("test"), device_id=device.id, now=clock.real_now())
    assert traced_keys(clock.real_now()) == frozenset()
    assert TracedMessage.objects.count() == 1


@pytest.mark.parametrize("minutes", [0, -1, 61])
def test_trace_lasts_an_hour_at_most(minutes: int) -> None:
    with pytest.raises(Invalid):
        started(make_device("A"), minutes=minutes)
    assert not Trace.objects.exists()


def test_oldest_bytes_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracing, "MOST_KEPT", 3)
    started(make_device("A"))
    now = clock.real_now()
    keep_traced([(now + timedelta(seconds=turn), traced(raw=bytes([turn]))) for turn in range(5)])
    assert {bytes(row.raw) for row in TracedMessage.objects.all()} == {b"\x02", b"\x03", b"\x04"}


def test_week_later_everything_is_forgotten() -> None:
    started(make_device("A"))
    now = clock.real_now()
    keep_traced([(now, traced())])
    assert forget_traced(now + timedelta(days=7)) == 0
    assert forget_traced(now + timedelta(days=7, hours=2)) == 1
    assert not Trace.objects.exists()


def test_who_may_only_look_at_devices_may_not_trace_them(organisation: Organisation) -> None:
    device = make_device("A", organisation=organisation)
    viewer = make_actor(permissions.VIEW_DEVICES, organisation=organisation)
    with pytest.raises(NotFound):
        start_trace(viewer, device_id=device.id, minutes=5, now=clock.real_now())


def test_page_shows_bytes_both_ways_and_gives_them_away(staff: Client, organisation: Organisation) -> None:
    device = make_device("A", organisation=organisation)
    address = f"/iot/devices/{device.id}/trace"
    assert staff.post(f"{address}/start", {"minutes": "15"}, follow=True).status_code == 200
    now = clock.real_now()
    keep_traced([(now, traced(raw=b"##0012")), (now, traced(raw=b"\x7e\xff", outward=True))])
    as_bytes, as_text = staff.get(address).content.decode(), staff.get(f"{address}?view=text").content.decode()
    assert "7e ff" in as_bytes
    assert "##0012" in as_text
    assert "speed_kmh=36" in as_text
    lines = staff.get(f"{address}/download").content.decode().splitlines()
    assert [('"hex": "232330303132"' in line, '"direction": "up"' in line) for line in lines] == [
        (True, True), (False, False),
    ]  # fmt: skip
    staff.post(f"{address}/stop")
    assert traced_keys(clock.real_now()) == frozenset()


def test_page_of_a_running_trace_asks_again_and_its_fragment_is_whole(
    staff: Client, organisation: Organisation
) -> None:
    device = make_device("A", organisation=organisation)
    address = f"/iot/devices/{device.id}/trace"
    assert 'hx-trigger="every 3s"' not in staff.get(address).content.decode()
    started(device)
    assert 'hx-trigger="every 3s"' in staff.get(address).content.decode()
    fragment = staff.get(address, headers={"HX-Request": "true"}).content.decode()
    assert fragment.startswith("\n<section") or "<section" in fragment[:400]
    assert "<html" not in fragment


def test_trace_for_no_time_is_refused_with_a_sentence(staff: Client, organisation: Organisation) -> None:
    device = make_device("A", organisation=organisation)
    page = staff.post(f"/iot/devices/{device.id}/trace/start", {"minutes": "x"}, follow=True)
    assert "跟踪时长为1至60分钟" in page.content.decode()
