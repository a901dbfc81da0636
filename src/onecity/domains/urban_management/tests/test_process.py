"""The seven stages from report to evaluation, with every way back."""

from datetime import datetime, timedelta

import pytest

from onecity.domains.urban_management.process import CITY_CASE
from onecity.domains.urban_management.tests.factories import (
    DUST,
    Offices,
    end_task,
    make_city_case,
    shown,
    to_handling,
    waiting,
    walk,
)
from onecity.kernel.errors import Invalid, NotFound, NotPermitted
from onecity.platform.cases.api import case, history
from onecity.platform.identity.tests.factories import make_actor

pytestmark = pytest.mark.django_db


def data_of(number: str, *, now: datetime) -> dict[str, str]:
    return dict(shown(number, now=now).data)


def test_stages_are_the_seven_of_the_rules() -> None:
    names = ["信息收集", "案卷建立", "任务派遣", "任务处理", "处理反馈", "核查结案", "综合评价"]
    assert [stage.name for stage in CITY_CASE.stages] == names


def test_case_walks_from_acceptance_to_its_score(offices: Offices, now: datetime) -> None:
    number = make_city_case(offices, now=now)
    seen = []
    for outcome in ("accept", "assign", "done", "send", "pass", "close"):
        seen += [(waiting(number, now=now), shown(number, now=now).row.stage_code)]
        walk(offices, number, outcome, now=now)
    assert seen == [
        (["accept"], "file"),
        (["dispatch"], "dispatch"),
        (["handle"], "handle"),
        (["feedback"], "feedback"),
        (["check"], "check"),
        (["close"], "check"),
    ]
    closed = shown(number, now=now)
    assert (closed.row.status, closed.row.handler_id) == ("closed", offices.bureau.id)
    assert [stage.state for stage in closed.stages] == ["passed"] * 7
    assert data_of(number, now=now) == {"办理得分": "100"}


def test_refused_report_is_void_and_needs_a_reason(offices: Offices, now: datetime) -> None:
    number = make_city_case(offices, now=now)
    with pytest.raises(Invalid) as refusal:
        end_task(offices, number, "void", now=now)
    assert set(refusal.value.fields) == {"note"}
    end_task(offices, number, "void", now=now, note="属于私人院落")
    assert shown(number, now=now).row.status == "void"


@pytest.mark.parametrize("outcome", ["real", "unreal"])
def test_verified_report_comes_back_to_the_acceptor(offices: Offices, now: datetime, outcome: str) -> None:
    number = make_city_case(offices, now=now)
    walk(offices, number, "verify", now=now)
    assert waiting(number, now=now) == ["verify"]
    walk(offices, number, outcome, now=now)
    assert waiting(number, now=now) == ["accept"]


def test_case_without_a_class_is_not_dispatched(offices: Offices, now: datetime) -> None:
    number = make_city_case(offices, now=now, class_code="")
    walk(offices, number, "accept", "done", now=now)
    assert waiting(number, now=now) == ["classify"]


def test_dispatcher_returns_to_the_acceptor_with_a_reason(offices: Offices, now: datetime) -> None:
    number = make_city_case(offices, now=now)
    walk(offices, number, "accept", now=now)
    with pytest.raises(Invalid):
        end_task(offices, number, "return", now=now)
    walk(offices, number, "return", now=now)
    assert waiting(number, now=now) == ["accept"]
    assert data_of(number, now=now) == {"回退次数": "1"}


def test_department_returns_to_the_dispatcher_who_sends_it_elsewhere(offices: Offices, now: datetime) -> None:
    number = make_city_case(offices, now=now)
    to_handling(offices, number, now=now)
    with pytest.raises(Invalid):
        end_task(offices, number, "return", now=now)
    walk(offices, number, "return", now=now)
    assert waiting(number, now=now) == ["dispatch"]
    end_task(offices, number, "assign", now=now, to=offices.other)
    handling = next(task for task in shown(number, now=now).tasks if task.state == "open")
    assert (handling.node, handling.organisation_id) == ("handle", offices.other.id)
    with pytest.raises(NotPermitted):
        end_task(offices, number, "done", now=now, actor=offices.handler)


@pytest.mark.parametrize(("outcome", "node", "given"), [("grant", "handle_longer", True), ("refuse", "handle", False)])
def test_granted_delay_gives_the_whole_limit_again_and_refused_one_gives_none(
    offices: Offices, now: datetime, outcome: str, node: str, given: bool
) -> None:
    later = now + timedelta(hours=3)
    number = make_city_case(offices, now=now)
    to_handling(offices, number, now=now)
    before = next(task for task in shown(number, now=now).tasks if task.state == "open").clock
    walk(offices, number, "delay", outcome, now=later)
    after = next(task for task in shown(number, now=later).tasks if task.state == "open")
    assert before is not None
    assert after.clock is not None
    assert after.node == node
    assert (after.clock.due_at > before.due_at) is given


def test_failed_check_goes_back_to_the_department_and_costs_points(offices: Offices, now: datetime) -> None:
    number = make_city_case(offices, now=now)
    to_handling(offices, number, now=now)
    walk(offices, number, "done", "send", "fail", now=now)
    assert waiting(number, now=now) == ["redo"]
    walk(offices, number, "done", "send", "pass", "rework", "done", "send", "pass", "close", now=now)
    assert data_of(number, now=now) == {"返工次数": "2", "办理得分": "80"}


@pytest.mark.parametrize(("steps", "outcome"), [((), "done"), (("done",), "send")])
def test_feedback_needs_a_photo_and_handling_does_not(
    offices: Offices, now: datetime, steps: tuple[str, ...], outcome: str
) -> None:
    number = make_city_case(offices, now=now)
    to_handling(offices, number, now=now)
    walk(offices, number, *steps, now=now)
    if outcome == "done":
        end_task(offices, number, outcome, now=now, photo=False)
        assert waiting(number, now=now) == ["feedback"]
        return
    with pytest.raises(Invalid) as refusal:
        end_task(offices, number, outcome, now=now, photo=False)
    assert set(refusal.value.fields) == {"files"}


@pytest.mark.parametrize("outcome", ["pass", "fail"])
def test_check_on_site_needs_a_photo(offices: Offices, now: datetime, outcome: str) -> None:
    number = make_city_case(offices, now=now)
    to_handling(offices, number, now=now)
    walk(offices, number, "done", "send", now=now)
    with pytest.raises(Invalid) as refusal:
        end_task(offices, number, outcome, now=now, note="现场", photo=False)
    assert set(refusal.value.fields) == {"files"}


def test_supervisor_of_another_community_neither_sees_nor_checks(offices: Offices, now: datetime) -> None:
    number = make_city_case(offices, now=now)
    to_handling(offices, number, now=now)
    walk(offices, number, "done", "send", now=now)
    stranger = make_actor("cases.view", "urban_management.check", division="220104001002")
    with pytest.raises(NotFound):
        case(stranger, number, now=now)
    with pytest.raises(NotPermitted):
        end_task(offices, number, "pass", now=now, actor=stranger)


def test_department_sees_a_case_only_once_it_is_its_own(offices: Offices, now: datetime) -> None:
    number = make_city_case(offices, now=now)
    with pytest.raises(NotFound):
        case(offices.handler, number, now=now)
    to_handling(offices, number, now=now)
    assert case(offices.handler, number, now=now).row.class_code == DUST


def test_light_turns_yellow_then_red_by_working_hours(offices: Offices, now: datetime) -> None:
    """Dust has two working hours; noon is lunch, so the time runs from half past one on."""
    number = make_city_case(offices, now=now)
    to_handling(offices, number, now=now)

    def light(hours: float) -> str:
        moment = now + timedelta(hours=hours)
        task = next(item for item in shown(number, now=moment).tasks if item.state == "open")
        assert task.clock is not None
        return task.clock.light

    assert [light(hours) for hours in (1.4, 3.0, 3.2, 3.4, 3.6)] == ["green", "green", "yellow", "yellow", "red"]


def test_history_tells_every_step(offices: Offices, now: datetime) -> None:
    number = make_city_case(offices, now=now)
    walk(offices, number, "accept", "return", "accept", now=now)
    done = [item.data["outcome"] for item in history(offices.acceptor, number) if item.kind == "completed"]
    assert done == ["accept", "return", "accept"]
