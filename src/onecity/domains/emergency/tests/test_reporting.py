"""What is owed to the levels above, by when, and what fulfils it; the clock that tells of it."""

from datetime import date, datetime, timedelta

import pytest

from onecity.domains.emergency.contracts import HarmFigures, NewReport, NewRule
from onecity.domains.emergency.models import DutyRoom, IncidentReport, ReportDuty, ReportRule
from onecity.domains.emergency.selectors.incidents import duties_of, owed_reports
from onecity.domains.emergency.services import grading, reporting
from onecity.domains.emergency.services.configuring import install_first_lists, set_duty_room, set_rule
from onecity.domains.emergency.services.incidents import close, merge, verify
from onecity.domains.emergency.services.locking import NotItsTurn
from onecity.domains.emergency.services.ticks import tell_of_limits, tell_of_limits_at
from onecity.domains.emergency.tests.factories import (
    SYSTEM,
    Room,
    kept,
    make_incident,
    make_shift,
    report,
)
from onecity.kernel.errors import Invalid, NotFound, NotPermitted
from onecity.platform.messages.api import inbox

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def owed(number: str) -> list[tuple[str, str]]:
    return [(item.kind, item.to_level) for item in duties_of(kept(number)) if item.written_at is None]


def regrade(room: Room, number: str, grade: int, now: datetime) -> None:
    change = grading.propose_grade(room.officer, number=number, grade=grade, reason="发展", now=now)
    grading.decide_grade(room.leader, number=number, change_id=change, granted=True, note="", now=now)


def test_grave_incident_owes_a_call_and_a_first_report(room: Room, now: datetime) -> None:
    number = make_incident(room, now=now, grade=2)
    duty = duties_of(kept(number))[0]
    assert (duty.phone_due_at, duty.written_due_at) == (now + 30 * MINUTE, now + 120 * MINUTE)
    assert owed(number) == [("first", "province")]


def test_common_incident_owes_nothing_above(room: Room, now: datetime) -> None:
    assert owed(make_incident(room, now=now, grade=4)) == []


def test_higher_grade_brings_its_own_limit(room: Room, now: datetime) -> None:
    number = make_incident(room, now=now, grade=3)
    assert duties_of(kept(number))[0].written_due_at == now - 10 * MINUTE + 180 * MINUTE
    regrade(room, number, 1, now + 20 * MINUTE)
    duty = duties_of(kept(number))[0]
    assert (duty.written_due_at, duty.phone_due_at) == (now + 120 * MINUTE, now + 30 * MINUTE)


def test_lower_grade_lets_what_was_not_done_fall_away_and_a_higher_one_brings_it_back(
    room: Room, now: datetime
) -> None:
    number = make_incident(room, now=now, grade=2)
    regrade(room, number, 4, now)
    assert owed(number) == []
    regrade(room, number, 2, now)
    assert owed(number) == [("first", "province")]


def test_first_report_is_done_once_and_owes_a_follow_up(room: Room, now: datetime) -> None:
    number = make_incident(room, now=now, grade=2)
    assert report(room, number, now=now + 60 * MINUTE) == 1
    assert owed(number) == [("follow_up", "province")]
    regrade(room, number, 1, now + 70 * MINUTE)
    assert owed(number) == [("follow_up", "province")]
    assert duties_of(kept(number))[-1].written_due_at == now + 60 * MINUTE + timedelta(days=1)


def test_each_follow_up_owes_the_next(room: Room, now: datetime) -> None:
    number = make_incident(room, now=now, grade=2)
    for hours in (1, 2, 3):
        report(room, number, now=now + timedelta(hours=hours))
    assert [item.kind for item in IncidentReport.objects.order_by("serial")] == ["first", "follow_up", "follow_up"]
    assert owed(number) == [("follow_up", "province")]
    assert ReportDuty.objects.filter(kind="follow_up").count() == 3


def test_report_keeps_the_figures_of_its_hour(room: Room, now: datetime) -> None:
    number = make_incident(room, now=now, grade=2)
    report(room, number, now=now)
    report(room, number, now=now, harm=HarmFigures(trapped=4), measures="转移群众", trend="雨势减弱")
    assert [item.trapped for item in IncidentReport.objects.order_by("serial")] == [0, 4]
    assert kept(number).trapped == 4


def test_end_of_handling_owes_the_final_report_only(room: Room, now: datetime) -> None:
    number = make_incident(room, now=now, grade=2)
    report(room, number, now=now)
    with pytest.raises(NotItsTurn):
        report(room, number, now=now, is_final=True)
    close(room.officer, number=number, result="水退", now=now + timedelta(hours=5))
    assert owed(number) == [("final", "province")]
    report(room, number, now=now + timedelta(days=1))
    assert owed(number) == [("final", "province")]
    report(room, number, now=now + timedelta(days=2), is_final=True)
    assert owed(number) == []
    with pytest.raises(reporting.FinalAlready):
        report(room, number, now=now)


def test_false_and_merged_incidents_owe_nothing(room: Room, now: datetime) -> None:
    false = make_incident(room, now=now, grade=1, verified=False)
    verify(room.officer, number=false, is_real=False, note="误报", now=now)
    merged, goal = make_incident(room, now=now, grade=1), make_incident(room, now=now)
    merge(room.officer, number=merged, into=goal, now=now)
    assert owed(false) == owed(merged) == []


def test_call_is_noted_once(room: Room, now: datetime) -> None:
    number = make_incident(room, now=now, grade=1)
    reporting.note_call(room.officer, number=number, to_level="province", words="省厅值班室王某", now=now + MINUTE)
    assert duties_of(kept(number))[0].phoned_at == now + MINUTE
    with pytest.raises(NotFound):
        reporting.note_call(room.officer, number=number, to_level="province", words="", now=now)


def test_report_may_go_to_chosen_levels(room: Room, now: datetime) -> None:
    number = make_incident(room, now=now, grade=1)
    report(room, number, now=now, to_levels=("state",))
    assert owed(number) == [("first", "province")]


@pytest.mark.parametrize(
    ("new", "field"), [(NewReport(" "), "situation"), (NewReport("雨", to_levels=("moon",)), "to_levels")]
)
def test_report_at_fault_is_refused(room: Room, now: datetime, new: NewReport, field: str) -> None:
    number = make_incident(room, now=now, grade=1)
    with pytest.raises(Invalid) as refusal:
        reporting.write_report(room.officer, number=number, new=new, now=now)
    assert list(refusal.value.fields) == [field]


def test_ungraded_incident_can_be_reported_without_a_debt(room: Room, now: datetime) -> None:
    number = make_incident(room, now=now)
    assert report(room, number, now=now) == 1
    assert owed(number) == []


def test_room_is_reminded_before_and_told_after_each_limit_once(room: Room, now: datetime) -> None:
    make_shift(room, now=now)
    make_incident(room, now=now, grade=2)
    assert tell_of_limits_at(now=now) == 0
    assert tell_of_limits_at(now=now + 20 * MINUTE) == 2
    assert tell_of_limits_at(now=now + 25 * MINUTE) == 0
    assert tell_of_limits_at(now=now + 31 * MINUTE) == 4
    assert tell_of_limits_at(now=now + 32 * MINUTE) == 0
    assert tell_of_limits_at(now=now + 121 * MINUTE) == 4
    assert tell_of_limits_at(now=now + 500 * MINUTE) == 0
    titles = [item.title for item in inbox(room.officer).rows]
    assert sum("即将到报送时限" in item for item in titles) == 1
    assert sum("已逾期" in item for item in titles) == 2


def test_late_without_reminder_is_told_once(room: Room, now: datetime) -> None:
    make_shift(room, now=now)
    make_incident(room, now=now, grade=2)
    assert tell_of_limits_at(now=now + 600 * MINUTE) == 4
    assert tell_of_limits_at(now=now + 601 * MINUTE) == 0
    assert tell_of_limits() == 0


def test_desk_sees_what_is_owed_by_its_own_incidents(room: Room, now: datetime) -> None:
    make_incident(room, now=now, grade=2)
    assert len(owed_reports(room.officer, until=now + timedelta(days=1))) == 1
    assert owed_reports(room.officer, until=now) == []
    assert owed_reports(room.stranger, until=now + timedelta(days=1)) == []


def rule(**facts: object) -> NewRule:
    given: dict[str, object] = {
        "kind": "first", "grade": 4, "from_level": "city", "to_level": "province", "clock": "receipt",
        "written_minutes": 300, "effective_from": date(2026, 3, 1), **facts,
    }  # fmt: skip
    return NewRule(**given)  # type: ignore[arg-type]  # fields by name


def test_new_row_ends_the_one_before_it(room: Room, now: datetime) -> None:
    first = set_rule(room.leader, new=rule())
    second = set_rule(room.leader, new=rule(effective_from=date(2026, 3, 10), written_minutes=60, phone_minutes=10))
    assert ReportRule.objects.get(id=first).effective_to == date(2026, 3, 9)
    duty = duties_of(kept(make_incident(room, now=now, grade=4)))[0]
    assert (duty.rule_id, duty.written_due_at) == (second, now + 60 * MINUTE)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"kind": "x"}, "kind"), ({"grade": 9}, "grade"), ({"clock": "x"}, "clock"),
        ({"to_level": "county"}, "to_level"),
        ({"written_minutes": 0}, "written_minutes"), ({"phone_minutes": 999_999}, "phone_minutes"),
        ({"grade": 1, "effective_from": date(2024, 11, 1)}, "effective_from"),
    ],
)  # fmt: skip
def test_row_at_fault_is_refused_by_field(room: Room, facts: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        set_rule(room.leader, new=rule(**facts))
    assert list(refusal.value.fields) == [field]


def test_rules_and_rooms_are_set_by_those_who_may(room: Room) -> None:
    with pytest.raises(NotPermitted):
        set_rule(room.officer, new=rule())
    with pytest.raises(NotPermitted):
        set_duty_room(room.officer, division_code="22", organisation_id=room.office.id, level="city")
    for division, level, field in (("2", "city", "division_code"), ("22", "moon", "level")):
        with pytest.raises(Invalid) as refusal:
            set_duty_room(SYSTEM, division_code=division, organisation_id=room.office.id, level=level)
        assert list(refusal.value.fields) == [field]


def test_narrowest_room_takes_what_happens_in_its_division(room: Room, now: datetime) -> None:
    set_duty_room(SYSTEM, division_code="220000", organisation_id=room.water.id, level="county")
    assert DutyRoom.objects.count() == 2
    number = make_incident(room, now=now, verified=False, location=None, division_code="220000")
    assert (kept(number).organisation_id, kept(number).level) == (room.water.id, "county")


def test_first_lists_are_brought_in_once(room: Room) -> None:
    assert install_first_lists() == 0
