"""Taking incidents in, verifying, grading, merging and closing them."""

from datetime import datetime, timedelta

import pytest

from onecity.domains.emergency.contracts import HarmFigures
from onecity.domains.emergency.models import GradeChange, Incident, TimelineEntry
from onecity.domains.emergency.selectors.incidents import IncidentMissing, incident_of, timeline
from onecity.domains.emergency.services import grading
from onecity.domains.emergency.services.incidents import close, merge, note, take_incident, verify
from onecity.domains.emergency.services.locking import NotItsTurn
from onecity.domains.emergency.tests.factories import BRIDGE, GRID, SYSTEM, Room, kept, make_incident, new_incident
from onecity.kernel.errors import Invalid, NotFound, NotPermitted
from onecity.platform.identity.tests.factories import make_actor, times_audited
from onecity.platform.messages.api import inbox

pytestmark = pytest.mark.django_db
LATER = timedelta(minutes=5)


def test_incident_lies_in_its_grid_and_belongs_to_the_duty_room(room: Room, now: datetime) -> None:
    taken = take_incident(room.officer, new=new_incident(now), now=now)
    row = kept(taken.number)
    assert (row.organisation_id, row.division_code, row.level) == (room.office.id, GRID, "city")
    assert row.address
    assert row.number.startswith("SJ20260310")
    assert [item.kind for item in timeline(row)] == ["received"]
    assert times_audited("emergency.take_incident") == 1


def test_one_origin_makes_one_incident(room: Room, now: datetime) -> None:
    first = take_incident(SYSTEM, new=new_incident(now, origin="iot.alarm:1"), now=now)
    again = take_incident(SYSTEM, new=new_incident(now, origin="iot.alarm:1"), now=now)
    assert (first.created, again.created) == (True, False)
    assert first.number == again.number
    assert Incident.objects.count() == 1


def test_everybody_with_the_right_is_told_while_nobody_is_on_duty(room: Room, now: datetime) -> None:
    take_incident(room.officer, new=new_incident(now, is_drill=True), now=now)
    page = inbox(room.leader)
    assert [item.title for item in page.rows] == ["突发事件：【演练】人民大街下穿桥积水"]


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"title": " "}, "title"),
        ({"words": ""}, "words"),
        ({"kind_code": "99999"}, "kind_code"),
        ({"source": "dream"}, "source"),
        ({"location": (0.0, 0.0)}, "longitude"),
        ({"location": None, "division_code": "44"}, "address"),
        ({"location": None}, "address"),
    ],
)
def test_incident_at_fault_is_refused_by_field(room: Room, now: datetime, facts: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        take_incident(room.officer, new=new_incident(now, **facts), now=now)
    assert list(refusal.value.fields) == [field]


def test_incident_of_the_future_is_refused(room: Room, now: datetime) -> None:
    with pytest.raises(Invalid) as refusal:
        take_incident(room.officer, new=new_incident(now, occurred_at=now + timedelta(hours=1)), now=now)
    assert list(refusal.value.fields) == ["occurred_at"]


def test_incident_may_lie_in_a_division_without_a_point(room: Room, now: datetime) -> None:
    taken = take_incident(room.officer, new=new_incident(now, location=None, division_code="220000"), now=now)
    assert kept(taken.number).division_code == "220000"


def test_who_may_not_report_takes_nothing_in(room: Room, now: datetime) -> None:
    with pytest.raises(NotPermitted):
        take_incident(make_actor("emergency.view"), new=new_incident(now), now=now)


def test_other_body_neither_sees_nor_changes(room: Room, now: datetime) -> None:
    number = make_incident(room, now=now, verified=False)
    with pytest.raises(IncidentMissing):
        incident_of(room.stranger, number)
    with pytest.raises(IncidentMissing):
        verify(room.stranger, number=number, is_real=True, note="", now=now)
    with pytest.raises(NotPermitted):
        verify(make_actor("emergency.view", everywhere=True), number=number, is_real=True, note="", now=now)


def test_false_incident_ends_with_its_reason(room: Room, now: datetime) -> None:
    number = make_incident(room, now=now, verified=False)
    with pytest.raises(Invalid):
        verify(room.officer, number=number, is_real=False, note=" ", now=now)
    verify(room.officer, number=number, is_real=False, note="误报", now=now + LATER)
    row = kept(number)
    assert (row.status, row.closed_at) == ("false", now + LATER)
    with pytest.raises(NotItsTurn):
        verify(room.officer, number=number, is_real=True, note="", now=now)


def test_notes_stand_in_the_timeline(room: Room, now: datetime) -> None:
    number = make_incident(room, now=now)
    note(room.officer, number=number, text="泵车到场", now=now + LATER)
    with pytest.raises(Invalid):
        note(room.officer, number=number, text=" ", now=now)
    assert timeline(kept(number))[-1].text == "泵车到场"


def test_long_lines_are_cut(room: Room, now: datetime) -> None:
    number = make_incident(room, now=now)
    note(room.officer, number=number, text="水" * 700, now=now)
    assert len(TimelineEntry.objects.latest("id").text) == 600


def test_merged_incident_hands_its_times_over(room: Room, now: datetime) -> None:
    first = make_incident(room, now=now)
    second = make_incident(room, now=now + LATER)
    merge(room.officer, number=first, into=second, now=now + 2 * LATER)
    row, goal = kept(first), kept(second)
    assert (row.status, row.merged_into) == ("merged", goal)
    assert (goal.received_at, goal.occurred_at) == (row.received_at, row.occurred_at)
    assert {item.incident_id for item in timeline(goal)} == {row.pk, goal.pk}
    with pytest.raises(NotItsTurn):
        merge(room.officer, number=second, into=first, now=now)


def test_exercise_is_not_merged_into_a_real_incident(room: Room, now: datetime) -> None:
    real, drill = make_incident(room, now=now), make_incident(room, now=now, is_drill=True)
    for pair in ((drill, real), (real, real)):
        with pytest.raises(Invalid) as refusal:
            merge(room.officer, number=pair[0], into=pair[1], now=now)
        assert list(refusal.value.fields) == ["into"]


def test_closing_needs_a_result_and_a_verified_incident(room: Room, now: datetime) -> None:
    number = make_incident(room, now=now, verified=False)
    with pytest.raises(NotItsTurn):
        close(room.officer, number=number, result="水退", now=now)
    verify(room.officer, number=number, is_real=True, note="", now=now)
    with pytest.raises(Invalid):
        close(room.officer, number=number, result="", now=now)
    close(room.officer, number=number, result="水退，交通恢复", now=now + LATER)
    assert kept(number).status == "closed"


def test_grade_holds_only_after_another_has_decided(room: Room, now: datetime) -> None:
    number = make_incident(room, now=now)
    change = grading.propose_grade(room.leader, number=number, grade=2, reason="人员被困", now=now)
    assert kept(number).grade is None
    with pytest.raises(grading.ChangeWaits):
        grading.propose_grade(room.officer, number=number, grade=3, reason="重估", now=now)
    with pytest.raises(grading.OwnProposal):
        grading.decide_grade(room.leader, number=number, change_id=change, granted=True, note="", now=now)
    grading.decide_grade(SYSTEM, number=number, change_id=change, granted=True, note="同意", now=now + LATER)
    assert kept(number).grade == 2
    assert timeline(kept(number))[-1].kind == "grade"
    with pytest.raises(NotFound):
        grading.decide_grade(SYSTEM, number=number, change_id=change, granted=True, note="", now=now)


def test_refused_grade_changes_nothing_and_has_its_reason(room: Room, now: datetime) -> None:
    number = make_incident(room, now=now, grade=4)
    change = grading.propose_grade(room.officer, number=number, grade=1, reason="扩大", now=now)
    with pytest.raises(Invalid):
        grading.decide_grade(room.leader, number=number, change_id=change, granted=False, note="", now=now)
    grading.decide_grade(room.leader, number=number, change_id=change, granted=False, note="依据不足", now=now)
    assert kept(number).grade == 4
    assert GradeChange.objects.get(id=change).state == "refused"


@pytest.mark.parametrize(("grade", "reason", "field"), [(5, "x", "grade"), (4, "x", "grade"), (3, " ", "reason")])
def test_proposal_at_fault_is_refused(room: Room, now: datetime, grade: int, reason: str, field: str) -> None:
    number = make_incident(room, now=now, grade=4)
    with pytest.raises(Invalid) as refusal:
        grading.propose_grade(room.officer, number=number, grade=grade, reason=reason, now=now)
    assert list(refusal.value.fields) == [field]


def test_officer_without_the_right_decides_nothing(room: Room, now: datetime) -> None:
    number = make_incident(room, now=now)
    change = grading.propose_grade(room.leader, number=number, grade=2, reason="人员被困", now=now)
    with pytest.raises(NotPermitted):
        grading.decide_grade(room.officer, number=number, change_id=change, granted=True, note="", now=now)


def test_thresholds_suggest_a_grade_for_accidents_only(room: Room, now: datetime) -> None:
    harm = HarmFigures(deaths=2, missing=1)
    bridge = make_incident(room, now=now, kind_code=BRIDGE, harm=harm)
    assert grading.suggested_grade(kept(bridge)) == 3
    assert grading.suggested_grade(kept(make_incident(room, now=now, harm=harm))) is None
