"""The register of persons as programs use it. Identifiers come in bodies, never in addresses; every answer that holds
personal data asks for a reason and leaves a line in the person's usage log."""

from datetime import date, datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router, Status

from onecity.kernel import clock
from onecity.kernel.errors import NotFound
from onecity.kernel.text import zh
from onecity.platform.registers.contracts.persons import FieldChange, NewEvent, NewPerson, StateInfo
from onecity.platform.registers.models import PersonUse
from onecity.platform.registers.operations.asking import actor_of, reason_of
from onecity.platform.registers.operations.persons_schemas import (
    ChangedOut,
    ChangeIn,
    EnteredOut,
    EventIn,
    ExistsOut,
    HouseholdOut,
    IdentifierIn,
    LookIn,
    LookOut,
    NewPersonIn,
    OriginOut,
    PersonFileOut,
    PersonOut,
    PersonsOut,
    StateOut,
    UseOut,
)
from onecity.platform.registers.permissions import USE_INTERFACE
from onecity.platform.registers.selectors.persons import file
from onecity.platform.registers.selectors.persons.facts import by_identifier, household_info, persons_page
from onecity.platform.registers.services.persons.changing import change_fields
from onecity.platform.registers.services.persons.entering import register_person
from onecity.platform.registers.services.persons.life_events import record_life_event
from onecity.platform.registers.services.persons.uses import look_at, note_uses
from onecity.web.api import needs

router = Router(tags=["registers"])
households = Router(tags=["registers"])
Size = Annotated[int, Query(ge=1, le=200)]


@router.post("", response={201: EnteredOut}, auth=needs(USE_INTERFACE), summary=zh("登记人员"))
def create(request: HttpRequest, given: NewPersonIn) -> Status[EnteredOut]:
    """Enter a person."""
    new = NewPerson(
        **given.model_dump(exclude={"place", "living"}),
        place=given.place.place() if given.place else None,
        living=given.living.place() if given.living else None,
    )
    number = register_person(actor_of(request), new=new, now=clock.city_now())
    return Status(201, EnteredOut(id=number))


@router.get("", response=PersonsOut, auth=needs(USE_INTERFACE), summary=zh("分页读取人员"))
def listed(request: HttpRequest, after: int = 0, size: Size = 50) -> PersonsOut:
    """Return persons within the caller's scope, by number; asks for a reason."""
    rows = persons_page(actor_of(request), after=after, size=size)
    _note(request, [row.id for row in rows], ["facts"])
    following = rows[-1].id if len(rows) == size else None
    return PersonsOut(items=[PersonOut.of(row) for row in rows], next=following)


@router.post("/exists", response=ExistsOut, auth=needs(USE_INTERFACE), summary=zh("核验证件号码是否在库"))
def exists(request: HttpRequest, given: IdentifierIn) -> ExistsOut:
    """Say whether the register knows somebody by this number; asks for a reason."""
    reason = reason_of(request)
    actor = actor_of(request)
    found = by_identifier(actor, given.identifier)
    if found:
        note_uses(
            actor,
            person_ids=[found.id],
            kind=PersonUse.Kind.EXISTS,
            fields=["exists"],
            reason=reason,
            now=clock.real_now(),
        )
    return ExistsOut(exists=found is not None)


@router.get("/{person_id}", response=PersonFileOut, auth=needs(USE_INTERFACE), summary=zh("读取一个人员及各项来源"))
def read(request: HttpRequest, person_id: int) -> PersonFileOut:
    """Return a person with the origin of each value; asks for a reason."""
    reason_of(request)
    found = file.person_file(actor_of(request), person_id)
    _note(request, [person_id], ["facts"])
    origins = {item.name: OriginOut(source=item.source_name, observed_at=item.observed_at) for item in found.fields}
    return PersonFileOut(**PersonOut.of(found.person).model_dump(), origins=origins)


@router.patch("/{person_id}", response=ChangedOut, auth=needs(USE_INTERFACE), summary=zh("提交人员信息的变更或更正"))
def update(request: HttpRequest, person_id: int, given: ChangeIn) -> ChangedOut:
    """Bring a source's values; the rules of sources say which of them stand."""
    change = FieldChange(**given.model_dump())
    done = change_fields(actor_of(request), person_id=person_id, change=change, now=clock.city_now())
    return ChangedOut(verdicts=dict(done.verdicts), revision=done.revision, waiting=done.waiting)


@router.post("/{person_id}/events", response={201: EnteredOut}, auth=needs(USE_INTERFACE), summary=zh("登记人口事件"))
def event(request: HttpRequest, person_id: int, given: EventIn) -> Status[EnteredOut]:
    """Record an event of a life. A birth is recorded at its mother."""
    plain = given.model_dump(exclude={"place"})
    born = given.kind == "birth"
    if born:
        plain["partner_id"] = person_id
    place = given.place.place() if given.place else None
    new = NewEvent(**plain, person_id=None if born else person_id, place=place)
    return Status(201, EnteredOut(id=record_life_event(actor_of(request), event=new, now=clock.city_now())))


@router.get("/{person_id}/history", response=list[StateOut], auth=needs(USE_INTERFACE), summary=zh("人员信息沿革"))
def history(request: HttpRequest, person_id: int) -> list[StateOut]:
    """Return the states that are believed now, the newest first; asks for a reason."""
    reason_of(request)
    states = file.history(actor_of(request), person_id)
    _note(request, [person_id], ["history"])
    return [_state(item) for item in states]


@router.get("/{person_id}/as-of", response=StateOut, auth=needs(USE_INTERFACE), summary=zh("某日某时所知的人员信息"))
def as_of(request: HttpRequest, person_id: int, valid_at: date, known_at: datetime | None = None) -> StateOut:
    """Return how the person was on a day, as it was known at a moment; asks for a reason."""
    reason_of(request)
    moment = known_at or clock.city_now()
    moment = moment if moment.tzinfo else moment.replace(tzinfo=clock.CITY_ZONE)
    found = file.as_of(actor_of(request), person_id, valid_at=valid_at, known_at=moment)
    _note(request, [person_id], ["history"])
    if found is None:
        raise NotFound(zh("该日该时人口库中还没有此人的信息"))
    return _state(found)


@router.get("/{person_id}/uses", response=list[UseOut], auth=needs(USE_INTERFACE), summary=zh("个人信息使用记录"))
def used(request: HttpRequest, person_id: int) -> list[UseOut]:
    """Return who used this person's data, when, why and which fields, the newest first."""
    return [
        UseOut(
            at=item.at,
            kind=item.kind,
            actor=item.actor,
            actor_name=item.actor_name,
            organisation=item.organisation_name,
            fields=list(item.fields),
            reason=item.reason,
        )
        for item in file.uses(actor_of(request), person_id)
    ]


@router.post("/{person_id}/look", response=LookOut, auth=needs(USE_INTERFACE), summary=zh("查看证件号码等原文"))
def look(request: HttpRequest, person_id: int, given: LookIn) -> LookOut:
    """Return a sealed value in clear; asks for a reason and for the right to look."""
    value = look_at(
        actor_of(request),
        person_id=person_id,
        field=given.field,
        reason=reason_of(request),
        now=clock.real_now(),
    )
    return LookOut(value=value)


@households.get("/{household_id}", response=HouseholdOut, auth=needs(USE_INTERFACE), summary=zh("读取一户及其成员"))
def household(request: HttpRequest, household_id: int) -> HouseholdOut:
    """Return a household with its members; asks for a reason."""
    reason_of(request)
    found = household_info(actor_of(request), household_id)
    _note(request, [item.id for item in found.members], ["household"])
    return HouseholdOut.of(found)


def _note(request: HttpRequest, ids: list[int], fields: list[str]) -> None:
    note_uses(
        actor_of(request),
        person_ids=ids,
        kind=PersonUse.Kind.QUERY,
        fields=fields,
        reason=reason_of(request),
        now=clock.real_now(),
    )


def _state(item: StateInfo) -> StateOut:
    return StateOut(
        facts=dict(item.facts), valid_from=item.valid_from, valid_to=item.valid_to, known_from=item.known_from
    )
