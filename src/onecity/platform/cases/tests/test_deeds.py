"""Claiming, releasing, reassigning, notes; merging; lights, counters; looking at the reporter."""

import threading
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from onecity.kernel import bus
from onecity.kernel.actor import system_actor
from onecity.kernel.errors import Invalid, NotFound, NotPermitted, OneCityError
from onecity.platform.cases.contracts import CaseFilter, TaskAnswer
from onecity.platform.cases.events import LIGHT_CHANGED
from onecity.platform.cases.models import Case, Counter, CounterDelta, Entry, Task, Visibility
from onecity.platform.cases.rules.states import CaseIsOver
from onecity.platform.cases.selectors.details import case as case_of
from onecity.platform.cases.selectors.details import history, neighbours, passed_nodes
from onecity.platform.cases.selectors.lists import cases, count_cases
from onecity.platform.cases.services.completing import complete_task
from onecity.platform.cases.services.locking import CaseChanged, ClaimedByOther, TaskIsOver
from onecity.platform.cases.services.merging import merge_cases
from onecity.platform.cases.services.reporters import look_at_reporter
from onecity.platform.cases.services.tasks import ReasonLacking, add_note, attach, claim, reassign, release
from onecity.platform.cases.services.ticks import fold_counters, turn_lights
from onecity.platform.cases.tests.factories import make_case, make_type, waiting_task
from onecity.platform.identity.api import ReasonNeeded
from onecity.platform.identity.tests.factories import make_actor, make_organisation, times_audited

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
SYSTEM = system_actor("test")


def test_claimed_task_shows_who_works_on_it_until_it_is_released(now: datetime) -> None:
    organisation = make_organisation()
    me, other = (make_actor("cases.answer", organisation=organisation) for _ in range(2))
    task_id = waiting_task(make_case(make_type(now=now), organisation=organisation, now=now).id).id
    claim(me, task_id=task_id, now=now)
    claim(me, task_id=task_id, now=now)
    assert (Task.objects.get().assignee_id, Task.objects.get().claimed_at) == (me.id, now)
    for deed in (claim, release):
        with pytest.raises(ClaimedByOther):
            deed(other, task_id=task_id, now=now)
    release(me, task_id=task_id, now=now)
    with pytest.raises(NotPermitted):
        release(other, task_id=task_id, now=now)
    assert [line.kind for line in Entry.objects.order_by("id")][2:] == ["claimed", "released"]


def test_stranger_cannot_claim_and_supervisor_can_release(now: datetime) -> None:
    organisation = make_organisation()
    task_id = waiting_task(make_case(make_type(now=now), organisation=organisation, now=now).id).id
    with pytest.raises(NotPermitted):
        claim(make_actor("cases.answer", organisation=make_organisation()), task_id=task_id, now=now)
    claim(make_actor("cases.answer", organisation=organisation), task_id=task_id, now=now)
    supervisor = make_actor("cases.supervise", organisation=organisation)
    release(supervisor, task_id=task_id, now=now)
    release(supervisor, task_id=task_id, now=now)
    assert Task.objects.get().assignee_id is None


def test_reassigned_task_goes_to_others_who_see_the_case_from_then_on(now: datetime) -> None:
    owner, other = make_organisation(), make_organisation("水务局")
    supervisor = make_actor("cases.supervise", organisation=owner)
    person = make_actor("cases.answer", "cases.view", organisation=other)
    opened = make_case(make_type(now=now), organisation=owner, now=now)
    task_id = waiting_task(opened.id).id
    with pytest.raises(ReasonLacking):
        reassign(supervisor, task_id=task_id, organisation_id=other.id, reason=" ", now=now)
    with pytest.raises(NotPermitted):
        reassign(person, task_id=task_id, organisation_id=other.id, reason="归口", now=now)
    with pytest.raises(Invalid):
        reassign(supervisor, task_id=task_id, organisation_id=owner.id, account_id=person.id, reason="归口", now=now)
    assert cases(person).rows == []
    reassign(supervisor, task_id=task_id, organisation_id=other.id, account_id=person.id, reason="归口", now=now)
    reassign(supervisor, task_id=task_id, organisation_id=other.id, reason="归口", now=now)
    assert [row.number for row in cases(person).rows] == [opened.number]
    assert count_cases(person).number == 1
    task = Task.objects.get()
    assert (task.organisation_id, task.assignee_id) == (other.id, None)
    complete_task(person, task_id=task_id, answer=TaskAnswer("accept"), now=now)


def test_notes_are_for_whoever_sees_the_case(now: datetime) -> None:
    organisation = make_organisation()
    opened = make_case(make_type(now=now), organisation=organisation, now=now)
    add_note(make_actor("cases.view", organisation=organisation), case_id=opened.id, text=" 已电话联系 ", now=now)
    attach(SYSTEM, case_id=opened.id, files=[3], now=now)
    assert Entry.objects.get(kind="note").text == "已电话联系"
    assert Entry.objects.get(kind="attached").data == {"files": [3]}
    with pytest.raises(NotPermitted):
        add_note(make_actor("cases.view", organisation=make_organisation()), case_id=opened.id, text="x", now=now)
    with pytest.raises(Invalid):
        add_note(SYSTEM, case_id=opened.id, text=" ", now=now)
    with pytest.raises(NotFound):
        add_note(SYSTEM, case_id=9_999_999, text="x", now=now)


def test_near_cases_of_a_kind_are_told_with_distance_and_hours(now: datetime) -> None:
    organisation, code = make_organisation(), make_type(now=now)
    first = make_case(code, organisation=organisation, now=now, location=(125.3200, 43.8800))
    near = make_case(code, organisation=organisation, now=now + HOUR, location=(125.3205, 43.8800))
    make_case(code, organisation=organisation, now=now, location=(125.3300, 43.8800))
    make_case(code, organisation=organisation, now=now + 100 * HOUR, location=(125.3200, 43.8800))
    make_case(make_type(now=now), organisation=organisation, now=now, location=(125.3200, 43.8800))
    nowhere = make_case(code, organisation=organisation, now=now)
    actor = make_actor("cases.view", organisation=organisation)
    found = neighbours(actor, first.number)
    assert [(item.row.number, item.hours) for item in found] == [(near.number, 1.0)]
    assert 39 < found[0].metres < 42
    assert neighbours(actor, nowhere.number) == []
    stranger = make_actor("cases.view", division="220103")
    with pytest.raises(NotFound):
        neighbours(stranger, first.number)


def test_merged_case_ends_and_leads_to_the_other(now: datetime) -> None:
    organisation, code = make_organisation(), make_type(now=now)
    away, into = (make_case(code, organisation=organisation, now=now) for _ in range(2))
    clerk = make_actor("cases.merge", "cases.view", organisation=organisation)
    merge_cases(clerk, away_id=away.id, into_id=into.id, reason="同一处", now=now + HOUR, revision=1)
    row = Case.objects.get(id=away.id)
    assert (row.status, row.merged_into_id, row.closed_at, row.revision) == ("merged", into.id, now + HOUR, 2)
    assert Task.objects.get(case_id=away.id).state == "cancelled"
    assert set(Visibility.objects.filter(case_id=away.id).values_list("status", flat=True)) == {"merged"}
    assert case_of(clerk, away.number, now=now).merged_into == into.number
    assert case_of(clerk, into.number, now=now).merged_from == [away.number]
    assert [line.kind for line in history(clerk, away.number)] == ["opened", "task_opened", "cancelled", "merged"]
    with pytest.raises(CaseIsOver):
        merge_cases(clerk, away_id=away.id, into_id=into.id, reason="同一处", now=now)
    with pytest.raises(CaseIsOver):
        merge_cases(clerk, away_id=into.id, into_id=away.id, reason="同一处", now=now)
    with pytest.raises(CaseIsOver):
        add_note(clerk, case_id=away.id, text="x", now=now)


def test_merge_is_refused_for_what_does_not_belong_together(now: datetime) -> None:
    organisation, code = make_organisation(), make_type(now=now)
    away, into = (make_case(code, organisation=organisation, now=now) for _ in range(2))
    other = make_case(make_type(now=now), organisation=organisation, now=now)
    clerk = make_actor("cases.merge", organisation=organisation)
    ids = {"away_id": away.id, "into_id": into.id}
    with pytest.raises(Invalid):
        merge_cases(clerk, away_id=away.id, into_id=away.id, reason="同", now=now)
    with pytest.raises(Invalid):
        merge_cases(clerk, away_id=away.id, into_id=other.id, reason="同", now=now)
    with pytest.raises(ReasonLacking):
        merge_cases(clerk, **ids, reason="", now=now)
    with pytest.raises(CaseChanged):
        merge_cases(clerk, **ids, reason="同", now=now, revision=9)
    with pytest.raises(NotFound):
        merge_cases(clerk, away_id=away.id, into_id=9_999_999, reason="同", now=now)
    with pytest.raises(NotPermitted):
        merge_cases(make_actor("cases.merge", organisation=make_organisation()), **ids, reason="同", now=now)


@pytest.mark.django_db(transaction=True)
def test_merging_and_completing_at_once_leave_one_winner(now: datetime) -> None:
    organisation, code = make_organisation(), make_type(now=now)
    for _ in range(3):
        away, into = (make_case(code, organisation=organisation, now=now) for _ in range(2))
        task, gate = waiting_task(away.id), threading.Barrier(2)
        results: list[str] = []

        def merge(gate: threading.Barrier, results: list[str], away_id: int, into_id: int) -> None:
            gate.wait()
            try:
                merge_cases(SYSTEM, away_id=away_id, into_id=into_id, reason="同", now=now, revision=1)
                results.append("merged")
            except OneCityError:
                results.append("refused")
            connection.close()

        def complete(gate: threading.Barrier, results: list[str], task_id: int) -> None:
            gate.wait()
            try:
                complete_task(SYSTEM, task_id=task_id, answer=TaskAnswer("accept", revision=1), now=now)
                results.append("completed")
            except (CaseChanged, TaskIsOver):
                results.append("refused")
            connection.close()

        threads = [
            threading.Thread(target=merge, args=(gate, results, away.id, into.id)),
            threading.Thread(target=complete, args=(gate, results, task.id)),
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert results.count("refused") == 1
        assert Case.objects.get(id=away.id).revision == 2


def test_lights_turn_once_at_warning_and_deadline_and_are_told(now: datetime, heard: object) -> None:
    bus.subscribe(LIGHT_CHANGED, code="tests.light", handler=lambda _: None)
    try:
        opened = make_case(make_type(now=now), organisation=make_organisation(), now=now)
        assert turn_lights(now=now + timedelta(minutes=23)) == 0
        assert turn_lights(now=now + timedelta(minutes=24)) == 1
        assert (waiting_task(opened.id).light, Case.objects.get().light) == ("yellow", "yellow")
        assert turn_lights(now=now + timedelta(minutes=25)) == 0
        assert turn_lights(now=now + timedelta(minutes=30)) == 1
        assert (waiting_task(opened.id).light, Case.objects.get().light) == ("red", "red")
        assert turn_lights(now=now + timedelta(hours=20)) == 1
        assert turn_lights(now=now + timedelta(hours=24)) == 1
        assert turn_lights(now=now + timedelta(days=9)) == 0
    finally:
        del bus._subscriptions["tests.light"]
    events = [event for code, event in heard.events if code == LIGHT_CHANGED.code]  # type: ignore[attr-defined]
    told = [(event["task_id"] is None, event["light"]) for event in events]
    assert told == [(False, "yellow"), (False, "red"), (True, "yellow"), (True, "red")]
    assert [line.data["light"] for line in Entry.objects.filter(kind="light").order_by("id")] == [
        "yellow",
        "red",
        "yellow",
        "red",
    ]
    assert times_audited("cases.turn_lights") == 4


def test_missed_warning_turns_straight_to_red(now: datetime) -> None:
    opened = make_case(make_type(now=now), organisation=make_organisation(), now=now)
    assert turn_lights(now=now + timedelta(days=3)) == 2
    assert (waiting_task(opened.id).light, Case.objects.get().light) == ("red", "red")
    assert Case.objects.get().next_light_at is None
    assert turn_lights(now=now + timedelta(days=3)) == 0


def test_ended_case_turns_no_lights(now: datetime) -> None:
    opened = make_case(make_type(now=now), organisation=make_organisation(), now=now)
    complete_task(SYSTEM, task_id=waiting_task(opened.id).id, answer=TaskAnswer("void", note="非职责范围"), now=now)
    assert turn_lights(now=now + timedelta(days=9)) == 0


def test_lights_of_many_cases_turn_in_as_many_statements_as_those_of_few(now: datetime) -> None:
    code, organisation = make_type(now=now), make_organisation()
    statements = []
    for day, number in ((0, 2), (10, 12)):
        for _ in range(number):
            make_case(code, organisation=organisation, now=now + timedelta(days=day))
        with CaptureQueriesContext(connection) as captured:
            assert turn_lights(now=now + timedelta(days=day + 2)) == 2 * number
        statements.append(len(captured))
    assert statements[1] <= statements[0]


def test_counters_count_the_same_before_and_after_folding(now: datetime) -> None:
    organisation, code = make_organisation(), make_type(now=now)
    actor = make_actor("cases.view", organisation=organisation)
    for _ in range(3):
        opened = make_case(code, organisation=organisation, now=now)
    complete_task(SYSTEM, task_id=waiting_task(opened.id).id, answer=TaskAnswer("void", note="非职责范围"), now=now)

    def counts() -> list[int]:
        return [count_cases(actor, filters=CaseFilter(status=item)).number for item in ("", "open", "void", "closed")]

    assert counts() == [3, 2, 1, 0]
    assert fold_counters() > 0
    assert CounterDelta.objects.count() == 0
    assert counts() == [3, 2, 1, 0]
    assert fold_counters() == 0
    assert Counter.objects.get(scope_key="*", status="open").number == 2


def test_reporter_is_shown_with_a_reason_and_leaves_a_trace(now: datetime) -> None:
    organisation = make_organisation()
    opened = make_case(
        make_type(now=now), organisation=organisation, now=now, reporter_name="张三", reporter_phone="13800138000"
    )
    clerk = make_actor("cases.view", "cases.look_at_reporter", organisation=organisation)
    found = look_at_reporter(clerk, number=opened.number, reason="回访核实")
    assert (found.name, found.phone) == ("张三", "13800138000")
    assert times_audited("identity.look", target=f"cases.case:{opened.id}") == 2
    with pytest.raises(ReasonNeeded):
        look_at_reporter(clerk, number=opened.number, reason="x")
    with pytest.raises(NotPermitted):
        look_at_reporter(make_actor("cases.view", organisation=organisation), number=opened.number, reason="回访核实")
    anonymous = make_case(make_type(now=now), organisation=organisation, now=now)
    assert look_at_reporter(clerk, number=anonymous.number, reason="回访核实").phone == ""


def test_case_is_shown_with_stages_tasks_and_clocks(now: datetime) -> None:
    organisation = make_organisation()
    clerk = make_actor("cases.view", "cases.answer", organisation=organisation)
    opened = make_case(make_type(now=now), organisation=organisation, now=now, data={"depth": 12})
    complete_task(clerk, task_id=waiting_task(opened.id).id, answer=TaskAnswer("accept"), now=now)
    shown = case_of(clerk, opened.number, now=now + HOUR)
    assert [(stage.code, stage.state) for stage in shown.stages] == [
        ("accept", "passed"),
        ("handle", "now"),
        ("check", "ahead"),
    ]
    assert [(task.node, task.state, task.mine) for task in shown.tasks] == [
        ("accept", "done", False),
        ("handle", "open", True),
    ]
    assert shown.tasks[1].clock is not None
    assert (shown.tasks[1].clock.used, shown.tasks[1].clock.light) == (0.5, "yellow")
    assert shown.data == [("深度", "12")]
    assert passed_nodes(shown.tasks) == (["accept"], ["handle"])
    complete_task(clerk, task_id=shown.tasks[1].id, answer=TaskAnswer("done", files=(1,)), now=now)
    complete_task(SYSTEM, task_id=waiting_task(opened.id).id, answer=TaskAnswer("pass"), now=now)
    ended = case_of(clerk, opened.number, now=now + HOUR)
    assert {stage.state for stage in ended.stages} == {"passed"}
    with pytest.raises(NotFound):
        case_of(make_actor("cases.view", organisation=make_organisation()), opened.number, now=now)
