"""Pages of alarms, rules, refused messages and gateways, with Django's client."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus

import pytest
from django.test import Client

from onecity.kernel import clock
from onecity.kernel.actor import system_actor
from onecity.platform.identity.tests.factories import Organisation
from onecity.platform.iot.contracts import Message, Refusal
from onecity.platform.iot.declare import Limits, Protocol
from onecity.platform.iot.models import (
    AlarmRule,
    Device,
    QuarantinedMessage,
)
from onecity.platform.iot.services.gateways import report, stopped
from onecity.platform.iot.services.quarantine.keeping import keep
from onecity.platform.iot.tests.factories import make_device, make_rule
from onecity.platform.iot.tests.visiting import alarm_of, body

pytestmark = pytest.mark.django_db


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


def test_message_that_names_a_device_elsewhere_is_not_replayed(staff: Client, organisation: Organisation) -> None:
    device, other = make_device(organisation=organisation), make_device("88888880000001")
    raw = b"##0136ST=32;CN=2011;PW=123456;MN=%s;CP=&&DataTime=20160801085857;w01018-Rtd=36.91&&0000\r\n"
    message = Message(raw % device.key.encode(), "hj212", "10.0.0.1", device.key)
    keep([Refusal(message, "bad_crc", {}, device.id)], now=clock.city_now())
    kept = QuarantinedMessage.objects.get()
    mended = frame(other.key)
    staff.post(f"/iot/quarantine/{kept.id}/mend", {"text": mended, "then": "replay"})
    assert "报文所指的设备不在您的权限范围内" in body(staff, f"/iot/quarantine/{kept.id}")
    staff.post("/iot/quarantine/replay")
    assert "报文所指的设备不在您的权限范围内" in body(staff, "/iot/quarantine")
    assert QuarantinedMessage.objects.get().state == "open"


def frame(key: str) -> str:
    """Return an upload of a device as the page's text, with its own length and check code."""
    segment = (
        f"QN=20260310120000000;ST=22;CN=2011;PW=123456;MN={key};Flag=5;"
        "CP=&&DataTime=20260310120000;a34004-Rtd=36.9,a34004-Flag=N&&"
    )
    return f"##{len(segment):04d}{segment}{crc(segment.encode()):04X}\\r\\n"


def crc(data: bytes) -> int:
    """Return the check code of HJ 212-2017, appendix A."""
    value = 0xFFFF
    for byte in data:
        value = (value >> 8) ^ byte
        for _ in range(8):
            value = (value >> 1) ^ 0xA001 if value & 1 else value >> 1
    return value


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
