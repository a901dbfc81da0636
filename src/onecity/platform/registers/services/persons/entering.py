"""Entering a person."""

from datetime import date, datetime
from typing import Final

from django.db import IntegrityError, transaction

from onecity.kernel import bus
from onecity.kernel.actor import Actor
from onecity.kernel.clock import city_date
from onecity.kernel.errors import Conflict, Invalid
from onecity.kernel.identifiers.citizen_id import parse_citizen_id
from onecity.kernel.text import zh
from onecity.platform.identity.api import record, search_hashes
from onecity.platform.registers.contracts.persons import NewPerson, Place
from onecity.platform.registers.contracts.provenance import SourceInfo
from onecity.platform.registers.events import PERSON_CHANGED
from onecity.platform.registers.models import Household, Person
from onecity.platform.registers.rules.person_fields import faults_of, tidy_name, written_place
from onecity.platform.registers.selectors.persons.rows import check_place, locked_household
from onecity.platform.registers.selectors.provenance import source_by_code
from onecity.platform.registers.services.persons.columns import canonical_citizen_id, canonical_phone
from onecity.platform.registers.services.persons.states import put_facts

_NEEDED: Final = {"name": zh("请填写姓名"), "birth_date": zh("请填写出生日期"), "sex_code": zh("请填写性别")}


class PersonRefused(Invalid):
    """What was given does not make a person; the fields say why."""

    code = "registers.person_refused"
    message = zh("人员信息不符合要求")


class PersonKnown(Conflict):
    """The register has this identity number already."""

    code = "registers.person_known"
    message = zh("人口库中已有此公民身份号码")


def register_person(actor: Actor, *, new: NewPerson, now: datetime) -> int:
    """Enter a person and return the register's number. now: city time.

    Raises: PersonRefused naming the fields; PersonKnown; NotPermitted outside the actor's scope; UnknownSource;
    NoSuchHousehold.
    """
    source = source_by_code(new.source)
    values = checked_values(new, today=city_date(now))
    with transaction.atomic():
        household = locked_household(actor, new.household_id) if new.household_id else None
        if household and not values["registered_place"]:
            values["registered_place"] = place_of(household)
        person = blank_person(source, new, values=values, now=now)
        check_place(actor, organisation_id=person.organisation_id, division_code=person.division_code)
        refuse_known(values["citizen_id"])
        try:
            with transaction.atomic():
                person.save()
        except IntegrityError:
            raise PersonKnown(fields={"citizen_id": PersonKnown.message}) from None
        target = f"registers.person:{person.id}"
        record(actor, action="registers.register_person", target=target, details={"source": source.code})
        announce(person, change="registered", now=now)
    return person.id


def checked_values(new: NewPerson, *, today: date) -> dict[str, str]:
    """Return a new person's values as canonical text; birth date and sex come from the number where it is given.

    Raises: PersonRefused naming the fields.
    """
    values = {
        "name": tidy_name(new.name),
        "citizen_id": new.citizen_id.strip(),
        "sex_code": new.sex_code,
        "birth_date": new.birth_date.isoformat() if new.birth_date else "",
        "ethnicity_code": new.ethnicity_code,
        "nationality_code": new.nationality_code,
        "education_code": new.education_code,
        "marital_code": new.marital_code,
        "phone": new.phone.strip(),
        "registered_place": _written(new.place),
        "living_place": _written(new.living),
        "relation_code": new.relation_code,
    }
    faults = faults_of(values, today=today)
    if values["citizen_id"] and "citizen_id" not in faults:
        number = parse_citizen_id(values["citizen_id"])
        values["birth_date"] = values["birth_date"] or number.birth_date.isoformat()
        values["sex_code"] = values["sex_code"] or number.sex.value
    for name, text in _NEEDED.items():
        if not values[name] and (name == "name" or "citizen_id" not in faults):
            faults.setdefault(name, text)
    if faults:
        raise PersonRefused(fields=faults)
    values["citizen_id"] = canonical_citizen_id(values["citizen_id"])
    values["phone"] = canonical_phone(values["phone"])
    return values


def blank_person(source: SourceInfo, new: NewPerson, *, values: dict[str, str], now: datetime) -> Person:
    """Return a person that is not saved yet, with its values in place."""
    person = Person(
        organisation_id=source.organisation_id,
        source_id=source.id,
        observed_at=new.observed_at or now,
        valid_from=new.valid_from or city_date(new.observed_at or now),
        known_from=now,
        created_at=now,
        household_id=new.household_id,
    )
    put_facts(person, values)
    return person


def refuse_known(number: str) -> None:
    """Refuse an identity number that stands in the register, whichever key hashed it. Raises: PersonKnown."""
    if number and Person.objects.filter(citizen_id_hashed__in=search_hashes(number)).exists():
        raise PersonKnown(fields={"citizen_id": PersonKnown.message})


def announce(person: Person, *, change: str, now: datetime) -> None:
    """Tell the modules above, in the transaction of the change."""
    bus.announce(PERSON_CHANGED, person_id=person.id, change=change, organisation_id=person.organisation_id, at=now)


def place_of(household: Household) -> str:
    """Return a household's address as canonical text."""
    return written_place(household.division_code, household.address.text if household.address else "")


def _written(place: Place | None) -> str:
    return written_place(place.division_code.strip(), place.address.strip()) if place else ""
