"""Pages with Django's client: what people see, do, and are refused."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from onecity.kernel import clock
from onecity.kernel.actor import Actor, system_actor
from onecity.platform.identity.models import Organisation
from onecity.platform.identity.tests.factories import make_actor, make_organisation, open_session
from onecity.platform.iot import permissions
from onecity.platform.iot.contracts import Message, Refusal
from onecity.platform.iot.declare import Limits, Protocol, Severity
from onecity.platform.iot.models import (
    Alarm,
    AlarmRule,
    Device,
    DeviceCommand,
    DeviceCredential,
    QuarantinedMessage,
    UnknownDevice,
)
from onecity.platform.iot.services.gateways import report, stopped
from onecity.platform.iot.services.notes import keep_note
from onecity.platform.iot.services.quarantine.keeping import keep
from onecity.platform.iot.services.store import Store
from onecity.platform.iot.tests.factories import make_batch, make_datastream, make_device, make_rule

pytestmark = pytest.mark.django_db
ALL = tuple(value for name, value in vars(permissions).items() if name.isupper())


def client_of(actor: Actor, *, fragment: bool = False) -> Client:
    client = Client(headers={"HX-Request": "true"} if fragment else None)
    client.cookies["onecity_session"] = open_session(actor.account_id)
    return client


@pytest.fixture
def organisation() -> Organisation:
    return make_organisation("环境监测中心")


@pytest.fixture
def staff(organisation: Organisation) -> Client:
    return client_of(make_actor(*ALL, organisation=organisation))


@pytest.fixture
def everywhere() -> Client:
    return client_of(make_actor(*ALL, everywhere=True))


@pytest.fixture
def today() -> datetime:
    return clock.real_now().replace(microsecond=0)


def body(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == HTTPStatus.OK, url
    return str(response.content.decode())


def alarm_of(device: Device, *, at: datetime) -> Alarm:
    make_rule(limits=Limits(upper=100.0), severity=Severity.MAJOR)
    stream = make_datastream(device)
    Store().record([make_batch((stream.id, at, 120.0))], now=at)
    return Alarm.objects.get()


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
    text = staff.get("/iot/devices?format=csv").content.decode("utf-8-sig")
    assert device.key in text
    assert staff.get("/iot/devices?format=xlsx").content[:2] == b"PK"


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
    day = staff.get(f"{address}&format=csv").content.decode("utf-8-sig").strip().splitlines()
    week = staff.get(f"{address}&span=week&format=csv").content.decode("utf-8-sig").strip().splitlines()
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
    assert "参数超出允许的范围" in page
    assert "待下发" in page
    assert (
        staff.post(f"/iot/devices/{make_device().id}/orders", {"code": "set_time"}).status_code == HTTPStatus.NOT_FOUND
    )


def test_alarm_is_acknowledged_and_ended(staff: Client, organisation: Organisation, today: datetime) -> None:
    alarm = alarm_of(make_device(organisation=organisation), at=today)
    assert alarm.text in body(staff, "/iot/alarms?state=standing&severity=major")
    assert alarm.text in body(staff, "/iot/alarms/card")
    assert "确认告警" in body(staff, f"/iot/alarms/{alarm.id}")
    staff.post(f"/iot/alarms/{alarm.id}/acknowledge", {"note": "已派人"})
    staff.post(f"/iot/alarms/{alarm.id}/acknowledge")
    page = body(staff, f"/iot/alarms/{alarm.id}")
    assert "已派人" in page
    assert "该告警已被确认" in page
    staff.post(f"/iot/alarms/{alarm.id}/close")
    assert "请说明解除告警的原因" in body(staff, f"/iot/alarms/{alarm.id}")
    staff.post(f"/iot/alarms/{alarm.id}/close", {"reason": "检修"})
    assert "人工解除" not in body(staff, f"/iot/alarms/{alarm.id}")
    assert "当前没有未解除的告警" in body(staff, "/iot/alarms/card")


def test_alarm_elsewhere_is_not_found(staff: Client, today: datetime) -> None:
    alarm = alarm_of(make_device(), at=today)
    assert staff.get(f"/iot/alarms/{alarm.id}").status_code == HTTPStatus.NOT_FOUND
    assert alarm.text not in body(staff, "/iot/alarms")


RULE = {
    "code": "city.high_pm",
    "name": "细颗粒物超限",
    "device_type": "gauge.air",
    "property_code": "pm2_5",
    "period": "real_time",
    "kind": "above",
    "upper": "115",
    "clear_upper": "100",
    "hold_s": "0",
    "hold_count": "2",
    "clear_s": "0",
    "gap_s": "0",
    "silent_s": "0",
    "severity": "major",
    "text": "{device}{property}{value}",
}


def test_rule_is_written_published_and_written_anew(everywhere: Client) -> None:
    made = everywhere.post("/iot/rules/new", RULE).headers["Location"]
    assert "&gt; 115 μg/m³" in body(everywhere, made)
    everywhere.post(f"{made}/publish")
    everywhere.post(f"{made}/publish")
    assert "只有草稿可以修改或发布" in body(everywhere, made)
    editing = everywhere.post(f"{made}/draft").headers["Location"]
    everywhere.post(f"{made}/draft")
    assert "该规则已有草稿" in body(everywhere, made)
    assert 'value="115.0"' in body(everywhere, editing)
    changed = everywhere.post(editing, {**RULE, "upper": "150", "severity": "critical"}).headers["Location"]
    page = body(everywhere, changed)
    assert "与上一版的不同" in page
    assert re.search(r"115</td><td[^>]*>150", page)
    everywhere.post(f"{changed}/publish")
    everywhere.post(f"{changed}/withdraw")
    rows = AlarmRule.objects.filter(code="city.high_pm").order_by("version")
    assert list(rows.values_list("version", "state")) == [(1, "superseded"), (2, "withdrawn")]


def test_rule_with_contradictory_limits_is_told_beside_the_field(everywhere: Client) -> None:
    response = everywhere.post("/iot/rules/new", {**RULE, "clear_upper": "200"})
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "限值缺失、多余或相互矛盾" in response.content.decode()
    made = everywhere.post("/iot/rules/new", RULE).headers["Location"]
    response = everywhere.post(f"{made}/edit", {**RULE, "upper": ""})
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_published_rule_has_no_editor_and_a_draft_can_be_thrown_away(everywhere: Client) -> None:
    published = make_rule("test.rule")
    assert everywhere.get(f"/iot/rules/{published}/edit").status_code == HTTPStatus.CONFLICT
    made = everywhere.post("/iot/rules/new", RULE).headers["Location"]
    everywhere.post(f"{made}/discard")
    assert not AlarmRule.objects.filter(code="city.high_pm").exists()


def test_rules_are_listed_with_their_condition(everywhere: Client) -> None:
    make_rule("test.rule")
    make_rule("test.silent", kind="no_data", limits=Limits(silent_s=5400))
    page = body(everywhere, "/iot/rules?q=test.")
    assert "&gt; 100 μg/m³" in page
    assert "90 分钟无数据" in page


BROKEN = b'{"pm2_5": "abc"}'


def quarantined(device: Device | None = None, *, raw: bytes = BROKEN) -> QuarantinedMessage:
    key = device.key if device else "WHO"
    reason = "not_json" if device else "unknown_device"
    message = Message(raw, "mqtt", "10.0.0.1", key)
    keep([Refusal(message, reason, {"at": "pm2_5"}, device.id if device else None)], now=clock.city_now())
    return QuarantinedMessage.objects.latest("id")


def test_refused_message_is_shown_mended_and_replayed(staff: Client, organisation: Organisation) -> None:
    device = make_device(organisation=organisation, protocol=Protocol.MQTT)
    kept = quarantined(device)
    address = f"/iot/quarantine/{kept.id}"
    assert "内容不是有效的JSON" in body(staff, "/iot/quarantine?state=open&reason=not_json")
    page = body(staff, address)
    assert "{&quot;pm2_5&quot;: &quot;abc&quot;}" in page
    assert "7b 22 70 6d" in page
    staff.post(f"{address}/replay")
    assert "仍被拒收" in body(staff, address)
    staff.post(f"{address}/mend", {"text": '{"pm2_5": 35.5}', "then": ""})
    assert "已更正" in body(staff, address)
    staff.post(f"{address}/mend", {"text": '{"pm2_5": 36.5}', "then": "replay"})
    assert "已重放1条报文，入库1条数据" in body(staff, address)
    after = QuarantinedMessage.objects.get()
    assert (after.state, bytes(after.raw), bytes(after.mended or b"")) == ("replayed", BROKEN, b'{"pm2_5": 36.5}')


def test_unknown_escape_and_decided_messages_are_told(staff: Client, organisation: Organisation) -> None:
    kept = quarantined(make_device(organisation=organisation, protocol=Protocol.MQTT))
    address = f"/iot/quarantine/{kept.id}"
    response = staff.post(f"{address}/mend", {"text": "ab\\q"})
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "第3个字符起的转义写法无法识别" in response.content.decode()
    staff.post(f"{address}/discard", {"note": ""})
    assert "请说明作废原因" in body(staff, address)
    staff.post(f"{address}/discard", {"note": "测试报文"})
    assert "测试报文" in body(staff, address)
    response = staff.post(f"{address}/mend", {"text": "x"})
    assert "该报文已处理" in response.content.decode()
    staff.post(f"{address}/replay")
    assert "没有可重放的报文" in body(staff, address)


def test_chosen_messages_are_replayed_together(staff: Client, organisation: Organisation) -> None:
    device = make_device(organisation=organisation, protocol=Protocol.MQTT)
    for value in range(3):
        quarantined(device, raw=b'{"pm2_5": %d}' % value)
    quarantined()
    staff.post("/iot/quarantine/replay", {"reason": "not_json", "q": device.key})
    assert list(QuarantinedMessage.objects.order_by("id").values_list("state", flat=True)) == ["replayed"] * 3 + [
        "open"
    ]


def test_message_of_a_stranger_belongs_to_the_city(staff: Client, everywhere: Client) -> None:
    kept = quarantined()
    address = f"/iot/quarantine/{kept.id}"
    assert staff.get(address).status_code == HTTPStatus.NOT_FOUND
    for act in ("mend", "replay", "discard"):
        assert staff.post(f"{address}/{act}", {"text": "x", "note": "y"}).status_code == HTTPStatus.NOT_FOUND
    assert "设备未登记" in body(everywhere, address)


def test_gateways_show_whether_they_run(everywhere: Client) -> None:
    assert "没有正在运行的接入网关" in body(everywhere, "/iot/gateways")
    now = clock.real_now()
    for name, reported in (("alive", now), ("lost", now - timedelta(minutes=1)), ("ended", now)):
        report(name, protocol="hj212", listens=":5212", started=now, now=reported, figures={"messages": 1234.0, "x": 1})
    stopped("ended", now=now, figures={})
    page = body(everywhere, "/iot/gateways")
    for part in ("运行中", "失去联系", "已停止", "1,234", "报文数"):
        assert part in page


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
    large = SimpleUploadedFile("x.csv", b"a" * (2 * 1024 * 1024 + 1), content_type="text/csv")
    assert "文件不能超过2MB" in staff.post("/iot/devices/import", {"file": large}).content.decode()
    assert "设备标识" in staff.get("/iot/devices/import/sample.csv").content.decode("utf-8-sig")
    assert "清单怎么写" in body(staff, "/iot/devices/import")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_opens_in_both_languages(
    everywhere: Client, language: str, today: datetime, make_all: Callable[[datetime], list[str]]
) -> None:
    everywhere.cookies["onecity_language"] = language
    for url in make_all(today):
        assert everywhere.get(url).status_code == HTTPStatus.OK, url


@pytest.fixture
def make_all(organisation: Organisation) -> Callable[[datetime], list[str]]:
    def make(at: datetime) -> list[str]:
        device = make_device(organisation=organisation, protocol=Protocol.MQTT)
        alarm, kept, rule = alarm_of(device, at=at), quarantined(device), make_rule("test.other")
        lists = ["devices", "alarms", "rules", "quarantine", "unknown", "gateways", "alarms/card", "devices/import"]
        ones = [f"devices/{device.id}", f"alarms/{alarm.id}", f"rules/{rule}", f"quarantine/{kept.id}", "rules/new"]
        return [f"/iot/{part}" for part in [*lists, *ones, "devices/new", f"devices/{device.id}/change"]]

    return make


def test_who_wrote_a_rule_is_told_by_name(everywhere: Client) -> None:
    made = everywhere.post("/iot/rules/new", RULE).headers["Location"]
    assert "张三" in body(everywhere, made)
    AlarmRule.objects.filter(code="city.high_pm").update(author="account:987654")
    assert "account:987654" in body(everywhere, made)
    assert system_actor("test").key == "system"
