"""A person's values as canonical text, and the change of them with history: the one way in which a person changes."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Final

from onecity.kernel.masking import masked_identity_number, masked_mobile
from onecity.platform.registers.models import Person, PersonVersion
from onecity.platform.registers.rules.person_fields import read_place, written_place
from onecity.platform.registers.rules.person_history import Amendment, State, amended, believed
from onecity.platform.registers.services.persons.columns import (
    CITIZEN_ID,
    PHONE,
    address_id,
    opened,
    pinyin_of,
    write_citizen_id,
    write_phone,
)

HOUSEHOLD: Final = "household"
PLAIN: Final = (
    "name",
    "sex_code",
    "ethnicity_code",
    "nationality_code",
    "education_code",
    "marital_code",
    "relation_code",
    "status",
)


def facts_of(person: Person) -> dict[str, str]:
    """Return all values of a person as canonical text, identifiers in clear: for comparing, never for showing."""
    return {
        **{name: str(getattr(person, name)) for name in PLAIN},
        "birth_date": person.birth_date.isoformat(),
        "citizen_id": opened(person.citizen_id_sealed, CITIZEN_ID),
        "phone": opened(person.phone_sealed, PHONE),
        "registered_place": _place(person.registered_division_code, person.registered_address),
        "living_place": _place(person.division_code, person.actual_address) if person.actual_address_id else "",
        HOUSEHOLD: str(person.household_id or ""),
    }


def put_facts(person: Person, values: Mapping[str, str]) -> None:
    """Put canonical values into the columns of a person that is about to be saved."""
    for name, value in values.items():
        if name in PLAIN:
            setattr(person, name, value)
        else:
            _PUT[name](person, value)
    if "name" in values:
        person.name_pinyin = pinyin_of(person.name)
    if {"registered_place", "living_place"} & set(values):
        _settle_division(person, values)


def _put_birth(person: Person, value: str) -> None:
    person.birth_date = date.fromisoformat(value)


def _put_registered(person: Person, value: str) -> None:
    person.registered_division_code = read_place(value)[0]
    person.registered_address_id = address_id(value)


def _put_living(person: Person, value: str) -> None:
    person.actual_address_id = address_id(value)


def _put_household(person: Person, value: str) -> None:
    person.household_id = int(value) if value else None


_PUT: Final[Mapping[str, Callable[[Person, str], None]]] = {
    "birth_date": _put_birth,
    "citizen_id": write_citizen_id,
    "phone": write_phone,
    "registered_place": _put_registered,
    "living_place": _put_living,
    HOUSEHOLD: _put_household,
}


def amend(person: Person, patch: Mapping[str, str], *, since: date | None, now: datetime) -> tuple[str, ...]:
    """Change a locked person and keep what was; returns the names of the fields that the current state changed.

    since: from when it is true; None when it always was. now: city time. The row is saved.
    """
    states = believed([*_stored(person), _current(person)])
    change = amended(states, patch=patch, since=since, now=now)
    if change is None:
        return ()
    _keep(person, change, now=now)
    before = states[-1].facts
    changed = tuple(name for name in patch if change.current.facts[name] != before[name])
    put_facts(person, {name: change.current.facts[name] for name in changed})
    person.valid_from, person.known_from = change.current.valid_from, change.current.known_from
    person.revision += 1
    person.save()
    return changed


def states_of(person: Person) -> list[State]:
    """Return every state ever recorded of a person, the current one last; identifiers in clear."""
    return [*_stored(person), _current(person)]


def _current(person: Person) -> State:
    return State(facts_of(person), person.valid_from, person.known_from)


def _stored(person: Person) -> list[State]:
    rows = PersonVersion.objects.filter(person_id=person.id).order_by("id")
    return [
        State(
            facts={**row.facts, "citizen_id": opened(row.citizen_id_sealed, CITIZEN_ID), "phone": _phone(row)},
            valid_from=row.valid_from,
            known_from=row.known_from,
            valid_to=row.valid_to,
            closed_at=row.closed_at,
            known_to=row.known_to,
            id=row.id,
        )
        for row in rows
    ]


def _phone(row: PersonVersion) -> str:
    return opened(row.phone_sealed, PHONE)


def _keep(person: Person, change: Amendment, *, now: datetime) -> None:
    PersonVersion.objects.filter(id__in=change.withdrawn).update(known_to=now)
    PersonVersion.objects.bulk_create(_version(person, state) for state in change.added)


def _version(person: Person, state: State) -> PersonVersion:
    number, phone = state.facts["citizen_id"], state.facts["phone"]
    shown = {**state.facts, "citizen_id": masked_identity_number(number), "phone": masked_mobile(phone)}
    sealed = Person()
    write_citizen_id(sealed, number)
    write_phone(sealed, phone)
    return PersonVersion(
        person_id=person.id,
        valid_from=state.valid_from,
        valid_to=state.valid_to,
        known_from=state.known_from,
        closed_at=state.closed_at,
        known_to=state.known_to,
        facts=shown,
        citizen_id_sealed=sealed.citizen_id_sealed,
        phone_sealed=sealed.phone_sealed,
    )


def _place(division_code: str, address: object) -> str:
    return written_place(division_code, str(address) if address is not None else "")


def _settle_division(person: Person, values: Mapping[str, str]) -> None:
    """Set where the person lives: the dwelling's division where there is one, else the registered one."""
    if values.get("living_place"):
        person.division_code = read_place(values["living_place"])[0]
    elif "living_place" in values or not person.actual_address_id:
        person.division_code = person.registered_division_code
