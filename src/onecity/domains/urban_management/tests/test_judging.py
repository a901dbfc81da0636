"""Wrong and repeated reports, and requests inside a city case, as evaluation will count them."""

from datetime import datetime, timedelta

import pytest

from onecity.domains.urban_management.models import CaseRecord, Refusal, RequestRecord, StepRecord
from onecity.domains.urban_management.rules.judging import RepeatRule, repeats, verdict_of
from onecity.domains.urban_management.services.judging import (
    ToldTwice,
    refuse_report,
    repeat_rule,
    set_repeat_rule,
)
from onecity.domains.urban_management.services.reporting import report_from_patrol
from onecity.domains.urban_management.tests.factories import (
    DUST,
    INSIDE,
    RUBBISH,
    SYSTEM,
    Offices,
    end_task,
    make_city_case,
    new_report,
    picture,
    shown,
    to_handling,
    waiting,
    walk,
)
from onecity.kernel.errors import Invalid, NotFound, NotPermitted
from onecity.platform.cases.api import ask, case_id, complete_task, merge_cases, resume
from onecity.platform.cases.contracts import NewRequest, TaskAnswer

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        ({"status": "open", "cause": "wrong"}, ""),
        ({"status": "void", "cause": "not_ours"}, "not_ours"),
        ({"status": "void", "cause": "", "verified": "unreal"}, "wrong"),
        ({"status": "void", "cause": "unfit", "verified": "unreal"}, "unfit"),
        ({"status": "void", "cause": ""}, ""),
        ({"status": "merged", "told_twice": True}, "repeated"),
        ({"status": "merged", "told_twice": False}, ""),
    ],
)
def test_verdict_follows_from_how_the_report_ended(facts: dict[str, object], verdict: str) -> None:
    given = {"cause": "", "verified": "", "told_twice": False, **facts}
    assert verdict_of(**given) == verdict  # type: ignore[arg-type]  # test data


@pytest.mark.parametrize(("metres", "hours", "again"), [(50, 24, True), (50.1, 1, False), (1, 24.1, False)])
def test_same_problem_is_told_again_within_metres_and_hours(
    now: datetime, metres: float, hours: float, again: bool
) -> None:
    told = now - timedelta(hours=hours)
    assert repeats(RepeatRule(50, 24), metres=metres, told_at=told, now=now) is again


def verdict(number: str) -> str:
    return CaseRecord.objects.get(number=number).verdict


def test_refusal_keeps_its_cause_and_tells_the_reason(offices: Offices, now: datetime) -> None:
    number = make_city_case(offices, now=now)
    refuse_report(offices.acceptor, number=number, cause="not_ours", reason="属小区物业", revision=None, now=now)
    assert verdict(number) == "not_ours"
    assert Refusal.objects.get().refused_by == offices.acceptor.key
    assert shown(number, now=now).row.status == "void"


@pytest.mark.parametrize(("cause", "reason"), [("", "x"), ("other", "x"), ("wrong", " ")])
def test_refusal_without_cause_or_reason_changes_nothing(
    offices: Offices, now: datetime, cause: str, reason: str
) -> None:
    number = make_city_case(offices, now=now)
    with pytest.raises(Invalid):
        refuse_report(offices.acceptor, number=number, cause=cause, reason=reason, revision=None, now=now)
    assert waiting(number, now=now) == ["accept"]


def test_filed_case_can_no_longer_be_refused(offices: Offices, now: datetime) -> None:
    number = make_city_case(offices, now=now)
    to_handling(offices, number, now=now)
    with pytest.raises(NotFound):
        refuse_report(offices.leader, number=number, cause="wrong", reason="x", revision=None, now=now)


def test_report_not_found_on_site_and_then_refused_is_a_wrong_one(offices: Offices, now: datetime) -> None:
    number = make_city_case(offices, now=now)
    walk(offices, number, "verify", "unreal", "void", now=now)
    assert verdict(number) == "wrong"


def patrolled(offices: Offices, now: datetime, **facts: object) -> str:
    new = new_report(class_code=DUST, **facts)
    return report_from_patrol(offices.supervisor, new=new, uploads=[picture()], now=now).number


def test_supervisor_is_told_that_he_reported_it_before(offices: Offices, now: datetime) -> None:
    first = patrolled(offices, now)
    with pytest.raises(ToldTwice) as refusal:
        patrolled(offices, now + HOUR)
    assert first in str(refusal.value)
    assert CaseRecord.objects.count() == 1
    assert patrolled(offices, now + HOUR, not_repeated=True) != first


def test_other_class_other_place_later_or_same_key_is_no_repetition(offices: Offices, now: datetime) -> None:
    first = patrolled(offices, now, key="a")
    assert patrolled(offices, now + HOUR, key="a") == first
    new = new_report(class_code=RUBBISH)
    assert report_from_patrol(offices.supervisor, new=new, uploads=[picture()], now=now).number != first
    assert patrolled(offices, now, location=(INSIDE[0], INSIDE[1] + 0.00048)) != first  # 53 m away
    assert patrolled(offices, now + 2 * DAY) != first


def test_rule_of_repetition_is_the_city_s(offices: Offices, now: datetime) -> None:
    patrolled(offices, now)
    set_repeat_rule(offices.leader, metres=0, hours=0, now=now)
    assert repeat_rule(at=now) == RepeatRule(0, 0)
    assert repeat_rule(at=now - HOUR) == RepeatRule(50, 24)
    assert patrolled(offices, now + HOUR)
    with pytest.raises(NotPermitted):
        set_repeat_rule(offices.acceptor, metres=1, hours=1, now=now)
    with pytest.raises(Invalid) as refusal:
        set_repeat_rule(offices.leader, metres=-1, hours=1000, now=now)
    assert set(refusal.value.fields) == {"metres", "hours"}


def test_merging_one_s_own_second_report_counts_as_told_twice(offices: Offices, now: datetime) -> None:
    first, second = patrolled(offices, now), patrolled(offices, now, not_repeated=True)
    other = make_city_case(offices, now=now)
    for away in (second, other):
        ids = case_id(SYSTEM, away), case_id(SYSTEM, first)
        merge_cases(SYSTEM, away_id=ids[0], into_id=ids[1], reason="同一件事", now=now)
    assert (verdict(second), verdict(other)) == ("repeated", "")


def test_who_ended_each_step_is_known(offices: Offices, now: datetime) -> None:
    number = make_city_case(offices, now=now)
    to_handling(offices, number, now=now)
    people = dict(StepRecord.objects.filter(ended_at__isnull=False).values_list("node", "ended_by"))
    assert people == {"accept": offices.acceptor.key, "dispatch": offices.dispatcher.key}


def wish(offices: Offices, number: str, code: str, *, now: datetime, **facts: object) -> None:
    """Ask for something inside a case, and have the duty leader grant it."""
    asker = {"suspend": offices.handler, "force_close": offices.dispatcher, "reopen": offices.acceptor}[code]
    given = {"reason": "道路大修，列入工程", **facts}
    ask(asker, new=NewRequest(case_id(SYSTEM, number), code, **given), now=now)  # type: ignore[arg-type]  # test data
    task = next(
        item for item in shown(number, now=now).tasks if item.node == f"request:{code}" and item.state == "open"
    )
    complete_task(offices.leader, task_id=task.id, answer=TaskAnswer("grant", "同意"), now=now)


def test_suspended_case_loses_no_time_and_is_counted(offices: Offices, now: datetime) -> None:
    number = make_city_case(offices, now=now)
    to_handling(offices, number, now=now)
    due = shown(number, now=now).row.due_at
    wish(offices, number, "suspend", now=now, reason_code="project", until=now + 30 * DAY)
    assert shown(number, now=now).suspended_until == now + 30 * DAY
    later = now + 20 * DAY
    resume(offices.leader, case_id=case_id(SYSTEM, number), reason="工程完工", now=later)
    after = shown(number, now=later).row.due_at
    assert due is not None
    assert after is not None
    assert after > due + 18 * DAY
    assert RequestRecord.objects.get().kind == "suspend"


def test_case_closed_by_force_and_reopened_goes_on_at_dispatch(offices: Offices, now: datetime) -> None:
    number = make_city_case(offices, now=now)
    to_handling(offices, number, now=now)
    wish(offices, number, "force_close", now=now)
    assert CaseRecord.objects.get(number=number).status == "closed"
    wish(offices, number, "reopen", now=now + DAY)
    assert waiting(number, now=now + DAY) == ["dispatch"]
    assert CaseRecord.objects.get(number=number).status == "open"
    assert sorted(RequestRecord.objects.values_list("kind", "state")) == [
        ("force_close", "granted"),
        ("reopen", "granted"),
    ]


def test_refused_request_leaves_the_case_as_it_was(offices: Offices, now: datetime) -> None:
    number = make_city_case(offices, now=now)
    to_handling(offices, number, now=now)
    ask(offices.dispatcher, new=NewRequest(case_id(SYSTEM, number), "force_close", reason="无法处置"), now=now)
    task = next(item for item in shown(number, now=now).tasks if item.node == "request:force_close")
    complete_task(offices.leader, task_id=task.id, answer=TaskAnswer("refuse", "继续处置"), now=now)
    assert waiting(number, now=now) == ["handle"]
    assert RequestRecord.objects.get().state == "refused"
    end_task(offices, number, "done", now=now)
