"""A person's file: every value with its origin, and everything that belongs to the person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotFound
from onecity.platform.geo.api import division
from onecity.platform.identity.api import organisations
from onecity.platform.registers.contracts.persons import (
    CertificateInfo,
    EventInfo,
    FieldValue,
    HouseholdFacts,
    PersonFacts,
    ResidenceInfo,
    StateInfo,
    UseInfo,
)
from onecity.platform.registers.contracts.provenance import ContestedInfo, SourceInfo
from onecity.platform.registers.models import (
    Certificate,
    Household,
    LifeEvent,
    Person,
    PersonUse,
    PersonVersion,
    Residence,
)
from onecity.platform.registers.permissions import VIEW_PERSONS
from onecity.platform.registers.rules.person_codes import code_name
from onecity.platform.registers.rules.person_fields import FIELDS, POPULATION, read_place, written_place
from onecity.platform.registers.rules.person_history import State, state_at
from onecity.platform.registers.rules.provenance import origin_of
from onecity.platform.registers.selectors.persons.facts import household_facts, members_of, person_info
from onecity.platform.registers.selectors.persons.rows import visible_person
from onecity.platform.registers.selectors.provenance import contested_of, sources_by_id

MOST_LINES: Final = 100


@dataclass(frozen=True, slots=True)
class PersonFile:
    """Everything about a person, as one reader sees it."""

    person: PersonFacts
    fields: tuple[FieldValue, ...]
    household: HouseholdFacts | None
    residences: tuple[ResidenceInfo, ...]
    certificates: tuple[CertificateInfo, ...]
    events: tuple[EventInfo, ...]
    contested: tuple[ContestedInfo, ...]


def person_file(actor: Actor, person_id: int) -> PersonFile:
    """Return a person's file; whoever calls has noted the use. Raises: NoSuchPerson."""
    row = visible_person(actor, person_id)
    known = sources_by_id()
    household = Household.objects.select_related("address").filter(id=row.household_id or 0).first()
    return PersonFile(
        person=person_info(row),
        fields=_fields(row),
        household=household_facts(household, members_of(actor, household.id)) if household else None,
        residences=_residences(row, known),
        certificates=_certificates(row, known),
        events=_events(row, known),
        contested=tuple(contested_of(POPULATION, row.id)),
    )


def as_of(actor: Actor, person_id: int, *, valid_at: date, known_at: datetime) -> StateInfo | None:
    """Return what was known at `known_at` of how the person was on `valid_at`, identifiers masked; None for nothing.

    Raises: NoSuchPerson.
    """
    row = visible_person(actor, person_id)
    found = state_at(_states(row), valid_at=valid_at, known_at=known_at)
    if found is None:
        return None
    return StateInfo(found.facts, found.valid_from, found.end_as_known(known_at), found.known_from)


def history(actor: Actor, person_id: int) -> list[StateInfo]:
    """Return the states that are believed now, the newest first, identifiers masked. Raises: NoSuchPerson."""
    row = visible_person(actor, person_id)
    believed = [state for state in _states(row) if state.known_to is None]
    believed.sort(key=lambda state: state.valid_from, reverse=True)
    return [StateInfo(state.facts, state.valid_from, state.valid_to, state.known_from) for state in believed]


def moments(actor: Actor, person_id: int) -> list[datetime]:
    """Return the times at which something was recorded of a person, the oldest first. Raises: NoSuchPerson."""
    row = visible_person(actor, person_id)
    return sorted({state.known_from for state in _states(row)})


def uses(actor: Actor, person_id: int, *, permission: str = VIEW_PERSONS) -> list[UseInfo]:
    """Return who used a person's data, the newest first, at most `MOST_LINES`. Raises: NoSuchPerson."""
    visible_person(actor, person_id, permission=permission)
    rows = list(PersonUse.objects.filter(person_id=person_id).order_by("-at", "-id")[:MOST_LINES])
    names = {item.id: item.name for item in organisations()}
    return [
        UseInfo(
            row.id,
            row.person_id,
            row.at,
            row.kind,
            row.actor,
            row.actor_name,
            names.get(row.organisation_id or 0, ""),
            tuple(row.fields),
            row.reason,
        )
        for row in rows
    ]


def has_opened(actor: Actor, person_id: int, *, since: datetime) -> bool:
    """Say whether the actor has given a reason for this file since a moment (real time)."""
    rows = PersonUse.objects.filter(person_id=person_id, actor=actor.key[:60], kind=PersonUse.Kind.FILE, at__gte=since)
    return rows.exists()


def shown_fact(field: str, value: str) -> str:
    """Return a canonical value as people read it: codes by name, places with the division's name."""
    if field in {"registered_place", "living_place"} and value:
        code, address = read_place(value)
        return f"{_division_name(code)} {address}".strip()
    if field == "status" and value:
        return str(Person.Status(value).label)
    return code_name(field, value) if value else ""


def _division_name(code: str) -> str:
    try:
        return division(code).full_name
    except NotFound:
        return code  # another city's, or one that was abolished


def _fields(row: Person) -> tuple[FieldValue, ...]:
    known, facts = sources_by_id(), _masked_facts(row)
    default = (row.source_id, row.observed_at)
    values = []
    for field in FIELDS:
        source, at = origin_of(field.name, default=default, exceptions=row.field_sources)
        value = shown_fact(field.name, facts[field.name])
        values.append(FieldValue(field.name, field.title, value, known[source].name, at, field.sealed and bool(value)))
    return tuple(values)


def _masked_facts(row: Person) -> dict[str, str]:
    info = person_info(row)
    living = written_place(row.division_code, info.address) if row.actual_address_id else ""
    plain = {name: str(getattr(row, name)) for name in _PLAIN}
    return plain | {
        "birth_date": row.birth_date.isoformat(),
        "citizen_id": row.citizen_id_masked,
        "phone": row.phone_masked,
        "registered_place": written_place(row.registered_division_code, info.registered_address),
        "living_place": living,
        "household": str(row.household_id or ""),
    }


def _states(row: Person) -> list[State]:
    """Return every state of a person with masked identifiers: nothing is opened."""
    stored = [
        State(item.facts, item.valid_from, item.known_from, item.valid_to, item.closed_at, item.known_to, item.id)
        for item in PersonVersion.objects.filter(person_id=row.id).order_by("id")
    ]
    return [*stored, State(_masked_facts(row), row.valid_from, row.known_from)]


_PLAIN: Final = (
    "name",
    "sex_code",
    "ethnicity_code",
    "nationality_code",
    "education_code",
    "marital_code",
    "relation_code",
    "status",
)


def _residences(row: Person, known: Mapping[int, SourceInfo]) -> tuple[ResidenceInfo, ...]:
    rows = Residence.objects.filter(person=row).select_related("address").order_by("-from_date", "-id")
    return tuple(
        ResidenceInfo(
            kind=item.kind,
            division_code=item.division_code,
            address=str(item.address or ""),
            from_date=item.from_date,
            to_date=item.to_date,
            permit_masked=item.permit_masked,
            permit_until_date=item.permit_until_date,
            source_name=known[item.source_id].name,
        )
        for item in rows
    )


def _certificates(row: Person, known: Mapping[int, SourceInfo]) -> tuple[CertificateInfo, ...]:
    return tuple(
        CertificateInfo(
            id=item.id,
            kind=item.kind,
            number_masked=item.number_masked,
            issuer=item.issuer,
            from_date=item.from_date,
            until_date=item.until_date,
            state=item.state,
            source_name=known[item.source_id].name,
        )
        for item in Certificate.objects.filter(person=row).order_by("kind", "-id")
    )


def _events(row: Person, known: Mapping[int, SourceInfo]) -> tuple[EventInfo, ...]:
    rows = LifeEvent.objects.filter(person=row).order_by("-happened_date", "-id")[:MOST_LINES]
    return tuple(
        EventInfo(
            id=item.id,
            kind=item.kind,
            happened_date=item.happened_date,
            recorded_at=item.recorded_at,
            partner_id=item.partner_id,
            household_id=item.household_id,
            fields=tuple(item.fields),
            note=item.note,
            actor=item.actor,
            source_name=known[item.source_id].name,
        )
        for item in rows
    )
