"""Running cases move to a new version of their type: planned, counted, each with its trace, or left where they are."""

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from http import HTTPStatus

import pytest

from onecity.kernel import clock
from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotPermitted
from onecity.platform.cases.contracts import OpenedCase, TaskAnswer
from onecity.platform.cases.models import Case, CaseTypeVersion, Entry, Task
from onecity.platform.cases.process.moving import CannotMove
from onecity.platform.cases.selectors.remembered import forget_all
from onecity.platform.cases.services.completing import complete_task
from onecity.platform.cases.services.moving.carrying import NotThere, begin_move, move_case, run_move
from onecity.platform.cases.services.moving.planning import MoveRefused, plan_move
from onecity.platform.cases.services.types import publish, save_draft
from onecity.platform.cases.tests.diagrams import COMPLAINT, PARALLEL, choice, end, parallel, process, start, user
from onecity.platform.cases.tests.factories import SETTINGS, make_case, make_type, waiting_task
from onecity.platform.cases.tests.requesting import LIMITS, REQUESTS, SYSTEM, wish
from onecity.platform.cases.tests.test_pages import client_of
from onecity.platform.identity.tests.factories import Organisation, make_actor, times_audited

pytestmark = pytest.mark.django_db
SAME = {"accept": "accept", "handle": "handle", "check": "check"}
# The new process has no acceptance: one desk judges, then somebody mends.
DESK = process(
    start(),
    user("desk", "研判", "go:转办", stage="accept"),
    user("handle", "处置", "done:处置完毕", assign="handler", stage="handle"),
    end(),
    flows="start > desk\ndesk > handle\nhandle > end",
)


class Steps:
    """How far a job has come."""

    def __init__(self) -> None:
        self.seen: list[tuple[int, int]] = []

    def step(self, done: int, *, total: int = 0, note: str = "") -> None:
        self.seen.append((done, total))


@pytest.fixture
def manager() -> Actor:
    """Who manages types."""
    return make_actor("cases.manage_types", everywhere=True)


def follow(code: str, diagram: str, *, now: datetime, **settings: object) -> tuple[int, int]:
    """Publish a further version of a type; returns the ids of the version before and of the new one."""
    before = CaseTypeVersion.objects.get(case_type__code=code, state="published").id
    draft = save_draft(SYSTEM, type_code=code, process=diagram, settings={**SETTINGS, **settings}, now=now)
    publish(SYSTEM, version_id=draft.id, now=now)
    forget_all()
    return before, draft.id


def move(
    made: OpenedCase, versions: tuple[int, int], mapping: Mapping[str, str], *, actor: Actor, now: datetime
) -> None:
    source, target = versions
    move_case(actor, case_id=made.id, source_id=source, target_id=target, mapping=mapping, reason="流程优化", now=now)


def test_waiting_task_goes_on_in_the_new_version_with_its_own_limit(
    office: Organisation, clerk: Actor, manager: Actor, now: datetime
) -> None:
    code = make_type(now=now)
    made = make_case(code, organisation=office, now=now)
    due = waiting_task(made.id).due_at
    versions = follow(code, DESK, now=now)
    move(made, versions, {"accept": "desk"}, actor=manager, now=now)
    task, case = waiting_task(made.id), Case.objects.get(id=made.id)
    assert (task.node, task.name, task.due_at, case.version_id) == ("desk", "研判", due, versions[1])
    assert case.revision == 2
    line = Entry.objects.get(case_id=made.id, kind="moved")
    assert (line.text, line.data) == ("流程优化", {"from_version": 1, "to_version": 2})
    assert times_audited("cases.move_case", target=f"cases.case:{made.id}") == 1
    complete_task(clerk, task_id=task.id, answer=TaskAnswer("go"), now=now)
    complete_task(clerk, task_id=waiting_task(made.id, "handle").id, answer=TaskAnswer("done"), now=now)
    assert Case.objects.get(id=made.id).status == "closed"


def test_plan_counts_what_waits_where(office: Organisation, now: datetime) -> None:
    code = make_type(now=now)
    for _ in range(3):
        made = make_case(code, organisation=office, now=now)
    complete_task(SYSTEM, task_id=waiting_task(made.id).id, answer=TaskAnswer("accept"), now=now)
    source, target = follow(code, DESK, now=now)
    plan = plan_move(source_id=source, target_id=target)
    assert plan.cases == 3
    assert [(item.node, item.tasks, item.target) for item in plan.waiting] == [
        ("accept", 2, ""),
        ("handle", 1, "handle"),
    ]
    assert not plan.fit
    assert plan_move(source_id=source, target_id=target, mapping={"accept": "desk"}).fit


def test_only_the_published_version_of_the_same_type_takes_cases(office: Organisation, now: datetime) -> None:
    code, other = make_type(now=now), make_type(now=now)
    source, target = follow(code, DESK, now=now)
    strange = CaseTypeVersion.objects.get(case_type__code=other).id
    for wrong in (source, strange):
        with pytest.raises(MoveRefused):
            plan_move(source_id=source, target_id=wrong)
    with pytest.raises(MoveRefused):
        plan_move(source_id=target, target_id=source)


def test_task_without_a_place_stays(office: Organisation, manager: Actor, now: datetime) -> None:
    code = make_type(now=now)
    made = make_case(code, organisation=office, now=now)
    versions = follow(code, DESK, now=now)
    for mapping in ({}, {"accept": "fly"}):
        with pytest.raises(CannotMove):
            move(made, versions, mapping, actor=manager, now=now)
    assert waiting_task(made.id).node == "accept"
    move(made, versions, {"accept": "desk"}, actor=manager, now=now)
    with pytest.raises(NotThere):
        move(made, versions, {"accept": "desk"}, actor=manager, now=now)


def test_pending_request_keeps_its_case_where_its_rule_is(
    opened: OpenedCase, clerk: Actor, manager: Actor, now: datetime
) -> None:
    wish(opened, "delay", actor=clerk, now=now, amount=Fraction(1))
    code = Case.objects.select_related("case_type").get(id=opened.id).case_type.code
    versions = follow(code, COMPLAINT, now=now)
    with pytest.raises(CannotMove):
        move(opened, versions, SAME, actor=manager, now=now)
    _, third = follow(code, COMPLAINT, now=now, requests=REQUESTS, limits=LIMITS)
    move(opened, (versions[0], third), SAME, actor=manager, now=now)
    assert Task.objects.filter(case_id=opened.id, state="open").count() == 2


def test_parallel_branches_move_only_to_the_same_fork(office: Organisation, manager: Actor, now: datetime) -> None:
    stages = [{"code": code, "name": code} for code in "abcd"]
    code = make_type(PARALLEL, now=now, stages=stages)
    made = make_case(code, organisation=office, now=now)
    complete_task(SYSTEM, task_id=waiting_task(made.id, "a").id, answer=TaskAnswer("ok"), now=now)
    three = process(
        start(), choice("m"), parallel("fork"), parallel("join"),
        *(user(node, node, "ok:好") for node in "abdc"), end(),
        flows="start > m\nm > fork\nfork > a\nfork > b\nfork > d\na > join\nb > join\nd > join\njoin > c\nc > end",
    )  # fmt: skip
    versions = follow(code, three, now=now, stages=stages)
    with pytest.raises(CannotMove) as refusal:
        move(made, versions, {"b": "b"}, actor=manager, now=now)
    assert refusal.value.params == {"why": "两个版本的并行分支不同"}
    same = PARALLEL.replace('name="丙"', 'name="丙方复核"')
    _, third = follow(code, same, now=now, stages=stages)
    with pytest.raises(CannotMove):
        move(made, (versions[0], third), {"b": "c"}, actor=manager, now=now)
    move(made, (versions[0], third), {"b": "b"}, actor=manager, now=now)
    complete_task(SYSTEM, task_id=waiting_task(made.id).id, answer=TaskAnswer("ok"), now=now)
    assert waiting_task(made.id).name == "丙方复核"


def test_job_moves_all_that_it_can_and_says_why_others_stay(
    office: Organisation, clerk: Actor, manager: Actor, now: datetime
) -> None:
    code = make_type(now=now, requests=REQUESTS, limits=LIMITS)
    cases = [make_case(code, organisation=office, now=now) for _ in range(3)]
    for made in cases:
        complete_task(SYSTEM, task_id=waiting_task(made.id).id, answer=TaskAnswer("accept"), now=now)
    wish(cases[1], "delay", actor=clerk, now=now, amount=Fraction(1))
    source, target = follow(code, COMPLAINT, now=now)
    given = {"source": source, "target": target, "mapping": SAME, "reason": "流程优化", "account": manager.id}
    steps = Steps()
    result = run_move(steps, given)
    assert result is not None
    assert (result["已迁移"], result["未迁移"]) == (2, 1)
    assert cases[1].number in str(result["原因"])
    assert steps.seen[-1] == (3, 3)
    assert run_move(Steps(), given) == {**result, "已迁移": 0}
    with pytest.raises(NotPermitted):
        run_move(Steps(), {**given, "account": clerk.id})


def test_only_who_manages_types_begins_a_move_and_says_why(
    office: Organisation, clerk: Actor, manager: Actor, now: datetime
) -> None:
    code = make_type(now=now)
    make_case(code, organisation=office, now=now)
    source, target = follow(code, DESK, now=now)
    for actor, mapping, reason, error in (
        (clerk, {"accept": "desk"}, "流程优化", NotPermitted),
        (manager, {}, "流程优化", MoveRefused),
        (manager, {"accept": "desk"}, " ", MoveRefused),
    ):
        with pytest.raises(error):
            begin_move(actor, source_id=source, target_id=target, mapping=mapping, reason=reason, now=now)


def test_page_shows_the_plan_and_starts_the_job(office: Organisation, manager: Actor) -> None:
    today = clock.real_now()
    code = make_type(now=today)
    make_case(code, organisation=office, now=today)
    source, target = follow(code, DESK, now=today)
    browser, address = client_of(manager), f"/case-types/versions/{source}/move"
    assert address in browser.get(f"/case-types/versions/{source}").content.decode()
    assert address not in browser.get(f"/case-types/versions/{target}").content.decode()
    page = browser.get(address).content.decode()
    for text in ("在办 1 件", "受理", "研判 (desk)"):
        assert text in page
    refused = browser.post(address, {"to-accept": "", "reason": "流程优化"})
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    started = browser.post(address, {"to-accept": "desk", "reason": "流程优化"})
    assert started.status_code == HTTPStatus.FOUND
    assert times_audited("cases.begin_move") == 1
