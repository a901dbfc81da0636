"""Ending tasks, step by step; and two people at once."""

import threading
from datetime import datetime, timedelta

import pytest
from django.db import connection

from onecity.kernel.actor import Actor, system_actor
from onecity.kernel.errors import NotFound, NotPermitted, OneCityError
from onecity.platform.cases.contracts import CompletedTask, TaskAnswer
from onecity.platform.cases.models import Case, CounterDelta, Entry, SearchTerms, Task, Visibility
from onecity.platform.cases.rules.forms import FormRefused
from onecity.platform.cases.rules.outcomes import OutcomeRefused
from onecity.platform.cases.rules.states import CaseIsOver
from onecity.platform.cases.rules.terms import scope_term
from onecity.platform.cases.services.completing import complete_task
from onecity.platform.cases.services.locking import CaseChanged, ClaimedByOther, TaskIsOver
from onecity.platform.cases.services.tasks import claim
from onecity.platform.cases.tests.diagrams import choice, end, parallel, process, service, start, user
from onecity.platform.cases.tests.factories import make_case, make_type, waiting_task
from onecity.platform.identity.tests.factories import make_actor, make_organisation, times_audited

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def end_task(
    case_id: int, outcome: str, *, now: datetime, node: str = "", actor: Actor | None = None, **answer: object
) -> CompletedTask:
    task = waiting_task(case_id, node)
    given = TaskAnswer(outcome, **answer)  # type: ignore[arg-type]  # test data
    return complete_task(actor or system_actor("test"), task_id=task.id, answer=given, now=now)


def test_step_ends_the_task_and_opens_the_next(now: datetime) -> None:
    organisation = make_organisation()
    opened = make_case(make_type(now=now), organisation=organisation, now=now)
    first = waiting_task(opened.id)
    clerk = make_actor("cases.answer", organisation=organisation)
    done = end_task(opened.id, "accept", now=now + HOUR / 4, actor=clerk, note=" 属实 ")
    assert (done.status, done.revision, done.opened) == ("open", 2, ("处置",))
    first.refresh_from_db()
    assert (first.state, first.outcome, first.ended_by) == ("done", "accept", clerk.key)
    assert (first.assignee_id, first.ended_at) == (clerk.id, now + HOUR / 4)
    case, second = Case.objects.get(id=opened.id), waiting_task(opened.id)
    assert (case.stage_code, case.outcomes, case.revision) == ("handle", {"accept": "accept"}, 2)
    assert second.due_at == now + HOUR / 4 + 2 * HOUR
    line = Entry.objects.get(kind="completed")
    assert (line.text, line.data["outcome_name"], line.task_id) == ("属实", "受理", first.id)
    assert times_audited("cases.complete_task") == 1


def test_last_step_closes_the_case_everywhere(now: datetime) -> None:
    opened = make_case(make_type(now=now), organisation=make_organisation(), now=now)
    end_task(opened.id, "accept", now=now)
    end_task(opened.id, "done", now=now, files=(1,))
    assert end_task(opened.id, "pass", now=now + HOUR).status == "closed"
    case = Case.objects.get(id=opened.id)
    assert (case.status, case.closed_at, case.light, case.next_light_at) == ("closed", now + HOUR, "green", None)
    assert set(Visibility.objects.values_list("status", flat=True)) == {"closed"}
    assert not Task.objects.filter(state="open").exists()
    changes = CounterDelta.objects.values_list("status", "change")
    assert sorted(changes) == [("closed", 1), ("open", -1), ("open", 1)]
    assert Entry.objects.order_by("id").last().kind == "closed"  # type: ignore[union-attr]


def test_late_closing_is_red_for_ever(now: datetime) -> None:
    opened = make_case(make_type(now=now), organisation=make_organisation(), now=now)
    assert end_task(opened.id, "void", now=now + timedelta(days=2), note="重复").status == "void"
    assert Case.objects.get(id=opened.id).light == "red"


def test_chosen_organisation_handles_and_sees_the_case(now: datetime) -> None:
    xml = process(
        start(),
        user("accept", "派遣", "send@:派遣"),
        user("handle", "处置", "ok:好", assign="handler"),
        user("check", "复核", "ok:好", assign="reporter"),
        end(),
        flows="start > accept\naccept > handle\nhandle > check\ncheck > end",
    )
    owner, handler = make_organisation("中心"), make_organisation("环境局")
    reporter = make_actor(organisation=make_organisation("街道"))
    opened = make_case(make_type(xml, now=now), organisation=owner, now=now, actor=reporter)
    with pytest.raises(OutcomeRefused):
        end_task(opened.id, "send", now=now)
    with pytest.raises(NotFound):
        end_task(opened.id, "send", now=now, organisation_id=9_999_999)
    end_task(opened.id, "send", now=now, organisation_id=handler.id)
    assert waiting_task(opened.id).organisation_id == handler.id
    assert Case.objects.get(id=opened.id).handler_id == handler.id
    assert Visibility.objects.filter(case_id=opened.id, scope_key=f"o:{handler.id}", status="open").exists()
    key = f"o:{handler.id}"
    assert scope_term(key) in SearchTerms.objects.get(case_id=opened.id).terms  # type: ignore[arg-type]
    assert CounterDelta.objects.filter(scope_keys=[key], status="open", change=1).count() == 1
    end_task(opened.id, "ok", now=now)
    assert waiting_task(opened.id).organisation_id == reporter.organisation_id


def test_only_the_post_where_the_task_belongs_may_end_it(now: datetime) -> None:
    organisation = make_organisation()
    opened = make_case(make_type(now=now), organisation=organisation, now=now)
    for stranger in (
        make_actor("cases.view", organisation=organisation),
        make_actor("cases.answer", organisation=make_organisation()),
        make_actor("cases.answer", division="220103"),
    ):
        with pytest.raises(NotPermitted):
            end_task(opened.id, "accept", now=now, actor=stranger)
    end_task(opened.id, "accept", now=now, actor=make_actor("cases.answer", division="220102001"))


def test_claimed_task_is_ended_by_its_owner_or_a_supervisor(now: datetime) -> None:
    organisation = make_organisation()
    code = make_type(now=now)
    mine, other = (make_actor("cases.answer", organisation=organisation) for _ in range(2))
    supervisor = make_actor("cases.answer", "cases.supervise", organisation=organisation)
    opened = make_case(code, organisation=organisation, now=now)
    claim(mine, task_id=waiting_task(opened.id).id, now=now)
    with pytest.raises(ClaimedByOther):
        end_task(opened.id, "accept", now=now, actor=other)
    end_task(opened.id, "accept", now=now, actor=mine)
    second = make_case(code, organisation=organisation, now=now)
    claim(mine, task_id=waiting_task(second.id).id, now=now)
    end_task(second.id, "accept", now=now, actor=supervisor)


def test_what_is_lacking_or_stale_is_refused_and_nothing_changes(now: datetime) -> None:
    opened = make_case(make_type(now=now), organisation=make_organisation(), now=now)
    with pytest.raises(OutcomeRefused):
        end_task(opened.id, "void", now=now)
    with pytest.raises(CaseChanged):
        end_task(opened.id, "accept", now=now, revision=7)
    with pytest.raises(NotFound):
        complete_task(system_actor("test"), task_id=9_999_999, answer=TaskAnswer("accept"), now=now)
    assert Case.objects.get(id=opened.id).revision == 1
    assert end_task(opened.id, "accept", now=now, revision=1).revision == 2
    end_task(opened.id, "done", now=now, files=(1, 2))
    assert Entry.objects.get(kind="completed", data__outcome="done").data["files"] == [1, 2]
    first = Task.objects.get(case_id=opened.id, node="accept")
    with pytest.raises(TaskIsOver):
        complete_task(system_actor("test"), task_id=first.id, answer=TaskAnswer("accept"), now=now)


def test_task_of_an_ended_case_is_over(now: datetime) -> None:
    opened = make_case(make_type(now=now), organisation=make_organisation(), now=now)
    Case.objects.filter(id=opened.id).update(status="void", closed_at=now)
    with pytest.raises(CaseIsOver):
        end_task(opened.id, "accept", now=now)


FORM = {
    "type": "object",
    "properties": {"depth": {"type": "number"}, "way": {"type": "string"}},
    "required": ["depth"],
}


def test_form_is_checked_and_its_declared_values_become_the_case_s(now: datetime) -> None:
    xml = process(
        start(),
        user("accept", "登记", "ok:好", form="f"),
        choice("g", "g-end"),
        user("handle", "抢修", "ok:好"),
        end(),
        flows="start > accept\naccept > g\ng > end\ng > handle : depth > 25\nhandle > end",
    )
    code, organisation = make_type(xml, now=now, forms={"f": FORM}), make_organisation()
    deep = make_case(code, organisation=organisation, now=now)
    with pytest.raises(FormRefused):
        end_task(deep.id, "ok", now=now)
    end_task(deep.id, "ok", now=now, data={"depth": 30, "way": "换"})
    assert Case.objects.get(id=deep.id).data == {"depth": 30}
    assert Entry.objects.get(kind="completed").data["form"] == {"depth": 30, "way": "换"}
    assert waiting_task(deep.id).node == "handle"
    shallow = make_case(code, organisation=organisation, now=now)
    assert end_task(shallow.id, "ok", now=now, data={"depth": 3}).status == "closed"


def test_actions_and_condition_functions_reach_the_case(now: datetime) -> None:
    xml = process(
        start(),
        user("accept", "甲", "ok:好", "no:不"),
        service("set", "cases.set_value", name="depth", value="9"),
        choice("g", "g-end"),
        user("handle", "乙", "ok:好"),
        end(),
        flows="start > accept\naccept > set\nset > g\ng > end\n"
        "g > handle : depth == 9 and outcome_of('accept') == 'no' and outcome == 'no'\nhandle > end",
    )
    code, organisation = make_type(xml, now=now), make_organisation()
    opened = make_case(code, organisation=organisation, now=now)
    end_task(opened.id, "no", now=now)
    assert Case.objects.get(id=opened.id).data == {"depth": 9}
    assert waiting_task(opened.id).node == "handle"
    assert Entry.objects.filter(kind="acted").count() == 1


PAUSING = process(
    start(),
    parallel("fork"),
    user("handle", "处置", "ok:好", limit="handle"),
    user("accept", "挂账审批", "ok:好", pauses="case handle"),
    user("check", "复核", "ok:好", limit="check"),
    parallel("join"),
    end(),
    flows="start > fork\nfork > handle\nfork > accept\naccept > check\nhandle > join\ncheck > join\njoin > end",
)


def test_task_that_pauses_others_lets_them_run_when_it_ends(now: datetime) -> None:
    opened = make_case(make_type(PAUSING, now=now), organisation=make_organisation(), now=now)
    handle, case = waiting_task(opened.id, "handle"), Case.objects.get(id=opened.id)
    assert (handle.paused_at, case.paused_at, case.next_light_at) == (now, now, None)
    end_task(opened.id, "ok", now=now + HOUR, node="accept")
    handle.refresh_from_db()
    case.refresh_from_db()
    assert (handle.paused_at, handle.due_at) == (None, now + 3 * HOUR)
    assert (case.paused_at, case.due_at) == (None, now + timedelta(days=1) + HOUR)
    assert Entry.objects.filter(kind="resumed").count() == 2
    assert case.next_light_at is not None


def test_clock_stops_when_a_pausing_task_begins(now: datetime) -> None:
    xml = process(
        start(),
        parallel("fork"),
        user("handle", "处置", "ok:好", limit="handle"),
        user("accept", "申请", "ok:好"),
        user("check", "挂账", "ok:好", pauses="case handle"),
        parallel("join"),
        end(),
        flows="start > fork\nfork > handle\nfork > accept\naccept > check\nhandle > join\ncheck > join\njoin > end",
    )
    opened = make_case(make_type(xml, now=now), organisation=make_organisation(), now=now)
    end_task(opened.id, "ok", now=now + HOUR, node="accept")
    assert waiting_task(opened.id, "handle").paused_at == now + HOUR
    assert Case.objects.get(id=opened.id).paused_at == now + HOUR
    assert Entry.objects.filter(kind="paused").count() == 2


def test_new_task_whose_clock_is_to_stand_stands(now: datetime) -> None:
    xml = process(
        start(),
        user("accept", "受理", "ok:好"),
        user("handle", "核实", "ok:好", limit="handle", pauses="handle"),
        end(),
        flows="start > accept\naccept > handle\nhandle > end",
    )
    opened = make_case(make_type(xml, now=now), organisation=make_organisation(), now=now)
    end_task(opened.id, "ok", now=now)
    assert waiting_task(opened.id).paused_at == now


def test_task_that_continues_goes_on_with_the_time_it_had_left(now: datetime) -> None:
    xml = process(
        start(),
        user("accept", "受理", "ask:核实", "ok:好", limit="accept", continues="true"),
        choice("g", "g-end"),
        user("check", "核实", "ok:好"),
        end(),
        flows="start > accept\naccept > g\ng > end\ng > check : outcome == 'ask'\ncheck > accept",
    )
    opened = make_case(make_type(xml, now=now), organisation=make_organisation(), now=now)
    end_task(opened.id, "ask", now=now + HOUR / 6)
    end_task(opened.id, "ok", now=now + HOUR)
    assert waiting_task(opened.id).due_at == now + HOUR + HOUR / 2 - HOUR / 6
    end_task(opened.id, "ask", now=now + HOUR)
    end_task(opened.id, "ok", now=now + 2 * HOUR)
    assert waiting_task(opened.id).due_at == now + 2 * HOUR + HOUR / 2 - HOUR / 6


def test_terminating_end_cancels_what_else_waits(now: datetime) -> None:
    xml = process(
        start(),
        parallel("fork"),
        user("accept", "甲", "ok:好"),
        user("handle", "乙", "ok:好"),
        end(terminates=True),
        end("other"),
        flows="start > fork\nfork > accept\nfork > handle\naccept > end\nhandle > other",
    )
    opened = make_case(make_type(xml, now=now), organisation=make_organisation(), now=now)
    assert end_task(opened.id, "ok", now=now, node="accept").status == "closed"
    assert Task.objects.get(case_id=opened.id, node="handle").state == "cancelled"
    assert Entry.objects.filter(kind="cancelled").count() == 1


def test_case_light_is_the_worst_of_what_waits(now: datetime) -> None:
    opened = make_case(make_type(now=now), organisation=make_organisation(), now=now)
    Case.objects.filter(id=opened.id).update(light="red")
    end_task(opened.id, "accept", now=now)
    assert Case.objects.get(id=opened.id).light == "green"


def test_step_takes_few_statements(now: datetime, heard: object, django_assert_max_num_queries: object) -> None:
    code, organisation = make_type(now=now), make_organisation()
    clerk = make_actor("cases.answer", organisation=organisation)
    for _ in range(2):
        opened = make_case(code, organisation=organisation, now=now)
        task = waiting_task(opened.id)
        # savepoint, case, tasks, keys of the organisation, rows, audit, release
        with django_assert_max_num_queries(7):  # type: ignore[operator]  # pytest-django's fixture
            complete_task(clerk, task_id=task.id, answer=TaskAnswer("accept"), now=now)


@pytest.mark.django_db(transaction=True)
def test_two_people_at_once_end_a_task_once(now: datetime) -> None:
    organisation = make_organisation()
    opened = make_case(make_type(now=now), organisation=organisation, now=now)
    task, gate = waiting_task(opened.id), threading.Barrier(2)
    results: list[object] = []

    def answer(outcome: str) -> None:
        gate.wait()
        try:
            given = TaskAnswer(outcome, note="理由", revision=1)
            results.append(complete_task(system_actor(outcome), task_id=task.id, answer=given, now=now))
        except OneCityError as refusal:
            results.append(refusal)
        connection.close()

    threads = [threading.Thread(target=answer, args=(outcome,)) for outcome in ("accept", "void")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(type(item).__name__ for item in results) == ["CompletedTask", "TaskIsOver"]
    assert Entry.objects.filter(kind="completed").count() == 1
    assert Case.objects.get(id=opened.id).revision == 2
