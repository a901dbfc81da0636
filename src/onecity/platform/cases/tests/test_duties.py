"""Deputies, the duty roster, and tasks that find their person by themselves."""

from datetime import UTC, datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Invalid, NotFound, NotPermitted
from onecity.platform.cases.contracts import NewDeputation, NewShift, OpenedCase, TaskAnswer
from onecity.platform.cases.models import Deputation, DutyShift, Entry, Task
from onecity.platform.cases.rules.duties import DeputationRefused, Load, ShiftRefused, least_loaded
from onecity.platform.cases.selectors.deputies import deputations
from onecity.platform.cases.selectors.details import case as case_of
from onecity.platform.cases.selectors.roster import shifts
from onecity.platform.cases.selectors.waiting import TaskFilter, count_waiting, waiting_tasks
from onecity.platform.cases.services.completing import complete_task
from onecity.platform.cases.services.duties.rostering import put_on_duty, take_off_duty
from onecity.platform.cases.services.duties.standing_in import DeputationIsOver, stand_in, withdraw_deputation
from onecity.platform.cases.services.locking import ClaimedByOther
from onecity.platform.cases.services.requests.deciding import OwnRequest
from onecity.platform.cases.services.tasks import claim, reassign, release
from onecity.platform.cases.services.telling import tell_of_waiting_tasks
from onecity.platform.cases.services.types import VersionRefused
from onecity.platform.cases.tests.diagrams import end, process, start, user
from onecity.platform.cases.tests.factories import make_case, make_type, waiting_task
from onecity.platform.cases.tests.requesting import DAY, HOUR, LIMITS, REQUESTS, SYSTEM, answer, told, wish
from onecity.platform.identity.tests.factories import (
    Account,
    AuditEntry,
    Organisation,
    make_account,
    make_actor,
    make_organisation,
    times_audited,
)

pytestmark = pytest.mark.django_db


def number_of(actor: Actor) -> int:
    assert actor.id is not None
    return actor.id


def depute(principal: Actor, deputy: Actor, *, now: datetime, maker: Actor | None = None, **facts: object) -> int:
    given_facts: dict[str, object] = {"starts_at": now, "ends_at": now + 5 * DAY, "reason": "出差", **facts}
    new = NewDeputation(number_of(principal), number_of(deputy), **given_facts)  # type: ignore[arg-type]  # test data
    return stand_in(maker or principal, new=new, now=now)


@pytest.fixture
def colleague(office: Organisation) -> Actor:
    """Somebody of the same office who sees cases but holds no post."""
    return make_actor("cases.view", organisation=office)


@pytest.fixture
def claimed(office: Organisation, clerk: Actor, now: datetime) -> OpenedCase:
    """A case whose first task the clerk has claimed."""
    made = make_case(make_type(now=now), organisation=office, now=now)
    claim(clerk, task_id=waiting_task(made.id).id, now=now)
    return made


def test_deputy_does_what_waits_for_his_principal_and_the_trace_says_for_whom(
    claimed: OpenedCase, clerk: Actor, colleague: Actor, now: datetime
) -> None:
    task = waiting_task(claimed.id)
    with pytest.raises(NotPermitted):
        complete_task(colleague, task_id=task.id, answer=TaskAnswer("accept"), now=now)
    depute(clerk, colleague, now=now)
    assert [row.id for row in waiting_tasks(colleague, now=now).rows] == [task.id]
    assert count_waiting(colleague, filters=TaskFilter(claimed=True), now=now).number == 1
    assert waiting_tasks(colleague).rows == []
    assert [item.mine for item in case_of(colleague, claimed.number, now=now).tasks] == [True]
    complete_task(colleague, task_id=task.id, answer=TaskAnswer("accept"), now=now)
    done = Entry.objects.get(case_id=claimed.id, kind="completed")
    assert (done.actor, done.data["for"]) == (colleague.key, clerk.name)
    trace = AuditEntry.objects.get(action="cases.complete_task")
    assert (trace.actor, trace.details["for"]) == (colleague.key, clerk.key)


def test_deputy_stands_in_only_within_his_time_and_posts(
    claimed: OpenedCase, clerk: Actor, colleague: Actor, now: datetime
) -> None:
    task, accept = waiting_task(claimed.id), TaskAnswer("accept")
    depute(clerk, colleague, now=now, starts_at=now + DAY, ends_at=now + 2 * DAY)
    for moment in (now, now + 2 * DAY):
        assert waiting_tasks(colleague, now=moment).rows == []
        with pytest.raises(NotPermitted):
            complete_task(colleague, task_id=task.id, answer=accept, now=moment)
    make_type(now=now, requests=REQUESTS, limits=LIMITS)
    depute(clerk, colleague, now=now, starts_at=now + 3 * DAY, ends_at=now + 4 * DAY, posts=("cases.supervise",))
    with pytest.raises(NotPermitted):
        complete_task(colleague, task_id=task.id, answer=accept, now=now + 3 * DAY)
    complete_task(colleague, task_id=task.id, answer=accept, now=now + DAY)


def test_deputation_carries_no_other_rights_and_is_not_passed_on(
    claimed: OpenedCase, office: Organisation, colleague: Actor, now: datetime
) -> None:
    head = make_actor("cases.answer", "cases.view", "cases.manage_types", "cases.supervise", organisation=office)
    third = make_actor("cases.view", organisation=office)
    depute(head, colleague, now=now)
    depute(colleague, third, now=now)
    task = waiting_task(claimed.id)
    with pytest.raises(NotPermitted):
        reassign(colleague, task_id=task.id, organisation_id=office.id, reason="改派", now=now)
    with pytest.raises(NotPermitted):
        complete_task(third, task_id=task.id, answer=TaskAnswer("accept"), now=now)
    with pytest.raises(ClaimedByOther):
        make_it_done_by_an_outsider(claimed, office, now)


def make_it_done_by_an_outsider(made: OpenedCase, office: Organisation, now: datetime) -> None:
    other = make_actor("cases.answer", organisation=office)
    complete_task(other, task_id=waiting_task(made.id).id, answer=TaskAnswer("accept"), now=now)


def test_deputy_takes_over_a_claim(claimed: OpenedCase, clerk: Actor, colleague: Actor, now: datetime) -> None:
    depute(clerk, colleague, now=now)
    task = waiting_task(claimed.id)
    claim(colleague, task_id=task.id, now=now)
    assert waiting_task(claimed.id).assignee_id == colleague.id
    line = Entry.objects.filter(case_id=claimed.id, kind="claimed").latest("id")
    assert line.data["for"] == clerk.name
    release(colleague, task_id=task.id, now=now)
    assert waiting_task(claimed.id).assignee_id is None


def test_deputy_is_told_with_his_principal(office: Organisation, clerk: Actor, colleague: Actor, now: datetime) -> None:
    depute(clerk, colleague, now=now)
    assert told(colleague, "cases.deputised") == 1
    make_case(make_type(now=now), organisation=office, now=now)
    tell_of_waiting_tasks(now=now)
    assert told(clerk, "cases.task_waits") == told(colleague, "cases.task_waits") == 1


def test_deputy_does_not_decide_what_his_principal_has_asked(
    opened: OpenedCase, office: Organisation, colleague: Actor, now: datetime
) -> None:
    both = make_actor("cases.answer", "cases.supervise", organisation=office)
    request = wish(opened, "delay", actor=both, now=now, amount=Fraction(1))
    depute(both, colleague, now=now)
    with pytest.raises(OwnRequest):
        answer(request, "grant", actor=colleague, now=now)


def test_who_may_set_a_deputy(
    clerk: Actor, chief: Actor, colleague: Actor, office: Organisation, now: datetime
) -> None:
    with pytest.raises(NotPermitted):
        depute(clerk, colleague, now=now, maker=colleague)
    with pytest.raises(NotPermitted):
        depute(clerk, colleague, now=now, maker=make_actor("cases.supervise", organisation=make_organisation()))
    made = depute(clerk, colleague, now=now, maker=chief)
    assert times_audited("cases.deputise", target=f"cases.deputation:{made}") == 1
    shown = {item.id: item.mine for actor in (clerk, chief) for item in deputations(actor, now=now).rows}
    assert shown == {made: True}
    assert [item.mine for item in deputations(colleague, now=now).rows] == [False]
    assert deputations(make_actor("cases.view", organisation=office), now=now).rows == []


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"reason": " "}, "reason"),
        ({"ends_at": datetime(2026, 1, 1, tzinfo=UTC)}, "ends_at"),
        ({"posts": ("no.such",)}, "posts"),
    ],
)
def test_deputation_has_its_bounds(
    facts: dict[str, object], field: str, clerk: Actor, colleague: Actor, now: datetime
) -> None:
    with pytest.raises(DeputationRefused) as refusal:
        depute(clerk, colleague, now=now, **facts)  # type: ignore[arg-type]  # facts by name
    assert set(refusal.value.fields) == {field}


def test_deputy_is_another_active_person_of_the_same_line(
    clerk: Actor, colleague: Actor, office: Organisation, now: datetime
) -> None:
    for deputy in (clerk, make_actor("cases.answer", organisation=make_organisation())):
        with pytest.raises(DeputationRefused) as refusal:
            depute(clerk, deputy, now=now)
        assert set(refusal.value.fields) == {"deputy"}
    gone = make_actor("cases.view", organisation=office)
    Account.objects.filter(id=number_of(gone)).update(is_active=False)
    with pytest.raises(DeputationRefused):
        depute(clerk, gone, now=now)
    with pytest.raises(Invalid):
        depute(make_actor("cases.answer", everywhere=True), colleague, now=now)
    below = make_actor("cases.view", organisation=make_organisation("科室", parent=office))
    depute(clerk, below, now=now)
    depute(clerk, colleague, now=now)
    with pytest.raises(DeputationRefused) as refusal:
        depute(clerk, colleague, now=now, starts_at=now + DAY)
    assert set(refusal.value.fields) == {"starts_at"}


def test_withdrawn_deputation_ends_at_once(claimed: OpenedCase, clerk: Actor, colleague: Actor, now: datetime) -> None:
    made = depute(clerk, colleague, now=now)
    with pytest.raises(NotPermitted):
        withdraw_deputation(colleague, deputation_id=made, now=now)
    withdraw_deputation(clerk, deputation_id=made, now=now)
    assert waiting_tasks(colleague, now=now).rows == []
    with pytest.raises(DeputationIsOver):
        withdraw_deputation(clerk, deputation_id=made, now=now)
    with pytest.raises(NotFound):
        withdraw_deputation(clerk, deputation_id=0, now=now)
    depute(clerk, colleague, now=now)
    assert [item.state for item in deputations(clerk, now=now).rows] == ["standing", "withdrawn"]
    assert [item.state for item in deputations(clerk, now=now + 9 * DAY).rows] == ["over", "withdrawn"]
    assert [item.state for item in deputations(clerk, now=now - DAY).rows] == ["ahead", "withdrawn"]
    assert Deputation.objects.count() == 2


def picking(way: str, now: datetime) -> str:
    diagram = process(start(), user("accept", "受理", "ok:好", pick=way), end(), flows="start > accept\naccept > end")
    return make_type(diagram, now=now)


def test_task_goes_to_who_has_the_least_to_do(office: Organisation, clerk: Actor, now: datetime) -> None:
    other = make_actor("cases.answer", organisation=office)
    code, got = picking("load", now), []
    for hours in range(4):
        made = make_case(code, organisation=office, now=now + hours * HOUR)
        got.append(waiting_task(made.id).assignee_id)
    assert got == [clerk.id, other.id, clerk.id, other.id]
    first = Task.objects.filter(assignee_id=clerk.id).earliest("id")
    assert first.claimed_at == now
    line = Entry.objects.get(task_id=first.id, kind="task_opened")
    assert (line.data["assignee_id"], line.data["pick"]) == (clerk.id, "load")
    complete_task(SYSTEM, task_id=first.id, answer=TaskAnswer("ok"), now=now)
    assert waiting_task(make_case(code, organisation=office, now=now).id).assignee_id == clerk.id


def test_absent_people_get_nothing(office: Organisation, clerk: Actor, colleague: Actor, now: datetime) -> None:
    depute(clerk, colleague, now=now)
    assert waiting_task(make_case(picking("load", now), organisation=office, now=now).id).assignee_id is None


def on_duty(person: Actor, *, office: Organisation, maker: Actor, now: datetime, hours: int = 8) -> int:
    new = NewShift(office.id, "cases.answer", number_of(person), now, now + hours * HOUR)
    return put_on_duty(maker, new=new, now=now)


def test_task_goes_to_who_is_on_duty(office: Organisation, clerk: Actor, chief: Actor, now: datetime) -> None:
    make_actor("cases.answer", organisation=office)
    code = picking("duty", now)
    shift = on_duty(clerk, office=office, maker=chief, now=now)
    assert waiting_task(make_case(code, organisation=office, now=now).id).assignee_id == clerk.id
    assert waiting_task(make_case(code, organisation=office, now=now + 8 * HOUR).id).assignee_id is None
    (shown,) = shifts(chief, now=now).rows
    assert (shown.id, shown.now) == (shift, True)
    assert shifts(chief, now=now + DAY, current=True).rows == []
    assert len(shifts(chief, now=now + DAY, post="cases.answer").rows) == 1
    assert shifts(make_actor("cases.view", organisation=make_organisation()), now=now).rows == []
    take_off_duty(chief, shift_id=shift)
    assert waiting_task(make_case(code, organisation=office, now=now).id).assignee_id is None
    assert times_audited("cases.put_on_duty") == times_audited("cases.take_off_duty") == 1


def test_roster_has_its_bounds(office: Organisation, clerk: Actor, chief: Actor, now: datetime) -> None:
    with pytest.raises(NotPermitted):
        on_duty(clerk, office=office, maker=clerk, now=now)
    stranger = make_account(organisation=office)
    new = NewShift(office.id, "cases.answer", stranger.id, now, now + DAY)
    with pytest.raises(ShiftRefused) as refusal:
        put_on_duty(chief, new=new, now=now)
    assert set(refusal.value.fields) == {"account"}
    with pytest.raises(ShiftRefused) as refusal:
        on_duty(clerk, office=office, maker=chief, now=now, hours=0)
    assert set(refusal.value.fields) == {"ends_at"}
    shift = on_duty(clerk, office=office, maker=chief, now=now)
    with pytest.raises(ShiftRefused) as refusal:
        on_duty(clerk, office=office, maker=chief, now=now + HOUR)
    assert set(refusal.value.fields) == {"starts_at"}
    with pytest.raises(NotPermitted):
        take_off_duty(clerk, shift_id=shift)
    with pytest.raises(NotFound):
        take_off_duty(chief, shift_id=0)
    assert DutyShift.objects.count() == 1


def test_unknown_way_of_picking_is_refused(now: datetime) -> None:
    with pytest.raises(VersionRefused) as refusal:
        picking("dice", now)
    assert "accept" in refusal.value.fields


LOADS = st.lists(
    st.builds(
        Load,
        st.integers(1, 50),
        st.integers(0, 5),
        st.none() | st.datetimes(timezones=st.just(UTC)),
    ),
    unique_by=lambda item: item.account_id,
)


@given(LOADS)
def test_nobody_has_less_to_do_than_who_is_chosen(loads: list[Load]) -> None:
    chosen = least_loaded(loads)
    if not loads:
        assert chosen is None
        return
    picked = next(item for item in loads if item.account_id == chosen)
    same = [item for item in loads if item.tasks == picked.tasks]
    assert picked.tasks == min(item.tasks for item in loads)
    assert picked.latest is None or all(item.latest and item.latest >= picked.latest for item in same)
