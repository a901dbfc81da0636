"""Pages with Django's client: what people see, do, and are refused."""

import re
from datetime import datetime, timedelta
from http import HTTPStatus

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from onecity.kernel import clock
from onecity.platform.identity.tests.factories import Organisation, make_actor, make_organisation
from onecity.platform.iot import permissions
from onecity.platform.iot.contracts import Message, Refusal
from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.models import (
    Device,
    DeviceCommand,
    DeviceCredential,
    UnknownDevice,
)
from onecity.platform.iot.services.notes import keep_note
from onecity.platform.iot.services.quarantine.keeping import keep
from onecity.platform.iot.services.store import Store
from onecity.platform.iot.tests.factories import make_batch, make_datastream, make_device
from onecity.platform.iot.tests.visiting import alarm_of, body, client_of, exported

pytestmark = pytest.mark.django_db


def test_devices_are_listed_and_others_are_not(staff: Client, organisation: Organisation) -> None:
    mine, other = make_device(organisation=organisation), make_device()
    page = body(staff, "/iot/devices")
    assert mine.name in page
    assert other.name not in page
    assert "登记设备" in page


def test_fragment_holds_the_rows_alone(organisation: Organisation) -> None:
    device = make_device(organisation=organisation)
    client = client_of(make_actor(permissions.VIEW_DEVICES, organisation=organisation), fragment=True)
    part = body(client, "/iot/devices?state=registered")
    assert device.name in part
    assert "<html" not in part


def test_viewer_is_offered_no_change(organisation: Organisation) -> None:
    device = make_device(organisation=organisation, protocol=Protocol.MQTT)
    client = client_of(make_actor(permissions.VIEW_DEVICES, organisation=organisation))
    assert "登记设备" not in body(client, "/iot/devices")
    page = body(client, f"/iot/devices/{device.id}")
    for offer in ("停用设备", "签发令牌", "下达", "变更"):
        assert offer not in page


def test_list_costs_the_same_for_many_devices(staff: Client, organisation: Organisation) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            body(staff, "/iot/devices")
        return len(captured)

    make_device(organisation=organisation)
    queries()
    few = queries()
    for _ in range(10):
        make_device(organisation=organisation)
    assert queries() == few


def test_list_is_exported(staff: Client, organisation: Organisation) -> None:
    device = make_device(organisation=organisation)
    assert device.key in exported(staff, "/iot/devices?format=csv").decode("utf-8-sig")
    assert exported(staff, "/iot/devices?format=xlsx")[:2] == b"PK"


def test_device_page_shows_values_chart_and_alarms(staff: Client, organisation: Organisation, today: datetime) -> None:
    device = make_device(organisation=organisation, division="220102", place=(125.3, 43.9))
    alarm = alarm_of(device, at=today)
    keep_note(device.id, kind="3019", content="SN-1", now=today)
    page = body(staff, f"/iot/devices/{device.id}")
    for part in ("细颗粒物", "120.0", "μg/m³", alarm.text, "SN-1", "校时", "125.300000", 'data-controller="chart"'):
        assert part in page
    assert "签发令牌" not in page


def test_device_without_data_says_so(staff: Client, organisation: Organisation) -> None:
    page = body(staff, f"/iot/devices/{make_device(organisation=organisation).id}")
    assert "还没有收到该设备的监测数据" in page
    assert "该设备没有告警" in page


def test_chosen_datastream_is_drawn_and_exported(staff: Client, organisation: Organisation, today: datetime) -> None:
    device = make_device(organisation=organisation)
    first, second = make_datastream(device), make_datastream(device, property_code="humidity", unit="%")
    rows = [(second.id, today - timedelta(hours=hour), None if hour == 2 else 40.0 + hour) for hour in range(48)]
    Store().record([make_batch((first.id, today, 1.0), *rows)], now=today)
    address = f"/iot/devices/{device.id}?stream={second.id}"
    assert "湿度（实时）" in body(staff, f"{address}&span=week")
    day = exported(staff, f"{address}&format=csv").splitlines()
    week = exported(staff, f"{address}&span=week&format=csv").splitlines()
    assert (len(day), len(week)) == (1 + 25, 1 + 48)
    assert staff.get(f"/iot/devices/{device.id}?stream=987654").status_code == HTTPStatus.NOT_FOUND
    assert staff.get(f"{address}&span=century").status_code == HTTPStatus.NOT_FOUND


def test_long_series_is_thinned_and_says_so(staff: Client, organisation: Organisation, today: datetime) -> None:
    stream = make_datastream(make_device(organisation=organisation))
    rows = [(stream.id, today - timedelta(minutes=minute), float(minute % 7)) for minute in range(900)]
    Store().record([make_batch(*rows)], now=today)
    assert "只画出每小段的最低值和最高值" in body(staff, f"/iot/devices/{stream.device_id}")


def test_values_are_asked_for_alone(staff: Client, organisation: Organisation, today: datetime) -> None:
    stream = make_datastream(make_device(organisation=organisation))
    Store().record([make_batch((stream.id, today, 7.0), quality="D")], now=today)
    part = body(staff, f"/iot/devices/{stream.device_id}/values")
    assert "7.0" in part
    assert "仪器故障" in part
    assert "<html" not in part


NEW = {"key": "AIR1", "name": "食品厂站", "type_code": "gauge.air", "protocol": "hj212"}


def test_device_is_registered_through_the_page(staff: Client, organisation: Organisation) -> None:
    given = {**NEW, "organisation_id": organisation.id, "longitude": "125.3", "latitude": "43.9"}
    response = staff.post("/iot/devices/new", {**given, "scales": '{"a34004": 1000}'})
    device = Device.objects.get()
    assert response.headers["Location"] == f"/iot/devices/{device.id}"
    assert (device.name, device.location.x if device.location else None, device.scales) == (
        "食品厂站",
        125.3,
        {"a34004": 1000},
    )


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"key": "a b"}, "设备标识应为1至64个字符"),
        ({"longitude": "125"}, "经度和纬度应同时填写"),
        ({"scales": "[1]"}, "换算系数应写成"),
        ({"scales": "{"}, "换算系数应写成"),
        ({"organisation_id": "987654"}, "选择一个有效的选项"),
    ],
)
def test_fault_is_shown_beside_its_field(
    staff: Client, organisation: Organisation, changes: dict[str, str], told: str
) -> None:
    response = staff.post("/iot/devices/new", {**NEW, "organisation_id": organisation.id, **changes})
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert told in response.content.decode()
    assert not Device.objects.exists()


def test_stranger_is_adopted_from_its_list(staff: Client) -> None:
    keep([Refusal(Message(b"x", "hj212", "10.0.0.1", "MN0001"), "unknown_device")], now=clock.city_now())
    stranger = UnknownDevice.objects.get()
    assert f"/iot/devices/new?unknown={stranger.id}" in body(staff, "/iot/unknown")
    assert 'value="MN0001"' in body(staff, f"/iot/devices/new?unknown={stranger.id}")
    staff.post(f"/iot/unknown/{stranger.id}/ignore")
    assert "MN0001" not in body(staff, "/iot/unknown")
    assert "MN0001" in body(staff, "/iot/unknown?state=ignored")


def test_device_is_changed_and_its_password_is_not_shown(staff: Client, organisation: Organisation) -> None:
    device = make_device(organisation=organisation, password="123456", scales={"a": 2.0})
    page = body(staff, f"/iot/devices/{device.id}/change")
    assert "········" in page
    assert "123456" not in page
    fields = dict(re.findall(r'name="(name|password|address)"[^>]*value="([^"]*)"', page))
    given = {**fields, "name": "新名", "organisation_id": organisation.id, "password": "········"}
    response = staff.post(f"/iot/devices/{device.id}/change", given)
    assert response.status_code == HTTPStatus.FOUND
    changed = Device.objects.get()
    assert (changed.name, changed.password_hash, changed.scales) == ("新名", device.password_hash, {})


def test_change_with_a_fault_is_told(staff: Client, organisation: Organisation) -> None:
    device = make_device(organisation=organisation)
    given = {"name": "新名", "organisation_id": organisation.id, "division_code": "12"}
    response = staff.post(f"/iot/devices/{device.id}/change", given)
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "网格或区划代码应为" in response.content.decode()


def test_device_is_retired_and_restored(staff: Client, organisation: Organisation) -> None:
    device = make_device(organisation=organisation)
    staff.post(f"/iot/devices/{device.id}/retire", {"reason": "拆除"})
    assert "恢复使用" in body(staff, f"/iot/devices/{device.id}")
    staff.post(f"/iot/devices/{device.id}/restore")
    assert Device.objects.get().state == "registered"


def test_token_is_shown_once(staff: Client, organisation: Organisation) -> None:
    device = make_device(organisation=organisation, protocol=Protocol.MQTT)
    response = staff.post(f"/iot/devices/{device.id}/token")
    found = re.search(r"ocd_[\w-]{40,}", response.content.decode())
    assert found is not None
    assert response.headers["Cache-Control"] == "no-store"
    page = body(staff, f"/iot/devices/{device.id}")
    assert found.group() not in page
    assert found.group()[:10] in page
    staff.post(f"/iot/devices/{device.id}/token/revoke")
    assert not DeviceCredential.objects.filter(revoked_at__isnull=True).exists()


def test_order_is_given_and_a_wrong_one_is_told(staff: Client, organisation: Organisation) -> None:
    device = make_device(organisation=organisation)
    orders = f"/iot/devices/{device.id}/orders"
    staff.post(orders, {"code": "set_real_time_interval", "argument": "60"})
    staff.post(orders, {"code": "set_real_time_interval", "argument": "many"})
    assert list(DeviceCommand.objects.values_list("argument", flat=True)) == [60]
    page = body(staff, f"/iot/devices/{device.id}")
    assert "缺少参数" in page
    assert "待下发" in page
    assert (
        staff.post(f"/iot/devices/{make_device().id}/orders", {"code": "set_time"}).status_code == HTTPStatus.NOT_FOUND
    )


def upload(client: Client, text: str, *, encoding: str = "utf-8") -> tuple[int, str]:
    file = SimpleUploadedFile("devices.csv", text.encode(encoding), content_type="text/csv")
    response = client.post("/iot/devices/import", {"file": file})
    return response.status_code, response.content.decode()


HEAD = "设备标识,设备名称,设备类型,接入协议,机构编码,经度,纬度\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_list_of_devices_is_shown_and_then_registered(staff: Client, organisation: Organisation, encoding: str) -> None:
    known = make_device("OLD", organisation=organisation)
    code = organisation.code
    text = f"{HEAD}A1,食品厂站,空气测试站,HJ212,{code},125.3,43.9\nA2,二站,gauge.air,mqtt,{code},,\n"
    text += f"OLD,三站,gauge.air,http,{code},,\n"
    status, page = upload(staff, text, encoding=encoding)
    assert status == HTTPStatus.OK
    assert "清单无误，将登记 2 台设备" in page
    assert "1 台已经登记过" in page
    assert Device.objects.count() == 1
    staff.post("/iot/devices/import", {"text": text})
    assert set(Device.objects.values_list("key", "protocol")) == {("A1", "hj212"), ("A2", "mqtt"), ("OLD", "hj212")}
    assert Device.objects.get(key="OLD").name == known.name


def test_lines_at_fault_are_shown_and_nothing_is_registered(staff: Client, organisation: Organisation) -> None:
    other, code = make_organisation("别的局"), organisation.code
    text = HEAD + f"A1,站,gauge.air,hj212,{code},,\nA2,站,none,x,{other.code},a,\nA3,站,gauge.air,mqtt,nobody,,\n"
    status, page = upload(staff, text)
    assert status == HTTPStatus.UNPROCESSABLE_ENTITY
    told = ("2 行有误", "没有这个设备类型", "没有这种接入协议", "经纬度应为数字", "没有这个机构", "不在您的权限范围内")
    assert [part for part in told if part not in page] == []
    response = staff.post("/iot/devices/import", {"text": text})
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert not Device.objects.exists()


def test_file_that_is_no_list_is_told(staff: Client) -> None:
    assert "缺少列" in upload(staff, "a,b\n1,2\n")[1]
    file = SimpleUploadedFile("x.csv", b"\xff\xff\xff\x00\x80", content_type="text/csv")
    assert "无法识别文件的编码" in staff.post("/iot/devices/import", {"file": file}).content.decode()
    large = SimpleUploadedFile("x.csv", b"a" * (1024 * 1024 + 1), content_type="text/csv")
    assert "文件不能超过1MB" in staff.post("/iot/devices/import", {"file": large}).content.decode()
    assert "设备标识" in staff.get("/iot/devices/import/sample.csv").content.decode("utf-8-sig")
    assert "清单怎么写" in body(staff, "/iot/devices/import")


def test_list_that_grew_too_long_meanwhile_is_told(
    staff: Client, organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onecity.platform.iot.services.devices.registering.MOST_AT_ONCE", 1)
    text = HEAD + "".join(f"A{n},站,gauge.air,mqtt,{organisation.code},,\n" for n in range(2))
    response = staff.post("/iot/devices/import", {"text": text})
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "一次最多登记5000台设备" in response.content.decode()
    assert not Device.objects.exists()
