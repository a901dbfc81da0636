"""The smallest city in which an emergency can be commanded."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from onecity.domains.emergency import permissions
from onecity.domains.emergency.contracts import (
    GroupDraft,
    LevelDraft,
    NeedDraft,
    NewIncident,
    NewReport,
    NewShift,
    PlanDraft,
    StepDraft,
)
from onecity.domains.emergency.models import Incident, PlanVersion
from onecity.domains.emergency.services import duty, grading, incidents, plans, reporting, responses
from onecity.domains.emergency.services.configuring import install_first_lists, set_duty_room
from onecity.kernel.actor import Actor, system_actor
from onecity.platform.geo.tests.factories import COMMUNITY, SOUTH, WEST, make_cell, make_tree
from onecity.platform.identity.api import organisation
from onecity.platform.identity.contracts import OrganisationInfo
from onecity.platform.identity.tests.factories import make_actor, make_organisation

SYSTEM: Final = system_actor("test")
GRID: Final = f"{COMMUNITY}001"
INSIDE: Final = (WEST + 0.0005, SOUTH + 0.0005)
FLOOD: Final = "11A02"
BRIDGE: Final = "12P04"


@dataclass(frozen=True, slots=True)
class Room:
    """A duty room and who works there."""

    office: OrganisationInfo
    water: OrganisationInfo
    officer: Actor
    leader: Actor
    stranger: Actor
    editor: Actor
    commander: Actor
    rescuer: Actor


def make_room() -> Room:
    """Make the city, its emergency office, another body, and the people on duty."""
    make_tree()
    make_cell(GRID)
    install_first_lists()
    office, water = make_organisation("应急管理局", division="220000"), make_organisation("水务局", division="220000")
    set_duty_room(SYSTEM, division_code="22", organisation_id=office.id, level="city")
    codes = (permissions.VIEW, permissions.MAP_VIEW, permissions.REPORT, permissions.VERIFY)
    return Room(
        office=organisation(office.id),
        water=organisation(water.id),
        officer=make_actor(*codes, organisation=office),
        leader=make_actor(
            *codes, permissions.APPROVE, permissions.KEEP_DUTY, permissions.CONFIGURE, organisation=office
        ),
        stranger=make_actor(*codes, permissions.APPROVE, permissions.KEEP_DUTY, organisation=water),
        editor=make_actor(permissions.VIEW, permissions.WRITE_PLAN, organisation=office),
        commander=make_actor(
            permissions.VIEW,
            permissions.MAP_VIEW,
            permissions.APPROVE,
            permissions.PUBLISH_PLAN,
            permissions.COMMAND,
            permissions.HANDLE,
            everywhere=True,
        ),
        rescuer=make_actor(permissions.VIEW, permissions.CASES_VIEW, permissions.HANDLE, organisation=water),
    )


def new_incident(now: datetime, **changes: object) -> NewIncident:
    """Return an incident that began ten minutes ago."""
    new = NewIncident(
        kind_code=FLOOD,
        title="人民大街下穿桥积水",
        words="桥下积水约半米，两辆小客车被困。",
        source="phone",
        occurred_at=now - timedelta(minutes=10),
        location=INSIDE,
    )
    return replace(new, **changes)  # type: ignore[arg-type]  # fields by name


def make_incident(
    room: Room, *, now: datetime, grade: int | None = None, verified: bool = True, **facts: object
) -> str:
    """Take an incident in, verify and grade it; returns its number."""
    number = incidents.take_incident(room.officer, new=new_incident(now, **facts), now=now).number
    if verified:
        incidents.verify(room.officer, number=number, is_real=True, note="", now=now)
    if grade is not None:
        change = grading.propose_grade(room.officer, number=number, grade=grade, reason="雨情发展", now=now)
        grading.decide_grade(room.leader, number=number, change_id=change, granted=True, note="", now=now)
    return number


def kept(number: str) -> Incident:
    """Return an incident's row."""
    return Incident.objects.get(number=number)


def report(room: Room, number: str, *, now: datetime, **facts: object) -> int:
    """Write the next report."""
    new = NewReport(**{"situation": "积水正在抽排", **facts})  # type: ignore[arg-type]  # fields by name
    return reporting.write_report(room.officer, number=number, new=new, now=now)


def make_shift(room: Room, *, now: datetime, hours: int = 8, taken: bool = True) -> int:
    """Put a shift into the roster that begins now, and let its officer take over; returns its id."""
    new = NewShift(room.office.id, now, now + timedelta(hours=hours), room.officer.account_id, room.leader.account_id)
    made = duty.plan_shift(room.leader, new=new, now=now)
    if taken:
        duty.take_over(room.officer, shift_id=made, now=now)
    return made


def plan_draft(room: Room, **changes: object) -> PlanDraft:
    """Return a whole plan against floods: levels 2 and 4, two groups, three steps, the last from level 2 on."""
    draft = PlanDraft(
        code="flood",
        name="城区防汛应急预案",
        kind="special",
        kind_prefix="11A",
        purpose="城区内涝处置",
        levels=(LevelDraft(2, "积水0.5米以上"), LevelDraft(4, "积水0.15米以上", "巡查")),
        groups=(GroupDraft("drain", "排水抢险组", room.water.id), GroupDraft("office", "综合组", room.office.id)),
        steps=(
            StepDraft("drain", "泵车到场抽排", 30, detail="到场后报告水深"),
            StepDraft("office", "通知沿线单位", 60),
            StepDraft("drain", "封闭下穿桥", 15, 2),
        ),
        needs=(NeedDraft("team", "排水抢险队", 2, "支"),),
    )
    return replace(draft, **changes)  # type: ignore[arg-type]  # fields by name


def make_plan(room: Room, *, now: datetime, **changes: object) -> PlanVersion:
    """Write and publish the plan against floods."""
    version = plans.write_plan(room.editor, draft=plan_draft(room, **changes), now=now)
    plans.publish_plan(room.commander, version_id=version.pk, now=now)
    version.refresh_from_db()
    return version


def start(room: Room, *, now: datetime, level: int = 4, grade: int | None = None, is_drill: bool = False) -> int:
    """Publish the plan, take an incident in, and start the plan for it; returns the response's id."""
    version = make_plan(room, now=now)
    number = make_incident(room, now=now, grade=grade, is_drill=is_drill)
    return responses.start_response(
        room.commander, number=number, version_id=version.pk, level=level, conditions_met="积水0.3米", now=now
    ).id
