"""The roster, taking over and handing over, and the duty log."""

from datetime import datetime, timedelta

import pytest

from onecity.domains.emergency.contracts import NewShift
from onecity.domains.emergency.models import DutyShift
from onecity.domains.emergency.selectors import duty as reading
from onecity.domains.emergency.services import duty
from onecity.domains.emergency.services.duty import NobodyHandedOver, NotOnDuty
from onecity.domains.emergency.services.incidents import take_incident
from onecity.domains.emergency.tests.factories import Room, make_incident, make_shift, new_incident
from onecity.kernel.errors import Invalid, NotFound, NotPermitted
from onecity.platform.identity.tests.factories import make_actor, plain_actor
from onecity.platform.messages.api import inbox
from onecity.web.listing import Query

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def shift(room: Room, begins_at: datetime, *, hours: float = 8, officer: int = 0) -> NewShift:
    person = officer or room.officer.account_id
    return NewShift(room.office.id, begins_at, begins_at + hours * HOUR, person, room.leader.account_id)


def test_shift_is_taken_over_and_handed_over_with_its_summary(room: Room, now: datetime) -> None:
    first, second = make_shift(room, now=now), duty.plan_shift(room.leader, new=shift(room, now + 8 * HOUR), now=now)
    with pytest.raises(NobodyHandedOver):
        duty.take_over(room.officer, shift_id=second, now=now + 8 * HOUR)
    duty.hand_over(room.officer, shift_id=first, summary="桥下积水仍在抽排", now=now + 8 * HOUR)
    assert "接班" in next(iter(inbox(room.leader).rows)).title
    last = reading.last_handed(room.office.id)
    assert last is not None
    assert last.summary == "桥下积水仍在抽排"
    duty.take_over(room.leader, shift_id=second, now=now + 8 * HOUR)
    on_duty = reading.shift_on_duty(room.office.id)
    assert on_duty is not None
    assert on_duty.pk == second


def test_hand_over_needs_a_summary_and_somebody_on_duty(room: Room, now: datetime) -> None:
    made = make_shift(room, now=now)
    with pytest.raises(Invalid):
        duty.hand_over(room.officer, shift_id=made, summary=" ", now=now)
    other = make_actor("emergency.report", organisation=None, everywhere=True)
    with pytest.raises(NotOnDuty):
        duty.hand_over(other, shift_id=made, summary="x", now=now)
    duty.hand_over(room.officer, shift_id=made, summary="平安", now=now)
    with pytest.raises(NotOnDuty):
        duty.hand_over(room.officer, shift_id=made, summary="平安", now=now)


def test_only_its_people_take_a_shift_over_and_not_too_early(room: Room, now: datetime) -> None:
    made = make_shift(room, now=now, taken=False)
    with pytest.raises(NotFound):
        duty.take_over(room.stranger, shift_id=made, now=now)
    with pytest.raises(NotOnDuty):
        duty.take_over(make_actor("emergency.report", everywhere=True), shift_id=made, now=now)
    with pytest.raises(NotPermitted):
        duty.take_over(plain_actor(), shift_id=made, now=now)
    for at in (now - 3 * HOUR, now + 8 * HOUR):
        with pytest.raises(NotOnDuty):
            duty.take_over(room.officer, shift_id=made, now=at)


@pytest.mark.parametrize(
    ("begins", "hours", "field"), [(0, 25, "ends_at"), (0, 0, "ends_at"), (4, 8, "begins_at"), (-20, 8, "ends_at")]
)
def test_shift_at_fault_is_refused(room: Room, now: datetime, begins: float, hours: float, field: str) -> None:
    make_shift(room, now=now, taken=False)
    with pytest.raises(Invalid) as refusal:
        duty.plan_shift(room.leader, new=shift(room, now + begins * HOUR, hours=hours), now=now)
    assert list(refusal.value.fields) == [field]


def test_who_may_not_report_is_not_put_on_duty(room: Room, now: datetime) -> None:
    outsider = make_actor("emergency.view", organisation=None, everywhere=True).account_id
    with pytest.raises(Invalid) as refusal:
        duty.plan_shift(room.leader, new=shift(room, now, officer=outsider), now=now)
    assert list(refusal.value.fields) == ["officer_id"]


def test_roster_is_kept_by_those_who_may_for_their_own_room(room: Room, now: datetime) -> None:
    for actor in (room.officer, room.stranger):
        with pytest.raises(NotPermitted):
            duty.plan_shift(actor, new=shift(room, now), now=now)


def test_shift_is_removed_until_it_is_taken_over(room: Room, now: datetime) -> None:
    made = make_shift(room, now=now, taken=False)
    assert [item.pk for item in reading.roster(room.officer, now=now)] == [made]
    assert reading.roster(room.stranger, now=now) == []
    duty.remove_shift(room.leader, shift_id=made)
    assert not DutyShift.objects.exists()
    with pytest.raises(NotOnDuty):
        duty.remove_shift(room.leader, shift_id=make_shift(room, now=now))


def test_log_is_written_on_duty_only_and_names_its_incident(room: Room, now: datetime) -> None:
    made, number = make_shift(room, now=now), make_incident(room, now=now)
    duty.write_line(room.officer, shift_id=made, kind="call", text="气象台来电", now=now)
    duty.write_line(room.officer, shift_id=made, kind="matter", text="桥下积水", incident_number=number, now=now + HOUR)
    with pytest.raises(Invalid):
        duty.write_line(room.officer, shift_id=made, kind="gossip", text="x", now=now)
    with pytest.raises(NotOnDuty):
        duty.write_line(make_actor("emergency.report", everywhere=True), shift_id=made, kind="call", text="x", now=now)
    row = reading.shift_on_duty(room.office.id)
    assert row is not None
    assert [item.text for item in reading.latest_lines(row)] == ["桥下积水", "气象台来电"]


def test_log_pages_search_and_filter(room: Room, now: datetime) -> None:
    made = make_shift(room, now=now)
    for hour, kind in enumerate(("call", "matter", "call")):
        duty.write_line(room.officer, shift_id=made, kind=kind, text=f"第{hour}条", now=now + hour * HOUR)
    first = reading.log(room.officer, query=Query(size=2))
    assert [item.text for item in first.rows] == ["第2条", "第1条"]
    assert [item.text for item in reading.log(room.officer, query=Query(after=first.next, size=2)).rows] == ["第0条"]
    assert len(reading.log(room.officer, query=Query(filters={"kind": "call"})).rows) == 2
    assert len(reading.log(room.officer, query=Query("第1")).rows) == 1
    day = {"from": "2026-03-10", "to": "2026-03-10"}
    assert len(reading.log(room.officer, query=Query(filters=day)).rows) == 3
    assert reading.log(room.stranger, query=Query()).rows == []


def test_people_on_duty_are_told_of_an_incident_and_nobody_else(room: Room, now: datetime) -> None:
    make_shift(room, now=now)
    colleague = make_actor("emergency.report", organisation=None, everywhere=True)
    take_incident(room.officer, new=new_incident(now), now=now)
    assert len(inbox(room.officer).rows) == 1
    assert len(inbox(colleague).rows) == 0
