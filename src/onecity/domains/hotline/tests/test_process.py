"""The stages of a demand from the call to the call-back, and the three levels of a petition, with every way back."""

import re
from datetime import datetime, timedelta

import pytest

from onecity.domains.hotline.api import load_limits
from onecity.domains.hotline.process import DEMAND, DIAGRAM_WORDS, PETITION
from onecity.domains.hotline.services.steps import SameBody, TooLateForReview, count
from onecity.domains.hotline.tests.factories import SYSTEM, Desks, end_task, kept, make_demand, shown, waiting, walk
from onecity.kernel.errors import Invalid, NotFound, NotPermitted
from onecity.platform.cases.api import case, complete_task
from onecity.platform.cases.contracts import TaskAnswer
from onecity.platform.cases.declare import Facts

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
SENT = ("dispatch", "assign", "sign", "done", "send")


def due_days(number: str, *, now: datetime) -> float:
    task = next(item for item in shown(number, now=now).tasks if item.state == "open")
    assert task.clock is not None
    return (task.clock.due_at - now) / DAY


def test_diagrams_say_what_the_catalogue_knows() -> None:
    said = set()
    for declared in (DEMAND, PETITION):
        said |= set(re.findall(r' name="([^"]*[\u4e00-\u9fff][^"]*)"', declared.process.read_text(encoding="utf-8")))
    assert said == set(DIAGRAM_WORDS)


def test_demand_walks_from_acceptance_to_the_archive(desks: Desks, now: datetime) -> None:
    number = make_demand(desks, now=now)
    stages = []
    for outcome in (*SENT, "satisfied", "close"):
        stages.append(shown(number, now=now).row.stage_code)
        walk(desks, number, outcome, now=now)
    assert stages == ["accept", "dispatch", "sign", "handle", "reply", "callback", "close"]
    row = kept(number)
    assert (row.status, row.satisfaction, row.solved, row.handler_id) == ("closed", "satisfied", "yes", desks.bureau.id)
    assert (row.reply, row.responded_at, row.replied_at, row.called_back_at) == ("情况说明", now, now, now)


def test_direct_answer_closes_without_a_department(desks: Desks, now: datetime) -> None:
    number = make_demand(desks, now=now, kind="consult")
    walk(desks, number, "answer", now=now)
    assert (kept(number).status, kept(number).answered_directly, kept(number).reply) == ("closed", True, "情况说明")


def test_refusal_needs_a_reason_and_is_void(desks: Desks, now: datetime) -> None:
    number = make_demand(desks, now=now)
    with pytest.raises(Invalid) as refusal:
        end_task(desks, number, "refuse", now=now, note="")
    assert set(refusal.value.fields) == {"note"}
    walk(desks, number, "refuse", now=now)
    assert kept(number).status == "void"


def test_returned_order_is_counted_and_sent_again(desks: Desks, now: datetime) -> None:
    number = make_demand(desks, now=now)
    walk(desks, number, "dispatch", "assign", "return", now=now)
    assert waiting(number, now=now) == ["dispatch"]
    assert ("退单次数", "1") in shown(number, now=now).data


def test_order_goes_back_to_acceptance(desks: Desks, now: datetime) -> None:
    number = make_demand(desks, now=now)
    walk(desks, number, "dispatch", "back", now=now)
    assert waiting(number, now=now) == ["accept"]


def test_signed_order_cannot_be_returned(desks: Desks, now: datetime) -> None:
    number = make_demand(desks, now=now)
    walk(desks, number, "dispatch", "assign", "sign", now=now)
    with pytest.raises(Invalid):
        walk(desks, number, "return", now=now)


@pytest.mark.parametrize(("answer", "node", "delays"), [("grant", "handle_longer", "1"), ("deny", "handle", None)])
def test_delay_is_asked_for_and_decided(
    desks: Desks, now: datetime, answer: str, node: str, delays: str | None
) -> None:
    number = make_demand(desks, now=now)
    walk(desks, number, "dispatch", "assign", "sign", "delay", answer, now=now)
    assert waiting(number, now=now) == [node]
    assert dict(shown(number, now=now).data).get("延期次数") == delays


def test_unsatisfied_citizen_has_it_done_again(desks: Desks, now: datetime) -> None:
    number = make_demand(desks, now=now)
    walk(desks, number, *SENT, "redo", now=now)
    assert waiting(number, now=now) == ["redo"]
    assert kept(number).satisfaction == ""
    walk(desks, number, "done", "send", now=now)
    end_task(desks, number, "unsatisfied", now=now, solved="部分解决")
    assert (kept(number).satisfaction, kept(number).solved) == ("unsatisfied", "partly")


def test_unreached_citizen_counts_as_neither_solved_nor_not(desks: Desks, now: datetime) -> None:
    number = make_demand(desks, now=now)
    walk(desks, number, *SENT, "unreached", now=now)
    assert (kept(number).satisfaction, kept(number).solved) == ("unreached", "")


def test_leader_sends_it_back_from_the_archive(desks: Desks, now: datetime) -> None:
    number = make_demand(desks, now=now)
    walk(desks, number, *SENT, "basic", "rework", now=now)
    assert waiting(number, now=now) == ["redo"]
    assert ("重办次数", "1") in shown(number, now=now).data


def test_clock_of_the_whole_stands_at_the_call_back(desks: Desks, now: datetime) -> None:
    number = make_demand(desks, now=now)
    walk(desks, number, *SENT, now=now)
    clock = shown(number, now=now).clock
    assert clock is not None
    assert clock.paused_at == now


@pytest.mark.parametrize(("kind", "urgency", "hours"), [("help", 1, 24), ("complaint", 1, 24)])
def test_urgent_kinds_are_due_within_a_day(desks: Desks, now: datetime, kind: str, urgency: int, hours: int) -> None:
    number = make_demand(desks, now=now, kind=kind, urgency=urgency)
    assert shown(number, now=now).row.due_at == now + timedelta(hours=hours)


def test_limits_are_dated_rows_and_a_case_keeps_its_own(desks: Desks, now: datetime) -> None:
    before = make_demand(desks, now=now, kind="praise")
    table = ["code,name,parent,limits", "praise,表扬,,whole:2 natural_day", "complaint,投诉,,whole:5 natural_day"]
    load_limits(SYSTEM, lines=table, effective_from=now + DAY)
    after = make_demand(desks, now=now + 2 * DAY, kind="praise", words="感谢热心的公交司机帮助老人")
    assert shown(after, now=now).row.due_at == now + 4 * DAY
    assert shown(before, now=now).row.due_at != now + 2 * DAY


@pytest.mark.parametrize(
    "lines", [["code,name,parent,limits", "praise,表扬,,whole:soon"], ["code,name", "praise,表扬"]]
)
def test_unreadable_limits_are_refused(desks: Desks, now: datetime, lines: list[str]) -> None:
    with pytest.raises(Invalid):
        load_limits(SYSTEM, lines=lines, effective_from=now)


def test_petition_keeps_the_terms_of_the_regulations(desks: Desks, now: datetime) -> None:
    number = make_demand(desks, now=now, kind="petition_claim", source_code="hotline.petition")
    terms = []
    steps = ("transfer", "accept", "delay", "grant", "done", "send", "review", "uphold", "reexamine", "uphold")
    for outcome in steps:
        terms.append((waiting(number, now=now)[0], round(due_days(number, now=now), 3)))
        walk(desks, number, outcome, now=now)
    limits = dict(terms)
    named = ("register", "decide", "handle", "handle_longer", "await_review", "review", "await_reexamine", "reexamine")
    assert [limits[node] for node in named] == [15, 15, 60, 30, 30, 30, 30, 30]
    assert (kept(number).status, kept(number).level) == ("closed", 3)


def test_petition_without_a_request_for_review_ends_at_its_answer(desks: Desks, now: datetime) -> None:
    number = make_demand(desks, now=now, kind="petition_claim", source_code="hotline.petition")
    walk(desks, number, "transfer", "accept", "done", "send", "content", now=now)
    assert (kept(number).status, kept(number).level) == ("closed", 1)


def test_review_is_not_asked_for_after_thirty_days(desks: Desks, now: datetime) -> None:
    number = make_demand(desks, now=now, kind="petition_claim", source_code="hotline.petition")
    walk(desks, number, "transfer", "accept", "done", "send", now=now)
    with pytest.raises(TooLateForReview):
        end_task(desks, number, "review", now=now + 31 * DAY, to=desks.upper)
    assert waiting(number, now=now) == ["await_review"]
    end_task(desks, number, "review", now=now + 29 * DAY, to=desks.upper)
    assert kept(number).level == 2


def test_body_that_answered_does_not_review_itself(desks: Desks, now: datetime) -> None:
    number = make_demand(desks, now=now, kind="petition_claim", source_code="hotline.petition")
    walk(desks, number, "transfer", "accept", "done", "send", now=now)
    with pytest.raises(SameBody):
        end_task(desks, number, "review", now=now, to=desks.bureau)


def test_body_without_competence_gives_the_petition_back(desks: Desks, now: datetime) -> None:
    number = make_demand(desks, now=now, kind="petition_claim", source_code="hotline.petition")
    walk(desks, number, "transfer", "return", now=now)
    assert waiting(number, now=now) == ["register"]


@pytest.mark.parametrize("steps", [("legal",), ("refuse",), ("transfer", "refuse")])
def test_petition_that_belongs_elsewhere_is_void(desks: Desks, now: datetime, steps: tuple[str, ...]) -> None:
    number = make_demand(desks, now=now, kind="petition_claim", source_code="hotline.petition")
    walk(desks, number, *steps, now=now)
    assert kept(number).status == "void"


def test_department_that_has_nothing_to_do_with_it_cannot_see_it(desks: Desks, now: datetime) -> None:
    number = make_demand(desks, now=now)
    with pytest.raises(NotFound):
        case(desks.undertaker, number, now=now)


def test_only_the_post_ends_a_task(desks: Desks, now: datetime) -> None:
    number = make_demand(desks, now=now)
    task = shown(number, now=now).tasks[0]
    with pytest.raises(NotPermitted):
        complete_task(desks.caller_back, task_id=task.id, answer=TaskAnswer("dispatch"), now=now)


def test_unknown_counter_counts_nothing(now: datetime) -> None:
    facts = Facts(1, "", "", "", "", 0, 1, None, "", "", {}, {}, now)
    assert count(facts, {"name": "score"}).data == {}
