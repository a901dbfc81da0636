"""Alarm rules: drafted, edited, published, copied, withdrawn; what was published never changes."""

from dataclasses import replace

import pytest

from onecity.kernel.actor import system_actor
from onecity.kernel.errors import Invalid, NotFound
from onecity.platform.identity.tests.factories import audited
from onecity.platform.iot.contracts import RuleText
from onecity.platform.iot.declare import Limits, Severity
from onecity.platform.iot.models import Alarm, AlarmRule, RuleState
from onecity.platform.iot.selectors.alarm_rules import RuleQuery, rule, rules, versions
from onecity.platform.iot.services.alarm_rules import (
    DraftExists,
    NotADraft,
    RuleExists,
    copy_rule,
    discard_draft,
    draft_rule,
    edit_draft,
    enter_declared_rules,
    publish_rule,
    withdraw_rule,
)
from onecity.platform.iot.services.store import Store
from onecity.platform.iot.tests.factories import HIGH_PM, NOW, make_batch, make_datastream, make_rule, rule_text

pytestmark = pytest.mark.django_db
SYSTEM = system_actor("test")


def draft(code: str = "test.rule", text: RuleText | None = None) -> int:
    return draft_rule(SYSTEM, code=code, text=text or rule_text(), now=NOW)


def test_declared_rule_is_entered_once_and_published() -> None:
    assert enter_declared_rules(now=NOW) >= 1
    assert enter_declared_rules(now=NOW) == 0
    row = AlarmRule.objects.get(code=HIGH_PM.code)
    assert (row.state, row.version, row.upper, row.clear_upper) == ("published", 1, 150.0, 115.0)


def test_declared_rule_that_staff_withdrew_is_not_entered_again() -> None:
    enter_declared_rules(now=NOW)
    withdraw_rule(SYSTEM, rule_id=AlarmRule.objects.get(code=HIGH_PM.code).id, now=NOW)
    assert enter_declared_rules(now=NOW) == 0


def test_draft_says_what_was_told_and_judges_nothing() -> None:
    text = replace(rule_text(), limits=Limits(upper=100.0, clear_upper=90.0, hold_s=60), severity=Severity.MAJOR)
    number = draft(text=text)
    info = rule(number)
    assert (info.state, info.version, info.text, info.published_at) == ("draft", 1, text, None)
    stream = make_datastream()
    Store().record([make_batch((stream.id, NOW, 500.0))], now=NOW)
    assert not Alarm.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"device_type": "gauge.none"}, "device_type"),
        ({"property_code": ""}, "property_code"),
        ({"sub_value": "median"}, "sub_value"),
        ({"text": ""}, "text"),
        ({"text": "{device.__class__}"}, "text"),
        ({"text": "{device"}, "text"),
        ({"limits": Limits()}, "upper"),
        ({"limits": Limits(upper=1.0, lower=0.0)}, "lower"),
        ({"limits": Limits(upper=1.0, clear_upper=2.0)}, "clear_upper"),
        ({"kind": "no_data", "limits": Limits()}, "silent_s"),
    ],
)
def test_fault_is_named_by_its_field(changes: dict[str, object], field: str) -> None:
    text = replace(rule_text(), **changes)  # type: ignore[arg-type]  # wrong on purpose
    with pytest.raises(Invalid) as refusal:
        draft(text=text)
    assert list(refusal.value.fields) == [field]


@pytest.mark.parametrize("code", ["Rule", "rule", "test..rule", "test.9x", "test." + "x" * 80])
def test_code_that_is_no_code_is_refused(code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        draft(code)
    assert list(refusal.value.fields) == ["code"]


def test_code_is_taken_once() -> None:
    draft()
    with pytest.raises(RuleExists):
        draft()


def test_draft_is_edited_and_a_published_rule_is_not() -> None:
    number = draft()
    edit_draft(SYSTEM, rule_id=number, text=replace(rule_text(), name="新名"))
    assert rule(number).text.name == "新名"
    publish_rule(SYSTEM, rule_id=number, now=NOW)
    with pytest.raises(NotADraft):
        edit_draft(SYSTEM, rule_id=number, text=rule_text())
    with pytest.raises(NotADraft):
        publish_rule(SYSTEM, rule_id=number, now=NOW)
    with pytest.raises(NotADraft):
        discard_draft(SYSTEM, rule_id=number)
    assert rule(number).text.name == "新名"
    actions = [action for action, _ in audited(f"iot.alarmrule:{number}")]
    assert actions == ["iot.draft_rule", "iot.edit_rule", "iot.publish_rule"]


def test_next_version_takes_the_place_of_the_one_before() -> None:
    first = make_rule()
    second = copy_rule(SYSTEM, rule_id=first, now=NOW)
    with pytest.raises(DraftExists):
        copy_rule(SYSTEM, rule_id=first, now=NOW)
    edit_draft(SYSTEM, rule_id=second, text=replace(rule_text(), limits=Limits(upper=50.0)))
    publish_rule(SYSTEM, rule_id=second, now=NOW)
    assert [(item.version, item.state) for item in versions("test.rule")] == [(2, "published"), (1, "superseded")]
    assert rule(first).text.limits.upper == 100.0
    stream = make_datastream()
    Store().record([make_batch((stream.id, NOW, 60.0))], now=NOW)
    assert Alarm.objects.get().rule_id == second


def test_discarded_draft_is_gone() -> None:
    number = draft()
    discard_draft(SYSTEM, rule_id=number)
    with pytest.raises(NotFound):
        rule(number)


def test_withdrawn_rule_ends_its_alarms_and_judges_no_more() -> None:
    number, stream = make_rule(), make_datastream()
    Store().record([make_batch((stream.id, NOW, 101.0))], now=NOW)
    withdraw_rule(SYSTEM, rule_id=number, now=NOW)
    assert (Alarm.objects.get().cleared_at, RuleState.objects.exists()) == (NOW, False)
    other = make_datastream()
    Store().record([make_batch((other.id, NOW, 101.0))], now=NOW)
    assert Alarm.objects.count() == 1
    with pytest.raises(NotFound):
        withdraw_rule(SYSTEM, rule_id=number, now=NOW)


@pytest.mark.parametrize("act", [edit_draft, publish_rule, discard_draft, copy_rule])
def test_rule_that_does_not_exist_is_not_found(act: object) -> None:
    extra: dict[str, object] = {edit_draft: {"text": rule_text()}, discard_draft: {}}.get(act, {"now": NOW})  # type: ignore[call-overload]  # by function
    with pytest.raises(NotFound):
        act(SYSTEM, rule_id=987_654, **extra)  # type: ignore[operator]  # one of four functions


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (RuleQuery(), {"test.b", "test.a"}),
        (RuleQuery(state="draft"), {"test.b"}),
        (RuleQuery(search="test.a"), {"test.a"}),
        (RuleQuery(device_type="gauge.meter"), set()),
        (RuleQuery(severity="minor"), {"test.b", "test.a"}),
        (RuleQuery(state="superseded"), {"test.a"}),
    ],
)
def test_filters_choose(query: RuleQuery, found: set[str]) -> None:
    first = make_rule("test.a")
    publish_rule(SYSTEM, rule_id=copy_rule(SYSTEM, rule_id=first, now=NOW), now=NOW)
    draft("test.b")
    listed = [item.code for item in rules(replace(query, search=query.search or "test.")).rows]
    assert (set(listed), len(listed)) == (found, len(found))


def test_rules_are_paged_by_key() -> None:
    for number in range(3):
        draft(f"page.r{number}")
    first = rules(RuleQuery(search="page.", size=2))
    second = rules(RuleQuery(search="page.", size=2, after=first.next))
    assert {item.code for page in (first, second) for item in page.rows} == {"page.r0", "page.r1", "page.r2"}
    assert second.next is None
