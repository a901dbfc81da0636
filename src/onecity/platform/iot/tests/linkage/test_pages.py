"""Pages of linkage rules with Django's client: written, looked at, published, switched, tried, and who may."""

from datetime import datetime, timedelta
from http import HTTPStatus

import pytest
from django.test import Client

from onecity.platform.identity.tests.factories import Organisation, make_actor, make_organisation
from onecity.platform.iot.contracts.linkage import LinkageAction
from onecity.platform.iot.models import LinkageFiring, LinkageOutcome, LinkageRule, LinkageTrial
from onecity.platform.iot.permissions import HANDLE_ALARMS, VIEW_LINKAGE
from onecity.platform.iot.selectors.linkage.reading import edition_of
from onecity.platform.iot.services.linkage.acting import act_on
from onecity.platform.iot.services.linkage.editing import begin_draft, edit_draft
from onecity.platform.iot.services.linkage.trying import run_trial
from onecity.platform.iot.tests.factories import NOW
from onecity.platform.iot.tests.linkage.houses import (
    MINUTE,
    SYSTEM,
    in_force,
    judge_at,
    linkage,
    made,
    read,
    station,
)
from onecity.platform.iot.tests.linkage.test_trials import Steps
from onecity.platform.iot.tests.visiting import body, client_of, exported

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("heard")]


def written(organisation: Organisation, **changes: str) -> dict[str, str]:
    """A form with one part and one action."""
    rows = {f"p{place}_compare": ">" for place in range(4)}
    acts = {f"a{place}_{name}": "" for place in range(5) for name in ("kind", "text", "command", "arguments", "target")}
    return {
        "name": "扬尘联动",
        "organisation_id": str(organisation.id),
        "priority": "3",
        "mode": "each",
        "type_code": "gauge.air",
        "group_id": "",
        "device_keys": "",
        "how": "parts",
        "join": "and",
        "quantity": "exists",
        "number": "2",
        "condition": "",
        "ending": "",
        "hold_min": "5",
        "end_hold_min": "0",
        "step_s": "60",
        "late_s": "30",
        "note": "",
        **rows,
        "p0_function": "mean",
        "p0_property": "pm2_5",
        "p0_window": "10",
        "p0_value": "75",
        "p0_end": "60",
        **acts,
        "a0_kind": "alarm",
        "a0_severity": "major",
        "a0_text": "{device}：{values}",
        **changes,
    }


def test_rule_is_put_together_from_parts(staff: Client, organisation: Organisation) -> None:
    assert "还没有联动规则" in body(staff, "/iot/linkage")
    assert 'data-controller="once iot/linkage-form"' in body(staff, "/iot/linkage/new")
    answer = staff.post("/iot/linkage/new", written(organisation))
    rule = LinkageRule.objects.get()
    assert answer.headers["Location"] == f"/iot/linkage/{rule.id}"
    text = edition_of(rule.id, 1).text
    assert text.condition == 'mean("pm2_5", duration("10m")) > 75.0'
    assert text.ending == 'mean("pm2_5", duration("10m")) <= 60.0'
    assert (text.hold_s, rule.priority, text.actions) == (
        300,
        3,
        (LinkageAction("alarm", severity="major", text="{device}：{values}"),),
    )
    page = body(staff, f"/iot/linkage/{rule.id}")
    for said in ("细颗粒物 10分钟平均值 大于 75", "持续5分钟", "每1分钟判断一次", "空气测试站", "产生告警", "未发布"):
        assert said in page
    assert "扬尘联动" in body(staff, "/iot/linkage?q=扬尘&state=draft&type=gauge.air")
    assert "扬尘联动" in exported(staff, "/iot/linkage?format=csv").decode("utf-8-sig")


def test_draft_comes_back_as_it_was_written(staff: Client, organisation: Organisation) -> None:
    device, _ = station(organisation)
    given = {
        "mode": "together",
        "quantity": "filter",
        "device_keys": f"{device.key}\n",
        "a1_kind": "command",
        "a1_command": "set_real_time_interval",
        "a1_arguments": "seconds=60, quiet=true",
    }
    staff.post("/iot/linkage/new", written(organisation, **given))
    rule = LinkageRule.objects.get()
    before = edition_of(rule.id, 1).text
    assert before.actions[1].arguments == {"seconds": 60, "quiet": True}
    page = body(staff, f"/iot/linkage/{rule.id}/edit")
    for said in ("quiet=true, seconds=60", device.key, 'value="75.0"', 'value="60.0"'):
        assert said in page
    staff.post(f"/iot/linkage/{rule.id}/edit", written(organisation, **given))
    assert edition_of(rule.id, 1).text == before
    assert "至少2台设备" in body(staff, f"/iot/linkage/{rule.id}")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"how": "expert", "condition": 'last("pm2_5") > 75'}, "第1行第15个字处"),
        ({"how": "expert", "condition": ""}, "写法不完整"),
        ({"p0_function": ""}, "请至少填写一项条件"),
        ({"p0_property": ""}, "请填写"),
        ({"p0_property": "细颗粒物"}, "监测项的写法"),
        ({"a0_text": "{nothing}"}, "占位符无法识别"),
        ({"a0_kind": "command", "a0_command": "x", "a0_arguments": "seconds"}, "参数应形如"),
        ({"type_code": ""}, "请选择设备类型、设备分组或指定设备"),
        ({"device_keys": "NOBODY"}, "指定的设备不存在"),
        ({"p0_window": "600"}, "判断间隔的200倍"),
    ],
)
def test_what_is_wrong_is_told_beside_its_field(
    staff: Client, organisation: Organisation, changes: dict[str, str], said: str
) -> None:
    answer = staff.post("/iot/linkage/new", written(organisation, **changes))
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert said in answer.content.decode()
    assert not LinkageRule.objects.exists()


def test_faults_are_told_in_english_too(staff: Client, organisation: Organisation) -> None:
    staff.cookies["onecity_language"] = "en"
    given = written(organisation, how="expert", condition='last("pm2_5") > 75')
    page = staff.post("/iot/linkage/new", given).content.decode()
    assert "line 1, character 15" in page
    assert "75.0" in page


def test_condition_is_checked_while_it_is_written(organisation: Organisation) -> None:
    actor = make_actor("iot.manage_linkage", organisation=organisation)
    good = {"condition": 'mean("pm2_5", duration("10m")) > 75.0', "mode": "each"}
    fragment, whole = client_of(actor, fragment=True), client_of(actor)
    assert "mean(pm2_5, 10m)" in fragment.get("/iot/linkage/check", good).content.decode()
    assert "<html" in whole.get("/iot/linkage/check", good).content.decode()
    bad = fragment.get("/iot/linkage/check", {"condition": "last(", "mode": "together"}).content.decode()
    assert "第1行第6个字" in bad
    assert "没有这种判断方式" in fragment.get("/iot/linkage/check", {"mode": "x"}).content.decode()


def test_publishing_is_confirmed_with_what_changes(staff: Client, organisation: Organisation) -> None:
    station(organisation)
    rule = in_force(organisation)
    begin_draft(SYSTEM, rule_id=rule, now=NOW)
    edit_draft(SYSTEM, rule_id=rule, text=linkage('last("pm2_5") > 50.0'))
    page = body(staff, f"/iot/linkage/{rule}/publish")
    assert "与现行第1版的不同" in page
    assert "last(&quot;pm2_5&quot;) &gt; 50.0" in page
    staff.post(f"/iot/linkage/{rule}/publish")
    assert edition_of(rule, 2).state == "published"
    assert "与第1版的不同" in body(staff, f"/iot/linkage/{rule}/editions/2")
    assert staff.get(f"/iot/linkage/{rule}/publish").status_code == HTTPStatus.CONFLICT
    assert staff.get(f"/iot/linkage/{rule}/edit").status_code == HTTPStatus.CONFLICT


def test_publishing_that_is_refused_says_why(staff: Client, organisation: Organisation) -> None:
    rule = made(organisation)
    page = staff.post(f"/iot/linkage/{rule}/publish", {"enable": "1"}).content.decode()
    assert "没有符合条件的设备" in page
    assert "发布后立即启用" in page


def test_rule_is_switched_copied_renamed_drafted_and_discarded(staff: Client, organisation: Organisation) -> None:
    station(organisation)
    rule = in_force(organisation)
    staff.post(f"/iot/linkage/{rule}/switch")
    assert "已停用" in body(staff, f"/iot/linkage/{rule}")
    staff.post(f"/iot/linkage/{rule}/switch", {"on": "1"})
    assert LinkageRule.objects.get().enabled
    staff.post(f"/iot/linkage/{rule}/change", {"name": "新名", "priority": "1"})
    staff.post(f"/iot/linkage/{rule}/change", {"name": "", "priority": "x"})
    assert "规则名称应为1至80个字" in body(staff, f"/iot/linkage/{rule}")
    staff.post(f"/iot/linkage/{rule}/draft", {"edition": "1"})
    staff.post(f"/iot/linkage/{rule}/draft")
    assert "已有草稿" in body(staff, f"/iot/linkage/{rule}")
    staff.post(f"/iot/linkage/{rule}/discard")
    staff.post(f"/iot/linkage/{rule}/copy", {"name": "新名"})
    assert "已有同名联动规则" in body(staff, f"/iot/linkage/{rule}")
    answer = staff.post(f"/iot/linkage/{rule}/copy", {"name": "副本"})
    copied = LinkageRule.objects.get(name="副本").id
    assert answer.headers["Location"] == f"/iot/linkage/{copied}/edit"
    staff.post(f"/iot/linkage/{copied}/switch", {"on": "1"})
    assert "还没有发布" in body(staff, f"/iot/linkage/{copied}")
    assert staff.post(f"/iot/linkage/{copied}/discard").headers["Location"] == "/iot/linkage"
    assert {row.name for row in LinkageRule.objects.all()} == {"新名"}


def test_plain_threshold_is_offered_as_an_alarm_rule(staff: Client, organisation: Organisation) -> None:
    rule = made(organisation)
    page = body(staff, f"/iot/linkage/{rule}")
    offered = "/iot/rules/new?device_type=gauge.air&amp;property_code=pm2_5&amp;kind=above&amp;upper=100"
    assert offered in page
    assert 'value="pm2_5"' in body(staff, offered.replace("&amp;", "&"))
    other = made(organisation, linkage('mean("pm2_5", duration("1h")) > 1.0', step_s=60), name="均值")
    assert "改用告警规则" not in body(staff, f"/iot/linkage/{other}")


def test_history_shows_firings_with_values_outcomes_and_a_retry(staff: Client, organisation: Organisation) -> None:
    device, (pm,) = station(organisation)
    failing = LinkageAction("message", to=HANDLE_ALARMS, text="{rule}")
    text = linkage(actions=(LinkageAction("alarm", severity="minor", text="{device}"), failing))
    rule = in_force(organisation, text)
    read(pm, (0.5, 120.0))
    judge_at(rule, 2)
    firing = LinkageFiring.objects.get()
    act_on(firing.id, now=NOW, real_now=NOW)
    LinkageOutcome.objects.filter(place=1).update(state="failed", text="没有符合条件的接收人")
    LinkageFiring.objects.update(failures=1)
    assert "1个动作失败" in body(staff, f"/iot/linkage/{rule}")
    listed = body(staff, f"/iot/linkage/{rule}/firings?state=failed&q={device.key}")
    assert device.name in listed
    assert "last(pm2_5, 24h)=120" in exported(staff, f"/iot/linkage/{rule}/firings?format=csv").decode("utf-8-sig")
    page = body(staff, f"/iot/linkage/{rule}/firings/{firing.id}")
    for said in ("没有符合条件的接收人", "重试", "last(pm2_5, 24h)", "/iot/alarms/"):
        assert said in page
    failed, done = LinkageOutcome.objects.get(place=1), LinkageOutcome.objects.get(place=0)
    staff.post(f"/iot/linkage/{rule}/outcomes/{failed.id}/retry")
    failed.refresh_from_db()
    assert failed.state == "waiting"
    assert staff.post(f"/iot/linkage/{rule}/outcomes/{done.id}/retry").headers["Location"] == f"/iot/linkage/{rule}"


def test_trial_is_asked_for_watched_and_shown_with_a_curve(
    staff: Client, organisation: Organisation, today: datetime
) -> None:
    device, (pm,) = station(organisation)
    other, _ = station(organisation)
    rule = made(organisation, linkage('mean("pm2_5", duration("5m")) > 100.0 || age("pm2_5") > duration("1h")'))
    since, until = today - timedelta(hours=3), today
    minutes = (since - NOW) / MINUTE
    read(pm, *((minutes + place, 150.0 if 60 < place < 90 else 10.0) for place in range(0, 180, 5)), now=today)
    assert "还没有试算过" in body(staff, f"/iot/linkage/{rule}/trials")
    given = {
        "edition": "1",
        "since": since.astimezone().strftime("%Y-%m-%dT%H:%M"),
        "until": until.astimezone().strftime("%Y-%m-%dT%H:%M"),
    }
    answer = staff.post(f"/iot/linkage/{rule}/trials", {**given, "until": given["since"]})
    assert "结束时间应晚于起始时间" in answer.content.decode()
    staff.post(f"/iot/linkage/{rule}/trials", given)
    trial = LinkageTrial.objects.get()
    address = f"/iot/linkage/{rule}/trials/{trial.id}"
    assert 'hx-trigger="every 2s"' in body(staff, address)
    run_trial(Steps(), {"trial": trial.id})
    page = body(staff, f"{address}?device={device.id}")
    for said in ("trial-chart", "mean(pm2_5, 5m)", device.name, "各设备触发次数", "触发时间"):
        assert said in page
    assert other.name not in page
    assert "触发1次" in body(staff, f"/iot/linkage/{rule}/trials")
    staff.post(f"{address}/cancel")
    assert "试算已经结束" in body(staff, address)


def test_trial_that_finds_nothing_says_so_and_one_that_waits_is_stopped(
    staff: Client, organisation: Organisation, today: datetime
) -> None:
    station(organisation)
    rule = made(organisation)
    given = {"edition": "1", "since": "2026-03-01T00:00", "until": "2026-03-01T01:00"}
    for _ in range(2):
        staff.post(f"/iot/linkage/{rule}/trials", given)
    first, second = LinkageTrial.objects.order_by("id")
    run_trial(Steps(), {"trial": first.id})
    assert "这段时间不会触发" in body(staff, f"/iot/linkage/{rule}/trials/{first.id}")
    staff.post(f"/iot/linkage/{rule}/trials/{second.id}/cancel")
    assert "已取消" in body(staff, f"/iot/linkage/{rule}/trials/{second.id}")


def test_who_may_look_may_not_change(organisation: Organisation) -> None:
    station(organisation)
    rule = in_force(organisation)
    looker = client_of(make_actor(VIEW_LINKAGE, organisation=organisation))
    assert "起草新版次" not in body(looker, f"/iot/linkage/{rule}")
    assert "新建联动规则" not in body(looker, "/iot/linkage")
    for path in ("new", f"{rule}/edit", f"{rule}/publish", f"{rule}/trials", "check"):
        assert looker.get(f"/iot/linkage/{path}").status_code == HTTPStatus.FORBIDDEN
    assert looker.post(f"/iot/linkage/{rule}/switch").status_code == HTTPStatus.FORBIDDEN
    stranger = client_of(make_actor(VIEW_LINKAGE, organisation=make_organisation("别处")))
    for path in (f"{rule}", f"{rule}/firings", f"{rule}/editions/1", f"{rule}/firings/1"):
        assert stranger.get(f"/iot/linkage/{path}").status_code == HTTPStatus.NOT_FOUND
    assert "扬尘联动" not in body(stranger, "/iot/linkage")


def test_number_of_statements_does_not_grow_with_the_rules(
    staff: Client, organisation: Organisation, django_assert_max_num_queries: object
) -> None:
    for place in range(3):
        made(organisation, name=f"规则{place}")
    with django_assert_max_num_queries(25):  # type: ignore[operator]  # the fixture is a function that gives a context
        body(staff, "/iot/linkage")
