"""Events of a life: each changes the register in one transaction, and leaves its line."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction

from onecity.kernel.actor import Actor
from onecity.kernel.clock import city_date
from onecity.kernel.errors import Conflict
from onecity.kernel.text import zh
from onecity.platform.identity.api import record
from onecity.platform.registers.contracts.persons import NewEvent, NewPerson, Place
from onecity.platform.registers.contracts.provenance import SourceInfo
from onecity.platform.registers.models import Certificate, Household, LifeEvent, Person
from onecity.platform.registers.rules.person_fields import faults_of, tidy_name, written_place
from onecity.platform.registers.rules.provenance import with_origin
from onecity.platform.registers.selectors.persons.rows import locked_household, locked_person
from onecity.platform.registers.selectors.provenance import source_by_code
from onecity.platform.registers.services.persons.columns import canonical_citizen_id
from onecity.platform.registers.services.persons.dwelling import end_residences, keep_former_place, reside
from onecity.platform.registers.services.persons.entering import (
    PersonRefused,
    announce,
    place_of,
    refuse_known,
    register_person,
)
from onecity.platform.registers.services.persons.states import HOUSEHOLD, amend

Kind = LifeEvent.Kind
OLDEST_MOTHER: Final = 60 * 366


class NotAlive(Conflict):
    """The person's registration has ended."""

    code = "registers.not_alive"
    message = zh("此人已注销或迁出，不能再办理此项登记")


def record_life_event(actor: Actor, *, event: NewEvent, now: datetime) -> int:
    """Record what happened and change the register accordingly; returns the event's id. now: city time.

    birth makes a person and puts it into a household; death closes residences, certificates and the membership; moves
    change the place and the household.
    Raises: PersonRefused naming the fields; NotAlive; NoSuchPerson; NoSuchHousehold; UnknownSource; NotPermitted.
    """
    if event.kind != Kind.BIRTH and event.kind not in _DEEDS:
        raise PersonRefused(fields={"kind": zh("没有这种事件")})
    if event.happened_date > city_date(now):
        raise PersonRefused(fields={"happened_date": zh("日期不能晚于今天")})
    source = source_by_code(event.source)
    with transaction.atomic():
        if event.kind == Kind.BIRTH:
            person = _born(actor, event, now)
            changed: tuple[str, ...] = ("name", "sex_code", "birth_date", HOUSEHOLD)
        else:
            person = locked_person(actor, event.person_id or 0)
            if person.status != Person.Status.ALIVE and event.kind not in {Kind.MOVE_IN, Kind.ID_CORRECTION}:
                raise NotAlive
            changed = _DEEDS[event.kind](actor, person, event, source, now)
        line = write_line(actor, person=person, event=event, changed=changed, source=source, now=now)
        details = {"kind": event.kind, "event": line.id, "source": source.code}
        record(actor, action="registers.life_event", target=f"registers.person:{person.id}", details=details)
        announce(person, change=event.kind, now=now)
    return line.id


def write_line(
    actor: Actor, *, person: Person, event: NewEvent, changed: tuple[str, ...], source: SourceInfo, now: datetime
) -> LifeEvent:
    """Write the line of an event."""
    return LifeEvent.objects.create(
        person=person,
        kind=event.kind,
        happened_date=event.happened_date,
        recorded_at=now,
        partner_id=event.partner_id,
        household_id=event.household_id or person.household_id,
        fields=list(changed),
        note=event.note[:200],
        actor=actor.key[:60],
        source_id=source.id,
    )


def change_now(
    person: Person, patch: Mapping[str, str], *, since: date | None, source: SourceInfo, now: datetime
) -> tuple[str, ...]:
    """Write what an event says into a locked person: an event is a decision, so no other source is asked."""
    default = (person.source_id, person.observed_at)
    for name in patch:
        if name != HOUSEHOLD:
            person.field_sources = with_origin(
                person.field_sources, field=name, origin=(source.id, now), default=default
            )
    return amend(person, patch, since=since, now=now)


def _born(actor: Actor, event: NewEvent, now: datetime) -> Person:
    if event.household_id is None:
        raise PersonRefused(fields={"household_id": zh("请选择新生儿落户的户")})
    household = locked_household(actor, event.household_id)
    if event.partner_id is not None:
        _check_mother(locked_person(actor, event.partner_id), event)
    person_id = register_person(
        actor,
        new=NewPerson(
            name=event.values.get("name", ""),
            source=event.source,
            citizen_id=event.values.get("citizen_id", ""),
            sex_code=event.values.get("sex_code", ""),
            birth_date=event.happened_date,
            ethnicity_code=event.values.get("ethnicity_code", ""),
            household_id=household.id,
            relation_code=event.relation_code,
            valid_from=event.happened_date,
        ),
        now=now,
    )
    return locked_person(actor, person_id)


def _check_mother(mother: Person, event: NewEvent) -> None:
    age = event.happened_date - mother.birth_date
    if mother.sex_code == "1" or not timedelta(days=12 * 365) < age < timedelta(days=OLDEST_MOTHER):
        raise PersonRefused(fields={"partner_id": zh("母亲的性别或年龄与出生日期不符")})


def _died(actor: Actor, person: Person, event: NewEvent, source: SourceInfo, now: datetime) -> tuple[str, ...]:
    if event.happened_date < person.birth_date:
        raise PersonRefused(fields={"happened_date": zh("死亡日期不能早于出生日期")})
    end_residences(person, day=event.happened_date)
    Certificate.objects.filter(person=person, state=Certificate.State.VALID).update(state=Certificate.State.WITHDRAWN)
    Household.objects.filter(head_id=person.id).update(head_id=None)
    patch = {"status": Person.Status.DEAD.value, HOUSEHOLD: "", "relation_code": ""}
    changed = change_now(person, patch, since=event.happened_date, source=source, now=now)
    _widow(actor, person, event, source, now)
    return changed


def _widow(actor: Actor, person: Person, event: NewEvent, source: SourceInfo, now: datetime) -> None:
    """Note at the spouse whom the event names that the partner has died."""
    if event.partner_id is None:
        return
    spouse = locked_person(actor, event.partner_id)
    change_now(spouse, {"marital_code": "30"}, since=event.happened_date, source=source, now=now)
    announce(spouse, change=event.kind, now=now)


def _moved(actor: Actor, person: Person, event: NewEvent, source: SourceInfo, now: datetime) -> tuple[str, ...]:
    """Move the registration into another household, within the city or into it."""
    patch = {"status": Person.Status.ALIVE.value, "relation_code": event.relation_code}
    place = _written(event.place)
    if event.household_id is not None:
        household = locked_household(actor, event.household_id)
        place = place or place_of(household)
        patch[HOUSEHOLD] = str(household.id)
    if not place:
        raise PersonRefused(fields={"place": zh("请填写迁往的地址，或选择迁入的户")})
    _check({"registered_place": place, "relation_code": event.relation_code}, now)
    keep_former_place(person, until=event.happened_date, source=source, now=now)
    _leave_headship(person, patch.get(HOUSEHOLD, ""))
    return change_now(person, patch | {"registered_place": place}, since=event.happened_date, source=source, now=now)


def _left(actor: Actor, person: Person, event: NewEvent, source: SourceInfo, now: datetime) -> tuple[str, ...]:
    """Move the registration out of the city."""
    place = _written(event.place)
    if not place:
        raise PersonRefused(fields={"place": zh("请填写迁往的地址")})
    _check({"registered_place": place}, now)
    keep_former_place(person, until=event.happened_date, source=source, now=now)
    end_residences(person, day=event.happened_date)
    _leave_headship(person, "")
    patch = {"status": Person.Status.MOVED_OUT.value, HOUSEHOLD: "", "relation_code": "", "living_place": ""}
    return change_now(person, patch | {"registered_place": place}, since=event.happened_date, source=source, now=now)


def _resides(actor: Actor, person: Person, event: NewEvent, source: SourceInfo, now: datetime) -> tuple[str, ...]:
    """Register a dwelling away from the registered place, with its permit."""
    place = _written(event.place)
    if not place:
        raise PersonRefused(fields={"place": zh("请填写居住地址")})
    _check({"living_place": place}, now)
    changed = change_now(person, {"living_place": place}, since=event.happened_date, source=source, now=now)
    reside(person, event=event, source=source, now=now)
    return changed


def _married(actor: Actor, person: Person, event: NewEvent, source: SourceInfo, now: datetime) -> tuple[str, ...]:
    return _both(actor, person, event, source, now, marital="20")


def _divorced(actor: Actor, person: Person, event: NewEvent, source: SourceInfo, now: datetime) -> tuple[str, ...]:
    return _both(actor, person, event, source, now, marital="40")


def _both(
    actor: Actor, person: Person, event: NewEvent, source: SourceInfo, now: datetime, marital: str
) -> tuple[str, ...]:
    """Change the marital status of both; a partner who is not in the register is not changed."""
    patch = {"marital_code": marital}
    if event.partner_id is not None:
        if event.partner_id == person.id:
            raise PersonRefused(fields={"partner_id": zh("双方不能是同一人")})
        partner = locked_person(actor, event.partner_id)
        if partner.status != Person.Status.ALIVE:
            raise NotAlive
        done = change_now(partner, patch, since=event.happened_date, source=source, now=now)
        mirrored = NewEvent(event.kind, event.happened_date, event.source, partner_id=person.id, note=event.note)
        write_line(actor, person=partner, event=mirrored, changed=done, source=source, now=now)
        announce(partner, change=event.kind, now=now)
    return change_now(person, patch, since=event.happened_date, source=source, now=now)


def _renamed(actor: Actor, person: Person, event: NewEvent, source: SourceInfo, now: datetime) -> tuple[str, ...]:
    name = tidy_name(event.values.get("name", ""))
    if not name:
        raise PersonRefused(fields={"name": zh("请填写新的姓名")})
    _check({"name": name}, now)
    return change_now(person, {"name": name}, since=event.happened_date, source=source, now=now)


def _renumbered(actor: Actor, person: Person, event: NewEvent, source: SourceInfo, now: datetime) -> tuple[str, ...]:
    """Correct the identity number; birth date and sex follow it, because they are part of it."""
    text = event.values.get("citizen_id", "")
    if not text:
        raise PersonRefused(fields={"citizen_id": zh("请填写正确的公民身份号码")})
    _check({"citizen_id": text}, now)
    number = canonical_citizen_id(text)
    refuse_known(number)
    from_number = {
        "birth_date": f"{number[6:10]}-{number[10:12]}-{number[12:14]}",
        "sex_code": "1" if int(number[16]) % 2 else "2",
    }
    return change_now(person, {"citizen_id": number} | from_number, since=None, source=source, now=now)


def _check(values: Mapping[str, str], now: datetime) -> None:
    faults = faults_of(values, today=city_date(now))
    if faults:
        raise PersonRefused(fields=faults)


def _leave_headship(person: Person, household: str) -> None:
    """Take a person who leaves from the head of the household; the others choose a new one."""
    if person.household_id is not None and str(person.household_id) != household:
        Household.objects.filter(id=person.household_id, head_id=person.id).update(head_id=None)


def _written(place: Place | None) -> str:
    return written_place(place.division_code.strip(), place.address.strip()) if place else ""


_Deed = Callable[[Actor, Person, NewEvent, SourceInfo, datetime], tuple[str, ...]]
_DEEDS: Final[Mapping[str, _Deed]] = {
    Kind.DEATH: _died,
    Kind.MOVE_IN: _moved,
    Kind.MOVE: _moved,
    Kind.MOVE_OUT: _left,
    Kind.RESIDE: _resides,
    Kind.MARRIAGE: _married,
    Kind.DIVORCE: _divorced,
    Kind.NAME_CHANGE: _renamed,
    Kind.ID_CORRECTION: _renumbered,
}
