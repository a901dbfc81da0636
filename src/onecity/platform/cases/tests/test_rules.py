"""Clocks, terms, states, outcomes, settings, forms, data."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.kernel.actor import ScopeKey
from onecity.kernel.calendar import WorkCalendar, WorkPeriod
from onecity.kernel.deadlines import Pause, TimeUnit
from onecity.platform.cases.declare import CaseType, DataField, Limit, Stage
from onecity.platform.cases.rules.clocks import (
    LimitRule,
    earliest,
    light_at,
    read_clock,
    share_used,
    start_clock,
    stopped,
    timed,
    worst,
)
from onecity.platform.cases.rules.data import check_data, shown_data
from onecity.platform.cases.rules.forms import FormRefused, check_form, read_form
from onecity.platform.cases.rules.limits import task_limit
from onecity.platform.cases.rules.outcomes import Answer, OutcomeRefused, OutcomeRule, check_answer
from onecity.platform.cases.rules.settings import read_limit, read_settings, settings_of
from onecity.platform.cases.rules.states import CaseIsOver, check_deed, stage_of
from onecity.platform.cases.rules.terms import case_terms, folded, narrowed, pairs, scope_term, token, week_terms

CALENDAR = WorkCalendar(periods=(WorkPeriod(time(9), time(17)),))
TEN = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)  # Tuesday, 10:00 in the city
FOUR_HOURS = LimitRule(Fraction(4), TimeUnit.WORK_HOUR, Fraction(1, 2))


def test_light_turns_at_the_warning_and_at_the_deadline() -> None:
    clock = start_clock(FOUR_HOURS, started_at=TEN, calendar=CALENDAR)
    hours = timedelta(hours=1)
    assert [light_at(clock, now=TEN + hours * n) for n in (0, 1.99, 2, 3.99, 4, 9)] == [
        "green",
        "green",
        "yellow",
        "yellow",
        "red",
        "red",
    ]
    assert clock.next_change("green") == TEN + hours * 2
    assert clock.next_change("yellow") == TEN + hours * 4
    assert clock.next_change("red") is None


def test_standing_clock_keeps_its_light_and_turns_no_more() -> None:
    clock = stopped(start_clock(FOUR_HOURS, started_at=TEN, calendar=CALENDAR), now=TEN + timedelta(hours=3))
    assert light_at(clock, now=TEN + timedelta(days=9)) == "yellow"
    assert clock.next_change("yellow") is None
    assert stopped(clock, now=TEN + timedelta(hours=9)) == clock


def test_pause_moves_the_deadline_by_the_working_time_in_it() -> None:
    whole = timed(FOUR_HOURS, started_at=TEN, calendar=CALENDAR)
    stands = whole.paused(wanted=True, now=TEN + timedelta(hours=1), calendar=CALENDAR)
    runs = stands.paused(wanted=False, now=TEN + timedelta(hours=3), calendar=CALENDAR)
    assert runs.clock.due_at == whole.clock.due_at + timedelta(hours=2)
    assert runs.clock.warn_at == whole.clock.warn_at + timedelta(hours=2)
    assert runs.paused(wanted=False, now=TEN + timedelta(hours=5), calendar=CALENDAR) == runs
    assert share_used(runs, now=TEN + timedelta(hours=4), calendar=CALENDAR) == 0.5
    assert share_used(stands, now=TEN + timedelta(days=4), calendar=CALENDAR) == 0.25


@given(
    st.fractions(min_value=Fraction(1, 100), max_value=50, max_denominator=1000),
    st.sampled_from(TimeUnit),
    st.fractions(min_value=0, max_value=1, max_denominator=100),
    st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 600)), max_size=3),
)
def test_clock_is_kept_and_read_back(
    amount: Fraction, unit: TimeUnit, warn: Fraction, breaks: list[tuple[int, int]]
) -> None:
    pauses = [Pause(TEN + timedelta(minutes=a), TEN + timedelta(minutes=a + b)) for a, b in breaks]
    whole = timed(LimitRule(amount, unit, warn), started_at=TEN, calendar=CALENDAR, pauses=pauses)
    clock = whole.clock
    assert TEN <= clock.warn_at <= clock.due_at
    assert read_clock(whole.kept(), due_at=clock.due_at, warn_at=clock.warn_at, paused_at=None) == whole


def test_no_limit_is_no_clock() -> None:
    assert read_clock({}, due_at=None, warn_at=None, paused_at=None) is None


def test_worst_light_and_earliest_moment() -> None:
    assert worst(["green", "red", "yellow"]) == "red"
    assert worst([]) == "green"
    assert earliest([None, TEN, TEN - timedelta(hours=1)]) == TEN - timedelta(hours=1)
    assert earliest([None]) is None


def test_text_is_cut_into_pairs_of_neighbours() -> None:
    assert pairs("井盖破损") == pairs("井盖") | pairs("盖破") | pairs("破损")
    assert pairs("井") == pairs("，。") == frozenset()
    assert pairs("Ｎo２3") == pairs("no23")


@given(st.text("井盖破损路灯ABcd12，。 ", max_size=30), st.data())
def test_every_part_of_a_text_has_only_terms_of_the_whole(text: str, data: st.DataObject) -> None:
    begin = data.draw(st.integers(0, len(text)))
    part = text[begin : data.draw(st.integers(begin, len(text)))]
    assert pairs(part) <= pairs(text)


def test_full_width_letters_and_digits_become_narrow_but_signs_stay() -> None:
    assert narrowed(" Ａ座１２号，（东）") == "A座12号，（东）"
    assert folded("ＡBc") == "abc"


def test_terms_of_different_kinds_never_meet() -> None:
    terms = [scope_term(ScopeKey("o:220102")), scope_term(ScopeKey("d:220102")), token("class", "220102"), *pairs("22")]
    assert len(set(terms)) == 4
    assert all(0 <= term < 2**63 for term in terms)


def test_case_terms_hold_texts_scopes_and_given_facts() -> None:
    terms = case_terms(["井盖"], scopes=[ScopeKey("o:1")], tokens=[("class", "0101"), ("source", "")], opened_at=TEN)
    assert set(terms) == {
        *pairs("井盖"),
        scope_term(ScopeKey("o:1")),
        token("class", "0101"),
        *week_terms(TEN, last=TEN),
    }
    assert terms == sorted(terms)


def test_weeks_from_one_instant_to_another_hold_every_week_between() -> None:
    assert len(week_terms(TEN, last=TEN)) == 1
    assert len(week_terms(TEN, last=TEN + timedelta(days=70))) == 11
    for days in range(71):
        between = TEN + timedelta(days=days)
        assert set(week_terms(between, last=between)) <= set(week_terms(TEN, last=TEN + timedelta(days=70)))
    assert week_terms(TEN, last=TEN - timedelta(days=8)) == []


def test_ended_case_takes_notes_only_and_a_merged_one_nothing() -> None:
    check_deed("open", "complete")
    check_deed("closed", "note")
    for status, deed in (("closed", "complete"), ("void", "merge_away"), ("merged", "note")):
        with pytest.raises(CaseIsOver):
            check_deed(status, deed)  # type: ignore[arg-type]  # literals in a tuple


def test_stage_is_the_earliest_with_an_open_task() -> None:
    order = ["accept", "handle", "check"]
    assert stage_of(["check", "handle"], order=order, current="accept") == "handle"
    assert stage_of([], order=order, current="check") == "check"


RULES = (OutcomeRule("ok", "好"), OutcomeRule("back", "退", reason=True, files=True, organisation=True))


def test_outcome_says_what_is_lacking() -> None:
    assert check_answer(Answer("ok"), RULES).name == "好"
    assert check_answer(Answer("back", "不符", 1, 7), RULES).code == "back"
    with pytest.raises(OutcomeRefused) as refusal:
        check_answer(Answer("back", "  "), RULES)
    assert set(refusal.value.fields) == {"note", "files", "organisation"}
    with pytest.raises(OutcomeRefused) as refusal:
        check_answer(Answer("ok", "长" * 2001), RULES)
    assert set(refusal.value.fields) == {"note"}
    with pytest.raises(OutcomeRefused) as refusal:
        check_answer(Answer("other"), RULES)
    assert set(refusal.value.fields) == {"outcome"}


WHOLE: Mapping[str, object] = {
    "stages": [{"code": "accept", "name": "受理"}],
    "limits": {"accept": {"amount": "0.25", "unit": "urgent_hour", "warn": "0.5"}},
    "case_limit": "accept",
    "data": [{"code": "kind", "name": "种类", "kind": "choice", "choices": [["a", "甲"]]}],
    "forms": {"f": {"type": "object", "properties": {"x": {"type": "string"}}}},
}


def test_settings_are_read() -> None:
    settings, faults = read_settings(WHOLE)
    assert faults == []
    assert settings.limits["accept"] == LimitRule(Fraction(1, 4), TimeUnit.URGENT_HOUR, Fraction(1, 2))
    assert settings.names["kind"] == "text"
    assert settings.stage_name("accept") == "受理"
    assert settings.stage_name("gone") == "gone"


@pytest.mark.parametrize(
    ("change", "element"),
    [
        ({"stages": []}, "settings.stages"),
        ({"stages": "x"}, "settings.stages"),
        ({"stages": [{"code": "a b", "name": "x"}]}, "settings.stages"),
        ({"stages": [{"code": "a", "name": "x"}, {"code": "a", "name": "y"}]}, "settings.stages"),
        ({"limits": {"x": {"amount": "0", "unit": "work_day"}}}, "settings.limits"),
        ({"limits": {"x": {"amount": "1", "unit": "week"}}}, "settings.limits"),
        ({"limits": {"x": 3}}, "settings.limits"),
        ({"case_limit": "none"}, "settings.case_limit"),
        ({"case_limit": 3}, "settings.case_limit"),
        ({"data": [{"code": "x", "name": "x", "kind": "blob"}]}, "settings.data"),
        ({"data": [{"code": "outcome", "name": "x"}]}, "settings.data"),
        ({"forms": {"f": {"type": "array"}}}, "settings.forms.f"),
        ({"forms": {"f": {"type": "object", "properties": {"x": {"type": "null"}}}}}, "settings.forms.f.x"),
        ({"forms": {"f": {"type": "object", "properties": {"x": {"$ref": "#"}}}}}, "settings.forms.f.x"),
    ],
)
def test_fault_in_the_settings_names_its_place(change: dict[str, object], element: str) -> None:
    _, faults = read_settings({**WHOLE, **change})
    assert element in {fault.element for fault in faults}
    assert all("{" not in fault.text() for fault in faults)


def test_declared_type_gives_settings_without_faults() -> None:
    declared = CaseType(
        code="tests.case",
        name="事项",
        process=Path("x"),
        stages=(Stage("accept", "受理"),),
        limits={"a": Limit("2", TimeUnit.WORK_DAY)},
        data=(DataField("kind", "种类", "choice", (("a", "甲"),)),),
        forms={"f": {"type": "object", "properties": {}}},
    )
    settings, faults = read_settings(settings_of(declared))
    assert faults == []
    assert settings.data == declared.data


def test_task_limit_is_the_class_s_the_named_one_or_a_literal() -> None:
    settings, _ = read_settings(WHOLE)
    ours = LimitRule(Fraction(9), TimeUnit.WORK_DAY, Fraction(1, 2))
    assert task_limit("class:accept", "", settings=settings, class_limits={"accept": ours}) == ours
    assert task_limit("class:accept", "", settings=settings) == settings.limits["accept"]
    assert task_limit("15 work_hour", "0.9", settings=settings) == LimitRule(
        Fraction(15), TimeUnit.WORK_HOUR, Fraction(9, 10)
    )
    for text in ("", "nothing", "0 work_hour", "2 weeks", "class:nothing"):
        assert task_limit(text, "", settings=settings) is None
    assert task_limit("accept", "2", settings=settings) == settings.limits["accept"]
    assert read_limit({"amount": "1", "unit": "work_day", "warn": "2"}) is None


FORM_SCHEMA: Mapping[str, object] = {
    "type": "object",
    "properties": {
        "way": {"type": "string", "title": "方式", "enum": ["维修", "更换"]},
        "depth": {"type": "number", "minimum": 0, "maximum": 100},
        "count": {"type": "integer"},
        "done": {"type": "boolean"},
        "on": {"type": "string", "format": "date", "maxLength": 10},
    },
    "required": ["way"],
}


def test_form_takes_what_fits() -> None:
    form, faults = read_form("f", FORM_SCHEMA)
    assert form is not None
    assert faults == []
    given = {"way": "维修", "depth": 2.5, "count": 3, "done": False, "on": "2026-03-01"}
    assert check_form(form, {**given, "depth": 2.5}) == given
    assert check_form(form, {"way": "维修", "depth": None, "on": ""}) == {"way": "维修"}


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, "way"),
        ({"way": "拆除"}, "way"),
        ({"way": 3}, "way"),
        ({"way": "维修", "depth": -1}, "depth"),
        ({"way": "维修", "depth": 101}, "depth"),
        ({"way": "维修", "depth": "deep"}, "depth"),
        ({"way": "维修", "depth": float("nan")}, "depth"),
        ({"way": "维修", "depth": True}, "depth"),
        ({"way": "维修", "count": 1.5}, "count"),
        ({"way": "维修", "done": "yes"}, "done"),
        ({"way": "维修", "on": "2026-3-1"}, "on"),
        ({"way": "维修", "on": "2026-13-99"}, "on"),
        ({"way": "维修", "on": "2026-03-011"}, "on"),
        ({"way": "维修", "other": 1}, "other"),
    ],
)
def test_form_names_the_field_at_fault(values: dict[str, object], field: str) -> None:
    form, _ = read_form("f", FORM_SCHEMA)
    assert form is not None
    with pytest.raises(FormRefused) as refusal:
        check_form(form, values)
    assert set(refusal.value.fields) == {field}


DATA = (
    DataField("depth", "深度", "number"),
    DataField("urgent", "是否紧急", "flag"),
    DataField("kind", "种类", "choice", (("a", "甲"),)),
    DataField("note", "备注"),
)


def test_data_is_checked_by_its_fields() -> None:
    assert check_data(DATA, {"depth": 1, "urgent": True, "kind": "a", "note": "x"}) == {}
    assert check_data(DATA, {"depth": None}) == {}
    wrong = {"depth": True, "urgent": 1, "kind": "b", "note": 3, "other": 1}
    assert set(check_data(DATA, wrong)) == {f"data.{name}" for name in wrong}


def test_data_is_shown_in_words() -> None:
    shown = shown_data(DATA, {"kind": "a", "urgent": False, "depth": 3, "note": ""})
    assert shown == [("深度", "3"), ("是否紧急", "否"), ("种类", "甲")]
    assert shown_data(DATA, {"urgent": True, "note": None}) == [("是否紧急", "是")]
