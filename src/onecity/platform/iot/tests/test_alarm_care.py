"""Alarms that are kept quiet with a reason and told later, escalated, noted, counted."""

from datetime import datetime, timedelta

import pytest

from onecity.kernel.actor import Actor, organisation_key, system_actor
from onecity.kernel.errors import Invalid, NotFound, NotPermitted
from onecity.platform.identity.tests.factories import Organisation, audited, make_actor, make_organisation, plain_actor
from onecity.platform.iot.declare import Limits, Severity
from onecity.platform.iot.events import ALARM_CLEARED, ALARM_RAISED
from onecity.platform.iot.models import Alarm, AlarmStep, Datastream, Device, DeviceGroup, GroupMember, Maintenance
from onecity.platform.iot.permissions import HANDLE_ALARMS, MANAGE_RULES, VIEW_ALARMS
from onecity.platform.iot.selectors.alarm_care import (
    alarm_figures,
    consequences,
    escalation,
    maintenances,
    steps_of,
)
from onecity.platform.iot.selectors.alarms import AlarmQuery, alarms, standing_count
from onecity.platform.iot.services import alarms as service
from onecity.platform.iot.services.alarm_care.escalating import escalate, write_steps
from onecity.platform.iot.services.alarm_care.hushing import FLAPPING_TIMES
from onecity.platform.iot.services.alarm_care.maintenance import MaintenanceOver, NewMaintenance, end, plan
from onecity.platform.iot.services.alarm_care.noting import add_note
from onecity.platform.iot.services.alarm_care.telling import AT_REST, tell_kept_quiet
from onecity.platform.iot.services.alarms import acknowledge
from onecity.platform.iot.services.silence import check_silence
from onecity.platform.iot.services.store import Store
from onecity.platform.iot.tests.factories import NOW, make_batch, make_datastream, make_device, make_rule
from onecity.platform.messages.tests.factories import Message as Inbox

pytestmark = pytest.mark.django_db
SYSTEM = system_actor("test")
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def told(heard: object, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Codes of the events about alarms, as they are announced."""
    codes: list[str] = []
    monkeypatch.setattr(service, "announce", lambda event, **_: codes.append(event.code))
    return codes


def read(stream: Datastream, value: float, at: datetime = NOW) -> None:
    Store().record([make_batch((stream.id, at, value))], now=at)


def planned(device: Device, *, at: datetime = NOW, lasts: timedelta = HOUR, **covers: object) -> int:
    covers = covers or {"device_id": device.id}
    new = NewMaintenance("换滤芯", "定期维护", at, at + lasts, device.organisation_id, **covers)  # type: ignore[arg-type]
    return plan(SYSTEM, new=new, now=at)


def test_alarm_within_a_window_is_recorded_and_told_when_the_window_is_over(told: list[str]) -> None:
    device = make_device()
    stream = make_datastream(device)
    make_rule()
    window = planned(device)
    read(stream, 101.5)
    row = Alarm.objects.get()
    assert (row.hushed, row.told_at, row.maintenance_id) == ("maintenance", None, window)
    assert told == []
    assert standing_count(SYSTEM) == 0
    assert [item.id for item in alarms(SYSTEM, AlarmQuery(state="quiet")).rows] == [row.id]
    assert tell_kept_quiet(NOW + 59 * MINUTE) == 0
    assert tell_kept_quiet(NOW + HOUR) == 1
    row.refresh_from_db()
    assert (row.hushed, row.told_at, row.maintenance_id) == ("", NOW + HOUR, None)
    assert told == [ALARM_RAISED.code]
    assert tell_kept_quiet(NOW + HOUR) == 0
    assert [(step.kind, step.text) for step in steps_of(row.id)] == [("hushed", "换滤芯"), ("told", "")]


def test_alarm_that_ends_within_its_window_tells_nobody(told: list[str]) -> None:
    device = make_device()
    stream = make_datastream(device)
    make_rule()
    planned(device)
    read(stream, 101.5)
    read(stream, 20.0, NOW + MINUTE)
    assert Alarm.objects.get().cleared_at == NOW + MINUTE
    assert tell_kept_quiet(NOW + 2 * HOUR) == 0
    assert told == []


def test_window_ended_early_tells_at_once_and_once(told: list[str]) -> None:
    device = make_device()
    stream = make_datastream(device)
    make_rule()
    window = planned(device)
    read(stream, 101.5)
    end(SYSTEM, maintenance_id=window, now=NOW + MINUTE)
    assert tell_kept_quiet(NOW + MINUTE) == 1
    assert told == [ALARM_RAISED.code]
    with pytest.raises(MaintenanceOver):
        end(SYSTEM, maintenance_id=window, now=NOW + MINUTE)
    assert audited(f"iot.maintenance:{window}") == [("iot.plan_maintenance", "done"), ("iot.end_maintenance", "done")]


def test_window_covers_children_groups_and_types_of_its_organisation_only() -> None:
    body, other = make_organisation("水务"), make_organisation("燃气")
    gateway = make_device(organisation=body)
    child = make_device(organisation=body)
    Device.objects.filter(id=child.id).update(parent_id=gateway.id)
    stranger = make_device(organisation=other)
    make_rule()
    planned(gateway)
    read(make_datastream(child), 101.5)
    read(make_datastream(stranger), 101.5)
    assert Alarm.objects.get(device=child).hushed == "maintenance"
    assert Alarm.objects.get(device=stranger).hushed == ""
    planned(gateway, at=NOW + HOUR, type_code="gauge.air")
    later = NOW + HOUR + MINUTE
    read(make_datastream(make_device(organisation=body)), 101.5, later)
    read(make_datastream(make_device(organisation=other)), 101.5, later)
    assert sorted(Alarm.objects.filter(raised_at=later).values_list("hushed", flat=True)) == ["", "maintenance"]


def test_window_of_a_group_covers_its_members() -> None:
    member, outsider = make_device(), make_device()
    Device.objects.filter(id=outsider.id).update(organisation_id=member.organisation_id)
    group = DeviceGroup.objects.create(
        name="东区", kind="static", organisation_id=member.organisation_id, created_by="test", created_at=NOW
    )
    GroupMember.objects.create(group=group, device=member)
    make_rule()
    planned(member, group_id=group.id)
    read(make_datastream(member), 101.5)
    read(make_datastream(outsider), 101.5)
    assert Alarm.objects.get(device=member).hushed == "maintenance"
    assert Alarm.objects.get(device=outsider).hushed == ""


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("title", {"title": " "}),
        ("reason", {"reason": ""}),
        ("covers", {"device_id": 0}),
        ("covers", {"type_code": "gauge.air"}),
        ("type_code", {"device_id": 0, "type_code": "nothing"}),
        ("ends_at", {"ends_at": NOW}),
        ("ends_at", {"begins_at": NOW - 3 * HOUR, "ends_at": NOW - HOUR}),
        ("ends_at", {"ends_at": NOW + timedelta(days=32)}),
    ],
)
def test_window_that_cannot_be_is_refused_by_field(field: str, changes: dict[str, object]) -> None:
    device = make_device()
    given = {
        "title": "换滤芯",
        "reason": "维护",
        "begins_at": NOW,
        "ends_at": NOW + HOUR,
        "organisation_id": device.organisation_id,
        "device_id": device.id,
    }
    with pytest.raises(Invalid) as refusal:
        plan(SYSTEM, new=NewMaintenance(**{**given, **changes}), now=NOW)  # type: ignore[arg-type]
    assert field in refusal.value.fields
    assert not Maintenance.objects.exists()


def test_nobody_silences_what_he_does_not_handle() -> None:
    mine, theirs = make_organisation("甲"), make_organisation("乙")
    actor = make_actor(VIEW_ALARMS, HANDLE_ALARMS, organisation=mine)
    device = make_device(organisation=theirs)
    for new in (
        NewMaintenance("维护", "维护", NOW, NOW + HOUR, mine.id, device_id=device.id),
        NewMaintenance("维护", "维护", NOW, NOW + HOUR, theirs.id, type_code="gauge.air"),
    ):
        with pytest.raises(NotFound):
            plan(actor, new=new, now=NOW)
    window = planned(device)
    with pytest.raises(NotFound):
        end(actor, maintenance_id=window, now=NOW)
    assert maintenances(actor, state="", after=None, size=10, now=NOW).rows == []


def test_windows_are_listed_by_what_they_are_now() -> None:
    device = make_device()
    running = planned(device)
    ahead = planned(device, at=NOW + 2 * HOUR)
    over = planned(device, at=NOW - HOUR, lasts=HOUR + MINUTE)
    end(SYSTEM, maintenance_id=over, now=NOW)
    for state, expected in (("running", running), ("planned", ahead), ("over", over)):
        found = maintenances(SYSTEM, state=state, after=None, size=10, now=NOW).rows
        assert [row.id for row in found] == [expected]


def test_alarms_behind_a_silent_gateway_follow_from_its_silence(told: list[str]) -> None:
    gateway, child = make_device(), make_device()
    Device.objects.filter(id=child.id).update(parent_id=gateway.id)
    make_rule("test.silent", kind="no_data", limits=Limits(silent_s=60))
    first, second = make_datastream(gateway), make_datastream(child)
    read(first, 1.0)
    check_silence(NOW + 5 * MINUTE)
    cause = Alarm.objects.get()
    read(second, 1.0, NOW + 5 * MINUTE)
    check_silence(NOW + 10 * MINUTE)
    row = Alarm.objects.get(device=child)
    assert (row.hushed, row.cause_id) == ("cause", cause.id)
    assert [item.id for item in consequences(cause.id)] == [row.id]
    assert told == [ALARM_RAISED.code]
    read(first, 1.0, NOW + 11 * MINUTE)
    assert told == [ALARM_RAISED.code, ALARM_CLEARED.code]
    assert tell_kept_quiet(NOW + 11 * MINUTE) == 1
    assert told == [ALARM_RAISED.code, ALARM_CLEARED.code, ALARM_RAISED.code]


def test_many_silent_devices_of_one_street_are_one_alarm() -> None:
    make_rule("test.silent", kind="no_data", limits=Limits(silent_s=60))
    for _ in range(6):
        read(make_datastream(make_device(division="220102001001")), 1.0)
    read(make_datastream(make_device(division="220103001001")), 1.0)
    check_silence(NOW + 5 * MINUTE)
    told = Alarm.objects.filter(told_at__isnull=False)
    assert told.filter(division_code__startswith="220102001").count() == 3
    assert told.filter(division_code__startswith="220103001").count() == 1
    first = told.filter(division_code__startswith="220102001").earliest("id")
    assert set(Alarm.objects.filter(hushed="cause").values_list("cause_id", flat=True)) == {first.id}


def test_graver_alarm_of_the_same_series_takes_the_lesser_ones_under_it() -> None:
    stream = make_datastream()
    make_rule("test.rule", severity=Severity.MINOR)
    make_rule("test.grave", severity=Severity.CRITICAL, limits=Limits(upper=200.0))
    read(stream, 150.0)
    read(stream, 250.0, NOW + MINUTE)
    lesser, graver = Alarm.objects.get(rule_code="test.rule"), Alarm.objects.get(rule_code="test.grave")
    assert (lesser.cause_id, graver.cause_id) == (graver.id, None)
    assert graver.told_at == NOW + MINUTE
    assert [step.kind for step in steps_of(lesser.id)] == ["grouped"]


def test_lesser_alarm_that_comes_after_a_graver_one_is_kept_quiet() -> None:
    stream = make_datastream()
    make_rule("test.grave", severity=Severity.CRITICAL, limits=Limits(upper=100.0))
    make_rule("test.rule", severity=Severity.MINOR, limits=Limits(upper=200.0))
    read(stream, 150.0)
    read(stream, 250.0, NOW + MINUTE)
    assert Alarm.objects.get(rule_code="test.rule").hushed == "cause"


def test_rule_that_turns_back_and_forth_is_told_when_it_has_come_to_rest(told: list[str]) -> None:
    stream = make_datastream()
    make_rule()
    at = NOW
    for _ in range(FLAPPING_TIMES):
        read(stream, 150.0, at)
        read(stream, 10.0, at + MINUTE)
        at += 2 * MINUTE
    read(stream, 150.0, at)
    row = Alarm.objects.get(cleared_at__isnull=True)
    assert row.hushed == "flapping"
    assert told.count(ALARM_RAISED.code) == FLAPPING_TIMES
    assert tell_kept_quiet(at + AT_REST - MINUTE) == 0
    assert tell_kept_quiet(at + AT_REST) == 1
    assert told.count(ALARM_RAISED.code) == FLAPPING_TIMES + 1


def raised_below(top: Organisation, *, severity: Severity = Severity.CRITICAL) -> Alarm:
    body = make_organisation("处室", parent=top)
    make_rule(severity=severity)
    read(make_datastream(make_device(organisation=body)), 150.0)
    return Alarm.objects.get()


def test_unanswered_alarm_goes_up_level_by_level() -> None:
    top = make_organisation("局")
    head = make_actor(VIEW_ALARMS, HANDLE_ALARMS, organisation=top)
    row = raised_below(top)
    assert escalate(NOW + 14 * MINUTE) == 0
    assert escalate(NOW + 15 * MINUTE) == 1
    assert escalate(NOW + 15 * MINUTE) == 0
    assert Inbox.objects.filter(recipient_id=head.account_id, template_code="iot.alarm_escalated").count() == 1
    assert escalate(NOW + 60 * MINUTE) == 2
    row.refresh_from_db()
    assert row.escalated == 3
    assert [(step.kind, step.text) for step in steps_of(row.id)] == [("escalated", top.name)] * 3


def test_answered_quiet_and_lesser_alarms_do_not_go_up() -> None:
    row = raised_below(make_organisation("局"), severity=Severity.MINOR)
    assert escalate(NOW + timedelta(days=1)) == 0
    Alarm.objects.update(severity="critical", told_at=None, hushed="flapping")
    assert escalate(NOW + timedelta(days=1)) == 0
    Alarm.objects.update(told_at=NOW, hushed="")
    acknowledge(SYSTEM, alarm_id=row.id, note="", now=NOW)
    assert escalate(NOW + timedelta(days=1)) == 0


def test_escalation_is_written_whole_and_on_record() -> None:
    actor = plain_actor(MANAGE_RULES)
    write_steps(actor, minutes={("major", 1): 10, ("major", 2): 20})
    assert escalation() == {("major", 1): 10, ("major", 2): 20}
    assert audited("iot.escalation") == [("iot.set_escalation", "done")]
    for wrong in ({("major", 2): 20}, {("major", 1): 20, ("major", 2): 10}, {("major", 1): 0}, {("major", 1): 99999}):
        with pytest.raises(Invalid) as refusal:
            write_steps(actor, minutes=wrong)
        assert "major" in refusal.value.fields
    with pytest.raises(NotPermitted):
        write_steps(plain_actor(VIEW_ALARMS), minutes={})
    assert len(escalation()) == 2


def test_notes_are_added_by_those_who_handle_the_alarm() -> None:
    row = raised_below(make_organisation("局"))
    add_note(SYSTEM, alarm_id=row.id, text=" 已联系厂家 ", now=NOW)
    assert [(step.kind, step.text) for step in steps_of(row.id)] == [("noted", "已联系厂家")]
    with pytest.raises(Invalid):
        add_note(SYSTEM, alarm_id=row.id, text=" ", now=NOW)
    with pytest.raises(NotFound):
        add_note(plain_actor(VIEW_ALARMS), alarm_id=row.id, text="备注", now=NOW)
    assert AlarmStep.objects.count() == 1


def test_figures_count_what_the_actor_may_see() -> None:
    body = make_organisation("处室")
    make_rule()
    stream = make_datastream(make_device(organisation=body))
    read(stream, 150.0)
    acknowledge(SYSTEM, alarm_id=Alarm.objects.get().id, note="", now=NOW + 4 * MINUTE)
    read(stream, 10.0, NOW + 10 * MINUTE)
    read(make_datastream(make_device()), 150.0)
    inside = Actor("account", 1, "张三", body.id, {VIEW_ALARMS: frozenset({organisation_key(body.id)})})
    found = alarm_figures(inside, since=NOW - HOUR)
    assert (found.total, found.acknowledged, found.cleared, found.quiet) == (1, 1, 1, 0)
    assert (found.to_notice, found.to_clear) == (4 * MINUTE, 10 * MINUTE)
    assert found.by_severity == {"minor": 1}
    assert [(name, number, standing) for _, name, number, standing in found.devices] == [(stream.device.name, 1, 0)]
    assert alarm_figures(SYSTEM, since=NOW - HOUR).total == 2
    assert alarm_figures(SYSTEM, since=NOW + HOUR).total == 0
