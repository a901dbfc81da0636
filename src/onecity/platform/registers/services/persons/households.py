"""Households: opened, split, merged; their heads."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from onecity.kernel.actor import Actor
from onecity.kernel.clock import city_date
from onecity.kernel.errors import Conflict, Invalid
from onecity.kernel.text import zh
from onecity.platform.identity.api import record
from onecity.platform.registers.contracts.persons import NewEvent, Place
from onecity.platform.registers.contracts.provenance import SourceInfo
from onecity.platform.registers.models import Household, LifeEvent, Person
from onecity.platform.registers.rules.person_codes import HEAD, RELATION
from onecity.platform.registers.rules.person_fields import faults_of, written_place
from onecity.platform.registers.selectors.persons.rows import check_place, locked_household, locked_person
from onecity.platform.registers.selectors.provenance import source_by_code
from onecity.platform.registers.services.persons.columns import address_id
from onecity.platform.registers.services.persons.dwelling import keep_former_place
from onecity.platform.registers.services.persons.entering import announce, place_of
from onecity.platform.registers.services.persons.life_events import change_now, write_line
from onecity.platform.registers.services.persons.states import HOUSEHOLD


class HouseholdRefused(Invalid):
    """What was given does not make a household; the fields say why."""

    code = "registers.household_refused"
    message = zh("户信息不符合要求")


class HouseholdClosed(Conflict):
    """The household has been closed or merged."""

    code = "registers.household_closed"
    message = zh("该户已销户，不能再办理此项登记")


@dataclass(frozen=True, slots=True)
class NewHousehold:
    """A household to be opened. number: 户号, unique. opened_date: None for today."""

    number: str
    place: Place
    source: str
    kind: str = "family"
    opened_date: date | None = None


def open_household(actor: Actor, *, new: NewHousehold, now: datetime) -> int:
    """Open a household and return its id.

    Raises: HouseholdRefused naming the fields; NotPermitted outside the actor's scope; UnknownSource.
    """
    source = source_by_code(new.source)
    place = written_place(new.place.division_code, new.place.address)
    faults = _faults(new, place, today=city_date(now))
    if faults:
        raise HouseholdRefused(fields=faults)
    with transaction.atomic():
        check_place(actor, organisation_id=source.organisation_id, division_code=new.place.division_code)
        row = Household.objects.create(
            number=new.number.strip(),
            kind=new.kind,
            address_id=address_id(place),
            division_code=new.place.division_code,
            organisation_id=source.organisation_id,
            source_id=source.id,
            observed_at=now,
            opened_date=new.opened_date or city_date(now),
            created_at=now,
        )
        record(actor, action="registers.open_household", target=f"registers.household:{row.id}")
    return row.id


def split_household(
    actor: Actor, *, household_id: int, members: Mapping[int, str], new: NewHousehold, now: datetime
) -> int:
    """Take members out into a household of their own; returns its id.

    members: person's id → relation to the new head, who is the one with code 02.
    Raises: HouseholdRefused; HouseholdClosed; NoSuchHousehold; NoSuchPerson.
    """
    source = source_by_code(new.source)
    _check_relations(members, needs_head=True)
    with transaction.atomic():
        old = locked_household(actor, household_id)
        _check_open(old)
        made = open_household(actor, new=new, now=now)
        fresh = locked_household(actor, made)
        day = fresh.opened_date or city_date(now)
        _move(actor, members, old, into=fresh, kind=LifeEvent.Kind.SPLIT, source=source, day=day, now=now)
        fresh.head_id = next(person for person, relation in members.items() if relation == HEAD)
        fresh.save(update_fields=["head_id"])
        if old.head_id in members:
            old.head_id = None
            old.save(update_fields=["head_id"])
        details = {"from": household_id, "members": sorted(members)}
        record(actor, action="registers.split_household", target=f"registers.household:{made}", details=details)
    return made


def merge_households(
    actor: Actor, *, from_id: int, into_id: int, relations: Mapping[int, str], source: str, now: datetime
) -> None:
    """Move everybody of one household into another and close the first.

    relations: person's id → relation to the head of the other household, for every member.
    Raises: HouseholdRefused; HouseholdClosed; NoSuchHousehold; UnknownSource.
    """
    known = source_by_code(source)
    _check_relations(relations, needs_head=False)
    if from_id == into_id:
        raise HouseholdRefused(fields={"into": zh("不能并入本户")})
    with transaction.atomic():
        rows = {number: locked_household(actor, number) for number in sorted((from_id, into_id))}
        old, into = rows[from_id], rows[into_id]
        _check_open(old)
        _check_open(into)
        everybody = set(Person.objects.filter(household=old).values_list("id", flat=True))
        if everybody != set(relations):
            raise HouseholdRefused(fields={"members": zh("请为每一位成员填写与新户主的关系")})
        day = city_date(now)
        _move(actor, relations, old, into=into, kind=LifeEvent.Kind.JOIN, source=known, day=day, now=now)
        old.closed_date, old.merged_into_id, old.head_id = day, into.id, None
        old.save(update_fields=["closed_date", "merged_into_id", "head_id"])
        record(
            actor,
            action="registers.merge_households",
            target=f"registers.household:{into.id}",
            details={"from": old.id, "members": sorted(relations)},
        )


def set_head(actor: Actor, *, household_id: int, person_id: int, source: str, now: datetime) -> None:
    """Make a member the head of the household; the others' relations are changed by their own events.

    Raises: HouseholdRefused if he is no member; HouseholdClosed; NoSuchHousehold; NoSuchPerson.
    """
    known = source_by_code(source)
    with transaction.atomic():
        household = locked_household(actor, household_id)
        _check_open(household)
        person = locked_person(actor, person_id)
        if person.household_id != household.id:
            raise HouseholdRefused(fields={"person_id": zh("此人不是该户成员")})
        if change_now(person, {"relation_code": HEAD}, since=city_date(now), source=known, now=now):
            announce(person, change="changed", now=now)
        household.head_id = person.id
        household.save(update_fields=["head_id"])
        details = {"head": person.id}
        record(actor, action="registers.set_head", target=f"registers.household:{household.id}", details=details)


def _move(
    actor: Actor,
    members: Mapping[int, str],
    old: Household,
    *,
    into: Household,
    kind: str,
    source: SourceInfo,
    day: date,
    now: datetime,
) -> None:
    place = place_of(into)
    for number in sorted(members):
        person = locked_person(actor, number)
        if person.household_id != old.id:
            raise HouseholdRefused(fields={"members": zh("所选人员不是该户成员")})
        keep_former_place(person, until=day, source=source, now=now)
        patch = {HOUSEHOLD: str(into.id), "relation_code": members[number], "registered_place": place}
        changed = change_now(person, patch, since=day, source=source, now=now)
        event = NewEvent(kind, day, source.code, household_id=into.id)
        write_line(actor, person=person, event=event, changed=changed, source=source, now=now)
        announce(person, change=kind, now=now)


def _faults(new: NewHousehold, place: str, *, today: date) -> dict[str, str]:
    faults = {}
    number = new.number.strip()
    if not number or len(number) > 20:
        faults["number"] = zh("请填写户号（至多20位）")
    elif Household.objects.filter(number=number).exists():
        faults["number"] = zh("户号已被使用")
    if new.kind not in Household.Kind.values:
        faults["kind"] = zh("没有这种户类型")
    if not place or faults_of({"registered_place": place}, today=today):
        faults["place"] = zh("请填写区划和地址")
    return faults


def _check_relations(members: Mapping[int, str], *, needs_head: bool) -> None:
    heads = sum(relation == HEAD for relation in members.values())
    if not members or not set(members.values()) <= set(RELATION):
        raise HouseholdRefused(fields={"members": zh("请选择成员，并填写与户主的关系")})
    if heads != (1 if needs_head else 0):
        text = zh("新户应有且只有一位户主") if needs_head else zh("并户后户主不变，成员中不能再有户主")
        raise HouseholdRefused(fields={"members": text})


def _check_open(household: Household) -> None:
    if household.closed_date is not None:
        raise HouseholdClosed
