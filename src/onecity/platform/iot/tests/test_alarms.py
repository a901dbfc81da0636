"""Alarms: taken notice of, ended by hand, told to those who handle them, listed within scopes."""

from dataclasses import replace
from datetime import timedelta

import pytest

from onecity.kernel import bus
from onecity.kernel.actor import Actor, organisation_key, system_actor
from onecity.kernel.errors import Invalid, NotFound
from onecity.platform.identity.tests.factories import audited, make_actor, plain_actor
from onecity.platform.iot.declare import Limits, Severity
from onecity.platform.iot.events import ALARM_CLEARED, ALARM_RAISED
from onecity.platform.iot.handlers import on_alarm_raised
from onecity.platform.iot.models import Alarm, Device
from onecity.platform.iot.permissions import HANDLE_ALARMS, VIEW_ALARMS
from onecity.platform.iot.selectors.alarms import AlarmQuery, alarm, alarms, may_handle, standing_count
from onecity.platform.iot.services.alarms import AlreadyAcknowledged, AlreadyOver, acknowledge, close_alarm
from onecity.platform.iot.services.store import Store
from onecity.platform.iot.services.telling import tell_of_alarm
from onecity.platform.iot.tests.factories import NOW, make_batch, make_datastream, make_device, make_rule
from onecity.platform.messages.tests.factories import Message as Inbox

pytestmark = pytest.mark.django_db
SYSTEM = system_actor("test")
MINUTE = timedelta(minutes=1)


def raised(device: Device | None = None, *, code: str = "test.rule", severity: Severity = Severity.MINOR) -> int:
    """Raise an alarm over 100 on a datastream of its own; return its id."""
    observed = "pm2_5" if code == "test.rule" else code
    stream = make_datastream(device, property_code=observed)
    make_rule(code, severity=severity, property_code=observed)
    Store().record([make_batch((stream.id, NOW, 101.5))], now=NOW)
    return Alarm.objects.get(rule_code=code, datastream_id=stream.id).id


def test_alarm_says_what_happened() -> None:
    device = make_device(division="220102", place=(125.3, 43.9))
    info = alarm(SYSTEM, raised(device))
    assert info.text == f"{device.name}细颗粒物101.5"
    assert (info.value, info.unit, info.property_code, info.severity) == (101.5, "ug/m3", "pm2_5", "minor")
    assert (info.raised_at, info.cleared_at, info.division_code, info.longitude) == (NOW, None, "220102", 125.3)


def test_first_one_to_take_notice_is_noted() -> None:
    number = raised()
    actor = replace(plain_actor(HANDLE_ALARMS, VIEW_ALARMS), name="李四")
    acknowledge(actor, alarm_id=number, note="已派人", now=NOW)
    row = Alarm.objects.get()
    assert (row.acknowledged_at, row.acknowledged_by, row.note) == (NOW, "李四", "已派人")
    assert audited(f"iot.alarm:{number}") == [("iot.acknowledge_alarm", "done")]
    with pytest.raises(AlreadyAcknowledged):
        acknowledge(actor, alarm_id=number, note="又一次", now=NOW)
    assert Alarm.objects.get().note == "已派人"


def test_who_may_only_see_does_not_take_notice() -> None:
    number = raised()
    with pytest.raises(NotFound):
        acknowledge(plain_actor(VIEW_ALARMS), alarm_id=number, note="", now=NOW)
    with pytest.raises(NotFound):
        close_alarm(plain_actor(VIEW_ALARMS), alarm_id=number, reason="误报", now=NOW)


def test_alarm_ended_by_hand_says_why_and_may_rise_again(heard: object) -> None:
    _listen()
    number = raised()
    close_alarm(SYSTEM, alarm_id=number, reason=" 传感器检修 ", now=NOW + MINUTE)
    row = Alarm.objects.get()
    assert (row.cleared_at, row.note) == (NOW + MINUTE, "传感器检修")
    assert audited(f"iot.alarm:{number}") == [("iot.close_alarm", "done")]
    codes = [code for code, _ in heard.events]  # type: ignore[attr-defined]
    assert codes.count(ALARM_CLEARED.code) == 1
    Store().record([make_batch((row.datastream_id, NOW + 2 * MINUTE, 102.0))], now=NOW + 2 * MINUTE)
    assert Alarm.objects.filter(cleared_at__isnull=True).count() == 1


def test_note_of_whoever_took_notice_is_kept_when_the_alarm_is_ended() -> None:
    number = raised()
    acknowledge(SYSTEM, alarm_id=number, note="已派人", now=NOW)
    close_alarm(SYSTEM, alarm_id=number, reason="误报", now=NOW)
    assert Alarm.objects.get().note == "已派人"


def test_alarm_is_not_ended_twice_nor_without_a_reason() -> None:
    number = raised()
    with pytest.raises(Invalid) as refusal:
        close_alarm(SYSTEM, alarm_id=number, reason="  ", now=NOW)
    assert "reason" in refusal.value.fields
    close_alarm(SYSTEM, alarm_id=number, reason="误报", now=NOW)
    with pytest.raises(AlreadyOver):
        close_alarm(SYSTEM, alarm_id=number, reason="误报", now=NOW)


def test_alarms_are_listed_within_scopes() -> None:
    mine, other = make_device(), make_device()
    first, second = raised(mine), raised(other, code="test.other")
    actor = plain_actor(VIEW_ALARMS, HANDLE_ALARMS, keys=frozenset({organisation_key(mine.organisation_id)}))
    page = alarms(actor, AlarmQuery())
    assert [item.id for item in page.rows] == [first]
    assert page.count is not None
    assert (page.count.number, standing_count(actor)) == (1, 1)
    assert may_handle(actor, alarm(SYSTEM, first))
    assert not may_handle(actor, alarm(SYSTEM, second))
    with pytest.raises(NotFound):
        alarm(actor, second)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (AlarmQuery(state="standing"), 1),
        (AlarmQuery(state="unacknowledged"), 0),
        (AlarmQuery(state="cleared"), 1),
        (AlarmQuery(severity="critical"), 1),
        (AlarmQuery(rule_code="test.rule"), 1),
        (AlarmQuery(search="101.5"), 2),
        (AlarmQuery(search="100%"), 0),
        (AlarmQuery(search="_____________________________________"), 0),
        (AlarmQuery(since=NOW), 2),
        (AlarmQuery(until=NOW), 0),
        (AlarmQuery(device_id=987_654), 0),
    ],
)
def test_filters_choose(query: AlarmQuery, found: int) -> None:
    close_alarm(SYSTEM, alarm_id=raised(), reason="误报", now=NOW)
    acknowledge(SYSTEM, alarm_id=raised(code="test.grave", severity=Severity.CRITICAL), note="", now=NOW)
    assert len(alarms(SYSTEM, query).rows) == found


def test_alarms_are_paged_by_key() -> None:
    numbers = {raised(code=f"test.r{number}") for number in range(3)}
    first = alarms(SYSTEM, AlarmQuery(size=2))
    second = alarms(SYSTEM, AlarmQuery(size=2, after=first.next))
    assert {item.id for page in (first, second) for item in page.rows} == numbers
    assert (second.next, second.count) == (None, None)


def payload(number: int) -> bus.Payload:
    info = alarm(SYSTEM, number)
    values = dict.fromkeys(ALARM_RAISED.fields)
    return {
        **values,
        "alarm_id": number,
        "severity": info.severity,
        "device_name": info.device_name,
        "text": info.text,
        "organisation_id": info.organisation_id,
        "division_code": info.division_code,
    }


def handler_of(number: int) -> Actor:
    row = Alarm.objects.get(id=number)
    return make_actor(HANDLE_ALARMS, organisation=Device.objects.get(id=row.device_id).organisation)


def test_grave_alarm_is_told_to_those_who_handle_it_there() -> None:
    number = raised(severity=Severity.MAJOR)
    handler = handler_of(number)
    make_actor(HANDLE_ALARMS, division="110101")
    on_alarm_raised(payload(number))
    told = Inbox.objects.get()
    assert (told.recipient_id, told.link, told.is_urgent) == (handler.id, f"/iot/alarms/{number}", True)
    assert told.params["text"] == alarm(SYSTEM, number).text


def test_slight_alarm_is_told_to_nobody() -> None:
    number = raised(severity=Severity.MINOR)
    handler_of(number)
    assert tell_of_alarm(payload(number), now=NOW) == 0
    assert not Inbox.objects.exists()


def test_raised_alarm_reaches_the_handlers_subscription(heard: object) -> None:
    number = raised(severity=Severity.MAJOR)
    told = [given for code, given in heard.events if code == ALARM_RAISED.code]  # type: ignore[attr-defined]
    assert [given["alarm_id"] for given in told] == [number]
    assert bus.subscription("iot.tell_of_alarm") is not None


def test_rule_with_a_lower_limit_names_the_limit_that_was_broken() -> None:
    stream = make_datastream()
    make_rule(kind="outside", limits=Limits(upper=100.0, lower=10.0), text="{value}/{limit}")
    Store().record([make_batch((stream.id, NOW, 5.0))], now=NOW)
    assert Alarm.objects.get().text == "5/10"


def _listen() -> None:
    if bus.subscription("test.cleared") is None:
        bus.subscribe(ALARM_CLEARED, code="test.cleared", handler=lambda given: None)
