"""Firmware: taken in and signed, brought in batches, downloaded by ranges, broken off, resumed, rolled back."""

import hashlib
import io
from datetime import timedelta

import pytest
from django.test import Client

from onecity.kernel import clock
from onecity.kernel.actor import system_actor
from onecity.kernel.ciphers.sm2.keys import public_key_from
from onecity.kernel.ciphers.sm2.signature import verifies
from onecity.kernel.ciphers.sm3 import sm3
from onecity.kernel.errors import Conflict, Invalid, NotFound
from onecity.platform.identity.tests.factories import plain_actor
from onecity.platform.iot.contracts import DeviceFilter
from onecity.platform.iot.contracts.firmware import NewCampaign, NewFirmware
from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.models import Campaign, CampaignDevice, Device, DeviceCommand, DeviceHistory, Firmware
from onecity.platform.iot.services.credentials import issue_token
from onecity.platform.iot.services.firmware.campaigns import (
    NotThatState,
    cancel_campaign,
    make_campaign,
    pause_campaign,
    roll_back,
    start_campaign,
)
from onecity.platform.iot.services.firmware.packages import FirmwareExists, add_firmware, withdraw_firmware
from onecity.platform.iot.services.firmware.progress import advance_campaigns, note_ended
from onecity.platform.iot.services.firmware.signing import is_signed
from onecity.platform.iot.tests.factories import NOW, make_device

pytestmark = pytest.mark.django_db
SYSTEM = system_actor("test")
CONTENT = bytes(range(256)) * 4_000


@pytest.fixture(autouse=True)
def _storage(settings: object, tmp_path: object) -> None:
    settings.MEDIA_ROOT = str(tmp_path)  # type: ignore[attr-defined]  # pytest-django's settings


def firmware(version: str = "2.0", content: bytes = CONTENT, *, name: str = "meter.bin", given: str = "") -> int:
    new = NewFirmware(name, "gauge.meter", version, sm3=given)
    return add_firmware(SYSTEM, file=io.BytesIO(content), new=new, now=NOW, real_now=NOW)


def meters(count: int, version: str = "1.0") -> list[Device]:
    made = [make_device(type_code="gauge.meter", protocol=Protocol.MQTT) for _ in range(count)]
    Device.objects.filter(id__in=[item.id for item in made]).update(firmware_version=version)
    return made


def campaign(number: int, **changes: object) -> int:
    new = NewCampaign("升级", number, **changes)  # type: ignore[arg-type]  # named fields only
    made = make_campaign(SYSTEM, new=new, chosen=DeviceFilter(), now=NOW)
    start_campaign(SYSTEM, campaign_id=made, now=NOW)
    return made


def go_on(minutes: int = 0) -> int:
    return advance_campaigns(now=NOW + timedelta(minutes=minutes), real_now=NOW + timedelta(minutes=minutes))


def states(number: int) -> list[str]:
    return list(CampaignDevice.objects.filter(campaign_id=number).order_by("id").values_list("state", flat=True))


def told(device: Device) -> dict[str, object]:
    row = DeviceCommand.objects.filter(device=device).order_by("-id").first()
    assert row is not None
    return dict(row.arguments)


def test_package_is_digested_and_signed_with_the_citys_key() -> None:
    row = Firmware.objects.get(id=firmware())
    assert (row.size, row.sm3, row.sha256) == (len(CONTENT), sm3(CONTENT).hex(), hashlib.sha256(CONTENT).hexdigest())
    assert is_signed(bytes.fromhex(row.sm3), bytes.fromhex(row.signature), now=NOW)
    assert not is_signed(sm3(b"other"), bytes.fromhex(row.signature), now=NOW)


def test_makers_verify_with_the_published_key() -> None:
    row = Firmware.objects.get(id=firmware())
    key = public_key_from(bytes.fromhex(Client().get("/api/iot/v1/firmware/public-key").json()["public_key"]))
    assert verifies(key, message=bytes.fromhex(row.sm3), signature=bytes.fromhex(row.signature))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"content": b""}, "file"),
        ({"name": "meter.exe"}, "file"),
        ({"version": "二"}, "version"),
        ({"version": ""}, "version"),
        ({"given": "00" * 32}, "sm3"),
    ],
)
def test_package_with_a_fault_is_refused(changes: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        firmware(**changes)  # type: ignore[arg-type]  # wrong on purpose
    assert list(refusal.value.fields) == [field]
    assert not Firmware.objects.exists()


def test_version_is_never_replaced() -> None:
    firmware(given=sm3(CONTENT).hex())
    with pytest.raises(FirmwareExists):
        firmware(content=b"other")


def test_batches_follow_one_another() -> None:
    devices = meters(10)
    made = campaign(firmware(), batches=(10, 50, 100))
    assert go_on() == 1
    assert go_on() == 0
    note_ended(devices[0].id, version="2.0", error="", now=NOW)
    go_on()
    assert go_on() == 0
    assert states(made).count("told") == 4
    for device in devices[1:5]:
        note_ended(device.id, version="2.0", error="", now=NOW)
    go_on()
    assert states(made).count("told") == 5
    for device in devices[5:]:
        note_ended(device.id, version="2.0", error="", now=NOW)
    go_on()
    assert Campaign.objects.get().state == "done"
    assert set(Device.objects.values_list("firmware_version", flat=True)) == {"2.0"}
    assert DeviceHistory.objects.filter(kind="firmware", before="1.0", after="2.0").count() == 10


def test_device_downloads_by_ranges_breaks_off_and_resumes() -> None:
    device = meters(1)[0]
    made = campaign(firmware())
    go_on()
    order = told(device)
    bearer = {"Authorization": f"Bearer {order['token']}"}
    path = str(order["path"])
    head = Client().get(path, headers={**bearer, "Range": "bytes=0-299999"})
    assert (head.status_code, head.headers["Content-Range"]) == (206, f"bytes 0-299999/{len(CONTENT)}")
    received = _torn(head)
    step = CampaignDevice.objects.get()
    assert (step.state, step.received) == ("loading", len(received))
    rest = Client().get(path, headers={**bearer, "Range": f"bytes={len(received)}-"})
    received += rest.getvalue()
    assert sm3(received).hex() == order["sm3"]
    assert CampaignDevice.objects.get().state == "loaded"
    token = issue_token(SYSTEM, device_id=device.id, now=clock.real_now())
    answer = Client().post(
        f"/api/iot/v1/devices/{device.key}/firmware",
        {"version": "2.0"},
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )
    assert answer.status_code == 204
    go_on()
    assert (states(made), Device.objects.get().firmware_version) == (["done"], "2.0")


def _torn(answer: object) -> bytes:
    """Return the first block of an answer whose connection then breaks."""
    iterator = getattr(answer, "_iterator")  # noqa: B009  # Django keeps the generator to itself
    received = bytes(next(iterator))
    iterator.close()
    return received


def test_download_is_for_its_token_only_and_within_the_file() -> None:
    device = meters(1)[0]
    number = firmware()
    campaign(number)
    go_on()
    order = told(device)
    bearer = {"Authorization": f"Bearer {order['token']}"}
    assert Client().get(str(order["path"])).status_code == 404
    assert Client().get(f"/api/iot/v1/firmware/{number + 1}", headers=bearer).status_code == 404
    beyond = Client().get(str(order["path"]), headers={**bearer, "Range": f"bytes={len(CONTENT)}-"})
    assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, f"bytes */{len(CONTENT)}")
    whole = Client().get(str(order["path"]), headers=bearer)
    assert (whole.status_code, whole.getvalue()) == (200, CONTENT)


def test_failing_device_is_told_again_and_gives_up() -> None:
    device = meters(1)[0]
    made = campaign(firmware(), attempts=2)
    go_on()
    note_ended(device.id, version="", error="校验失败", now=NOW)
    assert states(made) == ["waiting"]
    assert go_on() == 1
    note_ended(device.id, version="1.0", error="", now=NOW)
    assert states(made) == ["failed"]
    with pytest.raises(NotFound):
        note_ended(device.id, version="2.0", error="", now=NOW)


def test_device_that_says_nothing_fails_after_its_time() -> None:
    meters(1)
    made = campaign(firmware(), attempts=1, patience_s=600)
    go_on()
    go_on(minutes=9)
    assert states(made) == ["told"]
    go_on(minutes=11)
    assert CampaignDevice.objects.get().error == "超时未完成"


def test_too_many_failures_pause_the_campaign_and_people_resume_it() -> None:
    devices = meters(20)
    made = campaign(firmware(), batches=(50, 100), attempts=1, failed_most=20)
    go_on()
    for device in devices[:5]:
        note_ended(device.id, version="", error="闪存损坏", now=NOW)
    go_on()
    row = Campaign.objects.get()
    assert (row.state, row.reason) == ("paused", "失败率超过上限，已自动暂停")
    assert go_on() == 0
    Campaign.objects.update(failed_most=100)
    start_campaign(SYSTEM, campaign_id=made, now=NOW)
    for device in devices[5:10]:
        note_ended(device.id, version="2.0", error="", now=NOW)
    go_on()
    assert go_on() == 0
    assert states(made).count("told") == 10


def test_campaign_is_paused_and_cancelled_by_people() -> None:
    device = meters(1)[0]
    made = campaign(firmware())
    pause_campaign(SYSTEM, campaign_id=made, reason="值班", now=NOW)
    assert go_on() == 0
    start_campaign(SYSTEM, campaign_id=made, now=NOW)
    go_on()
    order = told(device)
    cancel_campaign(SYSTEM, campaign_id=made, now=NOW)
    assert states(made) == ["left_out"]
    bearer = {"Authorization": f"Bearer {order['token']}"}
    assert Client().get(str(order["path"]), headers=bearer).status_code == 404
    with pytest.raises(NotThatState):
        pause_campaign(SYSTEM, campaign_id=made, reason="", now=NOW)
    for act in (start_campaign, cancel_campaign):
        with pytest.raises(NotThatState):
            act(SYSTEM, campaign_id=made, now=NOW)


def test_campaign_is_rolled_back_to_what_devices_had() -> None:
    first, second = firmware("1.0", b"old" * 100), firmware()
    devices = meters(3)
    made = campaign(second, batches=(100,))
    go_on()
    for device in devices[:2]:
        note_ended(device.id, version="2.0", error="", now=NOW)
    back = roll_back(SYSTEM, campaign_id=made, now=NOW)
    assert Campaign.objects.get(id=made).state == "cancelled"
    row = Campaign.objects.get(id=back)
    assert (row.firmware_id, row.reverts_id, row.state) == (first, made, "running")
    assert go_on() == 2
    for device in devices[:2]:
        note_ended(device.id, version="1.0", error="", now=NOW)
    assert set(Device.objects.values_list("firmware_version", flat=True)) == {"1.0"}


def test_nothing_to_roll_back_is_said() -> None:
    meters(1)
    made = campaign(firmware())
    with pytest.raises(NotThatState):
        roll_back(SYSTEM, campaign_id=made, now=NOW)


def test_devices_that_need_nothing_or_are_busy_are_left_out() -> None:
    number = firmware()
    busy, _ = meters(1)[0], meters(1, version="2.0")
    campaign(number)
    with pytest.raises(Invalid):
        campaign(number)
    assert [row.device_id for row in CampaignDevice.objects.all()] == [busy.id]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"batches": (50,)}, "batches"),
        ({"failed_most": 101}, "failed_most"),
        ({"attempts": 0}, "attempts"),
        ({"patience_s": 5}, "patience_s"),
    ],
)
def test_campaign_with_a_fault_is_refused(changes: dict[str, object], field: str) -> None:
    meters(1)
    with pytest.raises(Invalid) as refusal:
        campaign(firmware(), **changes)
    assert list(refusal.value.fields) == [field]


def test_firmware_in_use_is_not_withdrawn_and_a_withdrawn_one_not_used() -> None:
    meters(1)
    number = firmware()
    made = campaign(number)
    with pytest.raises(Conflict):
        withdraw_firmware(SYSTEM, firmware_id=number)
    cancel_campaign(SYSTEM, campaign_id=made, now=NOW)
    withdraw_firmware(SYSTEM, firmware_id=number)
    with pytest.raises(NotFound):
        campaign(number)
    with pytest.raises(NotFound):
        withdraw_firmware(plain_actor(), firmware_id=number)
