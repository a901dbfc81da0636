"""Actions: each of a firing once, in order, each with its outcome; what fails is tried again."""

from datetime import timedelta

import pytest

from onecity.kernel import bus
from onecity.kernel.actor import Actor, system_actor
from onecity.kernel.errors import Invalid, NotFound, NotPermitted
from onecity.platform.identity.tests.factories import Organisation, make_actor, make_organisation, set_account_active
from onecity.platform.iot.contracts.linkage import LinkageAction, action_of
from onecity.platform.iot.events import ALARM_CLEARED, ALARM_RAISED, CASE_WANTED
from onecity.platform.iot.models import (
    Alarm,
    Datastream,
    Device,
    DeviceCommand,
    LinkageFiring,
    LinkageOutcome,
    LinkageRule,
)
from onecity.platform.iot.permissions import COMMAND_DEVICES, HANDLE_ALARMS, MANAGE_LINKAGE
from onecity.platform.iot.services import alarms
from onecity.platform.iot.services.linkage import acting
from onecity.platform.iot.services.linkage.acting import NothingFailed, act_on, retry, take_up_waiting
from onecity.platform.iot.services.linkage.firing import ACT_JOB
from onecity.platform.iot.services.linkage.publishing import publish, switch_off
from onecity.platform.iot.tests.factories import NOW
from onecity.platform.iot.tests.linkage.houses import (
    ALARM,
    MINUTE,
    SYSTEM,
    Heard,
    in_force,
    judge_at,
    linkage,
    made,
    read,
    station,
)
from onecity.platform.messages.tests.factories import Message as Inbox

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("heard")]
SET_TIME = LinkageAction("command", command="set_time")
INTERVAL = LinkageAction("command", command="set_real_time_interval", arguments={"seconds": 60})


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, object]]]:
    """Events of alarms and of cases, as they are announced."""
    events: list[tuple[str, dict[str, object]]] = []

    def note(event: bus.EventType, **payload: object) -> None:
        if event in {ALARM_RAISED, ALARM_CLEARED, CASE_WANTED}:
            events.append((event.code, payload))

    monkeypatch.setattr(alarms, "announce", note)
    monkeypatch.setattr(bus, "announce", note)
    return events


def fire(
    organisation: Organisation, *actions: LinkageAction, actor: Actor = SYSTEM, condition: str = 'last("pm2_5") > 100.0'
) -> tuple[int, LinkageFiring, Datastream]:
    """Let a rule fire once for one station; returns the rule, the firing and the station's datastream."""
    _, (pm,) = station(organisation)
    rule = in_force(organisation, linkage(condition, actions=actions), actor=actor)
    read(pm, (0.5, 120.0))
    judge_at(rule, 2)
    return rule, LinkageFiring.objects.get(rule_id=rule), pm


def act(firing: LinkageFiring) -> int:
    return act_on(firing.id, now=NOW + 2 * MINUTE, real_now=NOW)


def outcomes(firing: LinkageFiring) -> list[tuple[str, str, str]]:
    rows = LinkageOutcome.objects.filter(firing=firing).order_by("place")
    return [(action_of(row.content).kind, row.state, row.text) for row in rows]


def test_alarm_is_raised_under_the_rules_own_code_and_ended_with_the_firing(
    organisation: Organisation, told: list[tuple[str, dict[str, object]]]
) -> None:
    rule, firing, pm = fire(organisation, ALARM)
    assert act(firing) == 1
    alarm = Alarm.objects.get()
    assert (alarm.rule_code, alarm.severity, alarm.datastream_id, alarm.value) == (
        f"linkage.r{rule}",
        "major",
        pm.id,
        120.0,
    )
    assert alarm.text == f"{firing.device.name}：last(pm2_5, 24h)=120"
    assert outcomes(firing) == [("alarm", "done", "已产生告警")]
    read(pm, (3.5, 10.0))
    judge_at(rule, 5)
    assert act(firing) == 0
    alarm.refresh_from_db()
    assert alarm.cleared_at == NOW + 4 * MINUTE
    assert [code for code, _ in told] == [ALARM_RAISED.code, ALARM_CLEARED.code]


def test_alarm_of_a_firing_that_is_over_already_is_raised_and_ended(organisation: Organisation) -> None:
    rule, firing, pm = fire(organisation, ALARM)
    read(pm, (2.5, 10.0))
    judge_at(rule, 5)
    act(firing)
    assert Alarm.objects.get().cleared_at == NOW + 3 * MINUTE


def test_alarm_that_somebody_ended_stays_ended(organisation: Organisation) -> None:
    rule, firing, pm = fire(organisation, ALARM)
    act(firing)
    Alarm.objects.update(cleared_at=NOW)
    read(pm, (3.5, 10.0))
    judge_at(rule, 5)
    act(firing)
    assert Alarm.objects.get().cleared_at == NOW


def test_braces_in_names_do_not_disturb_the_alarms_text(organisation: Organisation) -> None:
    _, firing, _ = fire(organisation, LinkageAction("alarm", severity="minor", text="{rule}{{x}} {time}"))
    LinkageRule.objects.update(name="规则{device}")
    act(firing)
    assert Alarm.objects.get().text == "规则{device}{x} 2026-03-10 12:01"


def test_alarm_without_a_datastream_fails_with_its_reason(organisation: Organisation) -> None:
    device, _ = station(organisation, "co")
    rule = in_force(organisation, linkage('count("pm2_5", duration("10m")) < 1'))
    judge_at(rule, 1)
    firing = LinkageFiring.objects.get()
    act(firing)
    assert outcomes(firing) == [("alarm", "failed", "设备没有条件所用的数据流，无法产生告警")]
    firing.refresh_from_db()
    assert (firing.failures, firing.device_id) == (1, device.id)


def test_case_is_asked_for_with_place_and_words(
    organisation: Organisation, told: list[tuple[str, dict[str, object]]]
) -> None:
    rule, firing, _ = fire(organisation, LinkageAction("case", text="{device}扬尘超限，{values}"))
    act(firing)
    ((code, payload),) = told
    assert code == CASE_WANTED.code
    assert set(payload) == set(CASE_WANTED.fields)
    assert (payload["firing_id"], payload["rule_id"], payload["property_code"]) == (firing.id, rule, "pm2_5")
    assert payload["text"] == f"{firing.device.name}扬尘超限，last(pm2_5, 24h)=120"
    assert act(firing) == 0
    assert len(told) == 1


def test_message_reaches_those_who_hold_the_right_there(organisation: Organisation) -> None:
    handler = make_actor(HANDLE_ALARMS, organisation=organisation)
    make_actor(HANDLE_ALARMS, organisation=make_organisation("别处"))
    rule, firing, _ = fire(organisation, LinkageAction("message", to=HANDLE_ALARMS, text="{rule}：{device}"))
    act(firing)
    message = Inbox.objects.get()
    assert (message.recipient_id, message.params["text"]) == (handler.id, f"扬尘联动：{firing.device.name}")
    assert message.link == f"/iot/linkage/{rule}/firings/{firing.id}"


def test_message_to_nobody_fails(organisation: Organisation) -> None:
    _, firing, _ = fire(organisation, LinkageAction("message", to=HANDLE_ALARMS, text="{rule}"))
    act(firing)
    assert outcomes(firing) == [("message", "failed", "没有符合条件的接收人")]


def test_command_goes_to_the_device_with_the_publishers_rights(organisation: Organisation) -> None:
    publisher = make_actor(MANAGE_LINKAGE, COMMAND_DEVICES, organisation=organisation)
    _, firing, _ = fire(organisation, INTERVAL, actor=publisher)
    act(firing)
    order = DeviceCommand.objects.get()
    assert (order.device_id, order.code, order.arguments, order.asked_by) == (
        firing.device_id,
        "set_real_time_interval",
        {"seconds": 60},
        publisher.key,
    )
    assert outcomes(firing) == [("command", "done", "命令已下达")]


def test_command_goes_to_the_device_that_is_named(organisation: Organisation) -> None:
    other, _ = station(organisation, key="GATE01")
    _, firing, _ = fire(organisation, LinkageAction("command", command="set_time", target="GATE01"))
    act(firing)
    assert DeviceCommand.objects.get().device_id == other.id
    Device.objects.filter(id=other.id).update(key="GONE")
    LinkageOutcome.objects.update(state="waiting")
    act(firing)
    assert outcomes(firing) == [("command", "failed", "命令的目标设备不存在")]


def test_publisher_who_lost_the_right_commands_nothing(organisation: Organisation) -> None:
    publisher = make_actor(MANAGE_LINKAGE, COMMAND_DEVICES, organisation=organisation)
    _, firing, _ = fire(organisation, SET_TIME, actor=publisher)
    set_account_active(publisher, active=False)
    act(firing)
    assert outcomes(firing) == [("command", "failed", "规则发布人无权向该设备下达命令")]
    set_account_active(publisher, active=True)
    Device.objects.update(organisation=make_organisation("别处"))
    LinkageOutcome.objects.update(state="waiting")
    act(firing)
    assert outcomes(firing)[0][1] == "failed"
    LinkageOutcome.objects.update(state="waiting")
    firing.edition.publisher = "client:1"
    firing.edition.save()
    act(firing)
    assert outcomes(firing)[0][1] == "failed"
    assert not DeviceCommand.objects.exists()


def test_who_may_not_command_cannot_publish_a_command(organisation: Organisation) -> None:
    station(organisation)
    rule = made(organisation, linkage(actions=(SET_TIME,)))
    with pytest.raises(NotPermitted):
        publish(make_actor(MANAGE_LINKAGE, organisation=organisation), rule_id=rule, now=NOW)


@pytest.mark.parametrize(
    "action",
    [
        LinkageAction("command", command="open_gate"),
        LinkageAction("command", command="set_real_time_interval"),
        LinkageAction("command", command="set_time", target="NOBODY"),
        LinkageAction("webhook", subscription="9999"),
    ],
)
def test_commands_that_devices_do_not_know_are_not_published(organisation: Organisation, action: LinkageAction) -> None:
    station(organisation)
    rule = made(organisation, linkage(actions=(action,)))
    with pytest.raises(Invalid) as caught:
        publish(SYSTEM, rule_id=rule, now=NOW)
    assert list(caught.value.fields) == ["actions"]


def test_failure_does_not_keep_the_actions_after_it(organisation: Organisation) -> None:
    _, firing, _ = fire(organisation, LinkageAction("message", to=HANDLE_ALARMS, text="{rule}"), ALARM, SET_TIME)
    assert act(firing) == 3
    assert [state for _, state, _ in outcomes(firing)] == ["failed", "done", "done"]


def test_failed_action_is_tried_again_alone(organisation: Organisation, heard: Heard) -> None:
    rule, firing, _ = fire(organisation, LinkageAction("message", to=HANDLE_ALARMS, text="{rule}"), SET_TIME)
    act(firing)
    make_actor(HANDLE_ALARMS, organisation=organisation)
    failed, done = LinkageOutcome.objects.order_by("place")
    heard.jobs.clear()
    retry(SYSTEM, rule_id=rule, outcome_id=failed.id)
    assert heard.jobs == [(ACT_JOB, {"firings": [firing.id]})]
    assert act(firing) == 1
    failed.refresh_from_db()
    firing.refresh_from_db()
    assert (failed.state, failed.attempts, firing.failures, DeviceCommand.objects.count()) == ("done", 2, 0, 1)
    with pytest.raises(NothingFailed):
        retry(SYSTEM, rule_id=rule, outcome_id=done.id)


def test_retrying_needs_the_right_there(organisation: Organisation) -> None:
    rule, firing, _ = fire(organisation, LinkageAction("message", to=HANDLE_ALARMS, text="{rule}"))
    act(firing)
    outcome = LinkageOutcome.objects.get()
    with pytest.raises(NotFound):
        retry(make_actor(MANAGE_LINKAGE, organisation=make_organisation("别处")), rule_id=rule, outcome_id=outcome.id)
    with pytest.raises(NotFound):
        retry(SYSTEM, rule_id=rule + 1, outcome_id=outcome.id)


def test_actions_left_behind_are_taken_up(organisation: Organisation, heard: Heard) -> None:
    _, firing, _ = fire(organisation, SET_TIME)
    heard.jobs.clear()
    assert take_up_waiting(before=NOW) == 0
    assert take_up_waiting(before=NOW + timedelta(hours=1)) == 1
    assert heard.jobs == [(ACT_JOB, {"firings": [firing.id]})]


def test_firing_that_is_gone_has_nothing_to_do() -> None:
    assert act_on(1, now=NOW, real_now=NOW) == 0


def test_switching_off_ends_the_alarms(organisation: Organisation) -> None:
    rule, firing, _ = fire(organisation, ALARM)
    act(firing)
    switch_off(system_actor("test"), rule_id=rule, now=NOW + 3 * MINUTE)
    act(firing)
    assert Alarm.objects.get().cleared_at == NOW + 3 * MINUTE


def test_values_are_said_for_people() -> None:
    assert acting.said_values({"a": 1.5, "b": None, "c": 2.0}) == "a=1.5；c=2"
