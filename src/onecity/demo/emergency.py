"""The demonstration's emergency management: the duty room with its roster, a plan, and incidents at several stages."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

import msgspec

from onecity.demo.packs import CITIES, BadPack, CityPack, Strict
from onecity.demo.synthesis.plane import Plane
from onecity.domains.emergency import api as emergency
from onecity.domains.emergency.contracts import (
    GroupDraft,
    LevelDraft,
    NeedDraft,
    NewIncident,
    NewShift,
    PlanDraft,
    StepDraft,
    TakenIncident,
)
from onecity.kernel.actor import Actor
from onecity.platform.geo import api as geo
from onecity.platform.identity import api as identity

FILE: Final = CITIES / "emergency.toml"
SHIFT: Final = timedelta(hours=8)
SHIFTS: Final = 6


class DemoGroup(Strict, frozen=True):
    """A working group. organisation: code of the body that leads it."""

    code: str
    name: str
    organisation: str
    duties: str


class DemoLevel(Strict, frozen=True):
    """A response level."""

    level: int
    conditions: str
    measures: str


class DemoStep(Strict, frozen=True):
    """A step. limit: minutes. weakest: the lowest level at which it is done."""

    group: str
    title: str
    limit: int
    weakest: int
    detail: str = ""


class DemoPlan(Strict, frozen=True):
    """A plan."""

    code: str
    name: str
    kind: str
    kind_prefix: str
    purpose: str
    levels: tuple[DemoLevel, ...]
    groups: tuple[DemoGroup, ...]
    steps: tuple[DemoStep, ...]
    needs: tuple[Mapping[str, str | int], ...]


class DemoIncident(Strict, frozen=True):
    """An incident. minutes: before the demonstration begins. plan, level, done: a response, how many tasks are done."""

    kind: str
    title: str
    words: str
    source: str
    informant: str
    minutes: int
    east: float
    north: float
    grade: int = 0
    drill: bool = False
    plan: str = ""
    level: int = 4
    done: int = 0
    ended: bool = False


class EmergencyTable(Strict, frozen=True):
    """office: code of the body with the duty room. officer, leader: accounts on duty."""

    office: str
    officer: str
    leader: str
    plan: tuple[DemoPlan, ...]
    incident: tuple[DemoIncident, ...]


def emergency_table() -> EmergencyTable:
    """Return the table.

    Raises: BadPack if it breaks its form.
    """
    try:
        return msgspec.toml.decode(FILE.read_bytes(), type=EmergencyTable)
    except msgspec.DecodeError as error:
        raise BadPack(params={"code": FILE.name, "reason": str(error)}) from error


def load_emergency(actor: Actor, *, pack: CityPack, now: datetime) -> int:
    """Set the duty room up and take its first incidents in, each once; returns how many there are. now: city time."""
    table, bodies = emergency_table(), {item.code: item.id for item in identity.organisations()}
    office = bodies[table.office]
    emergency.set_duty_room(actor, division_code=pack.division_code[:4], organisation_id=office, level="city")
    first = [_take(actor, item, number=number, pack=pack, now=now) for number, item in enumerate(table.incident)]
    if any(item.created for item in first):
        _roster(actor, table, office=office, now=now)
        versions = {item.code: _publish(actor, item, bodies=bodies, office=office, now=now) for item in table.plan}
        for item, taken in zip(table.incident, first, strict=True):
            _go_on(actor, item, number=taken.number, versions=versions, now=now)
    return len(first)


def _roster(actor: Actor, table: EmergencyTable, *, office: int, now: datetime) -> None:
    officer, leader = identity.find_account(table.officer), identity.find_account(table.leader)
    if officer is None or leader is None:
        return
    for place in range(SHIFTS):
        begins = now + place * SHIFT
        new = NewShift(office, begins, begins + SHIFT, officer.id, leader.id)
        emergency.plan_shift(actor, new=new, now=now)


def _publish(actor: Actor, item: DemoPlan, *, bodies: Mapping[str, int], office: int, now: datetime) -> int:
    draft = PlanDraft(
        code=item.code,
        name=item.name,
        kind=item.kind,
        kind_prefix=item.kind_prefix,
        purpose=item.purpose,
        levels=tuple(LevelDraft(row.level, row.conditions, row.measures) for row in item.levels),
        groups=tuple(GroupDraft(row.code, row.name, bodies[row.organisation], row.duties) for row in item.groups),
        steps=tuple(StepDraft(row.group, row.title, row.limit, row.weakest, row.detail) for row in item.steps),
        needs=tuple(
            NeedDraft(str(row["kind"]), str(row["name"]), int(row["amount"]), str(row["unit"])) for row in item.needs
        ),
    )
    version = emergency.write_plan(actor, draft=draft, now=now, organisation_id=office)
    emergency.publish_plan(actor, version_id=version.pk, now=now)
    return int(version.pk)


def _take(actor: Actor, item: DemoIncident, *, number: int, pack: CityPack, now: datetime) -> TakenIncident:
    at = now - timedelta(minutes=item.minutes)
    longitude, latitude = Plane(pack.view.longitude, pack.view.latitude).degrees((item.east, item.north))
    place: tuple[float, float] | None = (longitude, latitude)
    try:
        geo.locate(longitude=longitude, latitude=latitude)
    except geo.OutsideCity:
        place = None
    new = NewIncident(
        kind_code=item.kind,
        title=item.title,
        words=item.words,
        source=item.source,
        informant=item.informant,
        occurred_at=at - timedelta(minutes=5),
        location=place,
        division_code=pack.division_code[:6],
        is_drill=item.drill,
        origin=f"demo.emergency:{number}",
    )
    return emergency.take_incident(actor, new=new, now=at)


def _go_on(actor: Actor, item: DemoIncident, *, number: str, versions: Mapping[str, int], now: datetime) -> None:
    at = now - timedelta(minutes=item.minutes)
    if not item.grade:
        return
    emergency.verify(actor, number=number, is_real=True, note="现场核实属实", now=at + timedelta(minutes=3))
    change = emergency.propose_grade(actor, number=number, grade=item.grade, reason="按分级标准", now=at)
    emergency.decide_grade(
        actor, number=number, change_id=change, granted=True, note="同意", now=at + timedelta(minutes=5)
    )
    if not item.plan:
        return
    started = emergency.start_response(
        actor,
        number=number,
        version_id=versions[item.plan],
        level=item.level,
        conditions_met="达到启动条件，详见现场报告",
        now=at + timedelta(minutes=8),
    )
    for place, task in enumerate(emergency.open_task_ids(started.id)[: item.done]):
        emergency.finish_task(actor, task_id=task, note="已完成", now=at + timedelta(minutes=12 + 2 * place))
    if item.ended:
        emergency.end_response(actor, response_id=started.id, reason="演练科目完成", now=at + timedelta(minutes=60))
