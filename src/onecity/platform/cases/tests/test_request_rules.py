"""Settings of requests and of supervision, as staff write them; and clocks with extensions."""

from datetime import UTC, datetime, time, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.kernel.calendar import WorkCalendar, WorkPeriod
from onecity.kernel.deadlines import TimeUnit
from onecity.platform.cases.declare import CaseType, Measure, RequestRule, Stage, Supervision
from onecity.platform.cases.process.checks import faults_of
from onecity.platform.cases.process.reading import Reading
from onecity.platform.cases.rules.clocks import Extension, LimitRule, TimedLimit, read_clock, share_used, timed
from onecity.platform.cases.rules.request_settings import read_requests
from onecity.platform.cases.rules.requests import (
    Asked,
    RequestRefused,
    Situation,
    check_asking,
    is_approval,
    may_ask,
    node_of,
)
from onecity.platform.cases.rules.requests import RequestRule as Rule
from onecity.platform.cases.rules.settings import read_settings, settings_of
from onecity.platform.cases.rules.spans import Span, read_span
from onecity.platform.cases.rules.supervision import DEFAULT, read_supervision
from onecity.platform.cases.tests.diagrams import COMPLAINT
from onecity.platform.cases.tests.reading import KNOWN

CALENDAR = WorkCalendar(periods=(WorkPeriod(time(9), time(12)), WorkPeriod(time(13), time(17))))
NOON = datetime(2026, 3, 10, 4, tzinfo=UTC)
HOUR = timedelta(hours=1)
LIMIT = LimitRule(Fraction(2), TimeUnit.URGENT_HOUR, Fraction(1, 2))
WHOLE = {"code": "delay", "name": "延期", "kind": "postpone", "approver": "p", "limit": "x", "longest": "5 work_day"}


def faults(item: object, **more: object) -> list[str]:
    given_item = {**item, **more} if isinstance(item, dict) else item
    _, found = read_requests([given_item], limits={"x": LIMIT})
    return [fault.text() for fault in found]


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ({"code": "1x"}, "每一项申请都要有编码（英文标识）、名称和种类"),
        ({"kind": "wish"}, "每一项申请都要有编码（英文标识）、名称和种类"),
        ({"limit": "y"}, "没有名为“y”的时限"),
        ({"longest": "five days"}, "“five days”不是“数量 单位”"),
        ({"longest": ""}, "延期要写明总共可以延长多久（longest）"),
        ({"kind": "suspend"}, "挂账要写明最长时间（longest）和原因（reasons）"),
        ({"kind": "reopen"}, "重新办理要写明谁可以申请（asker）和从哪个任务开始（target）"),
        ({"kind": "return"}, "退回要写明任务的处理结果（outcome）"),
        ({"approver": ""}, "此类申请要写明由谁审批（approver）"),
        ({"limit": ""}, "审批要有时限（limit）"),
        ({"kind": "force_close", "tasks": ["a"]}, "只有延期和退回可以限定任务（tasks）"),
    ],
)
def test_unfit_request_is_told_with_its_reason(more: dict[str, object], fault: str) -> None:
    assert fault in faults(WHOLE, **more)


def test_requests_are_a_list_of_things() -> None:
    assert read_requests(None, limits={}) == ({}, [])
    assert [item.text() for item in read_requests("x", limits={})[1]] == ["应为列表"]
    assert faults("x") == ["每一项申请都要有编码（英文标识）、名称和种类"]
    assert faults(WHOLE) == []


def test_declared_requests_and_supervision_come_back_from_json() -> None:
    declared = CaseType(
        code="tests.x",
        name="x",
        process=__file__,  # type: ignore[arg-type]  # not read here
        stages=(Stage("a", "甲"),),
        requests=(
            RequestRule(
                "shelve", "挂账", "suspend", asker="a", approver="b", longest="3 work_day", reasons=(("s", "季节"),)
            ),
        ),
        supervision=Supervision((Measure("yellow", "0 work_day"), Measure("escalate", "1 work_day", 2)), post="p"),
    )
    read, found = read_settings(settings_of(declared))
    assert [item.text() for item in found] == ["审批要有时限（limit）"]
    rule = read.requests["shelve"]
    assert (rule.kind, rule.asker, rule.longest, rule.reasons) == (
        "suspend", "a", Span(Fraction(3), TimeUnit.WORK_DAY), (("s", "季节"),),
    )  # fmt: skip
    assert [(item.kind, item.level) for item in read.supervision.measures] == [("yellow", 0), ("escalate", 2)]
    assert read.supervision.post == "p"


@pytest.mark.parametrize(
    "source",
    [
        "x",
        {"measures": 1},
        {"measures": [{"kind": "blue", "after": "1 work_day"}]},
        {"measures": [{"kind": "escalate", "after": "1 work_day"}]},
        {"measures": ["x"]},
        {"measures": [{"kind": "red", "after": "2 work_day"}, {"kind": "yellow", "after": "1 work_day"}]},
        {"measures": [{"kind": "red", "after": "1 work_hour"}, {"kind": "yellow", "after": "2 work_day"}]},
        {"measures": [], "appeal": "soon"},
    ],
)
def test_unfit_supervision_is_told(source: object) -> None:
    assert read_supervision(source)[1]


def test_no_supervision_is_the_house_default() -> None:
    assert read_supervision(None) == (DEFAULT, [])


def test_span_is_an_amount_and_a_unit() -> None:
    assert read_span("1.5 work_hour") == Span(Fraction(3, 2), TimeUnit.WORK_HOUR)
    assert [read_span(text) for text in ("", "5", "x work_day", "-1 work_day", "1 year", "1/0 work_day")] == [None] * 6


def test_approvals_are_known_by_their_node() -> None:
    assert is_approval(node_of("delay"))
    assert not is_approval("delay")


def test_task_without_a_limit_needs_no_postponement() -> None:
    rule = Rule("delay", "延期", "postpone", longest=Span(Fraction(1), TimeUnit.WORK_DAY))
    situation = Situation(NOON, late=None)
    assert not may_ask(rule, situation=situation, calendar=CALENDAR)
    with pytest.raises(RequestRefused) as refusal:
        check_asking(rule, Asked("雨", amount=Fraction(1)), situation=situation, calendar=CALENDAR)
    assert refusal.value.fields == {"request": "此任务没有时限，不需要延期"}


def test_extension_begins_where_the_limit_ends_and_survives_storing() -> None:
    clock = timed(LIMIT, started_at=NOON, calendar=CALENDAR)
    longer = clock.extended(by=Extension(Fraction(2), TimeUnit.WORK_HOUR), calendar=CALENDAR)
    assert longer.clock.due_at == NOON + 4 * HOUR
    assert longer.clock.warn_at == NOON + 3 * HOUR
    kept = read_clock(
        longer.kept(), due_at=longer.clock.due_at, warn_at=longer.clock.warn_at, paused_at=longer.clock.paused_at
    )
    assert kept == longer
    assert share_used(longer, now=NOON + 2 * HOUR, calendar=CALENDAR) == 0.5


def test_standing_clock_stays_standing_when_extended() -> None:
    clock = timed(LIMIT, started_at=NOON, calendar=CALENDAR).paused(wanted=True, now=NOON + HOUR, calendar=CALENDAR)
    longer = clock.extended(by=Extension(Fraction(1), TimeUnit.URGENT_HOUR), calendar=CALENDAR)
    assert longer.clock.paused_at == NOON + HOUR
    ran = longer.paused(wanted=False, now=NOON + 3 * HOUR, calendar=CALENDAR)
    assert ran.clock.due_at == NOON + 5 * HOUR


@given(
    st.lists(st.tuples(st.integers(1, 40), st.sampled_from(list(TimeUnit))), max_size=4),
    st.integers(0, 72),
    st.integers(0, 72),
)
def test_more_time_never_shortens_a_limit(grants: list[tuple[int, TimeUnit]], pause: int, length: int) -> None:
    clock = timed(LIMIT, started_at=NOON, calendar=CALENDAR)
    for amount, unit in grants:
        longer = clock.extended(by=Extension(Fraction(amount), unit), calendar=CALENDAR)
        assert longer.clock.due_at > clock.clock.due_at
        clock = longer
    begun = min(NOON + pause * HOUR, clock.clock.due_at)
    stood = clock.paused(wanted=True, now=begun, calendar=CALENDAR)
    ran: TimedLimit = stood.paused(wanted=False, now=begun + length * HOUR, calendar=CALENDAR)
    assert ran.clock.due_at >= clock.clock.due_at
    assert ran.clock.extensions == clock.clock.extensions


def published(rule: dict[str, object], xml: str = COMPLAINT) -> list[str]:
    source = {
        "stages": [{"code": code, "name": code} for code in ("accept", "handle", "check")],
        "limits": {name: {"amount": "1", "unit": "work_day"} for name in ("accept", "handle", "check")},
        "requests": [{**WHOLE, "approver": "cases.answer", "limit": "check", **rule}],
    }
    read, found = read_settings(source)
    assert found == []
    diagram = Reading(xml).diagram
    assert diagram is not None
    return [fault.text() for fault in faults_of(diagram, settings=read, known=KNOWN)]


@pytest.mark.parametrize(
    ("rule", "fault"),
    [
        ({"approver": "nobody.has"}, "岗位权限“nobody.has”没有登记"),
        ({"tasks": ["nowhere"]}, "流程里没有任务“nowhere”"),
        ({"kind": "reopen", "asker": "cases.answer", "target": "end"}, "流程里没有任务“end”"),
        ({"kind": "return", "outcome": "return"}, "退回要写明从哪些任务退回（tasks）"),
        ({"kind": "return", "outcome": "gone", "tasks": ["handle"]}, "任务“handle”没有处理结果“gone”"),
        ({"kind": "return", "outcome": "done", "tasks": ["handle"]}, "经审批退回的处理结果不能要求附件、机构或表单"),
    ],
)
def test_request_that_the_diagram_cannot_serve_is_refused_at_publishing(rule: dict[str, object], fault: str) -> None:
    assert fault in published(rule)


def test_request_that_the_diagram_serves_is_published() -> None:
    assert published({"kind": "return", "outcome": "return", "tasks": ["handle"]}) == []
