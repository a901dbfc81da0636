"""Persons and households as contracts."""

from collections.abc import Iterable, Sequence

from django.db.models import QuerySet

from onecity.kernel.actor import Actor
from onecity.kernel.identifiers.citizen_id import InvalidCitizenId, parse_citizen_id, upgraded_citizen_id
from onecity.platform.identity.api import search_hashes
from onecity.platform.registers.contracts.persons import HouseholdFacts, PersonFacts
from onecity.platform.registers.models import Certificate, Household, Person
from onecity.platform.registers.permissions import VIEW_PERSONS
from onecity.platform.registers.rules.person_codes import HEAD
from onecity.platform.registers.selectors.persons.rows import NoSuchHousehold, visible_households, visible_persons


def person_info(row: Person) -> PersonFacts:
    """Return a person's facts; the addresses should have been selected with it."""
    registered = str(row.registered_address) if row.registered_address_id else ""
    return PersonFacts(
        id=row.id,
        name=row.name,
        sex_code=row.sex_code,
        birth_date=row.birth_date,
        ethnicity_code=row.ethnicity_code,
        nationality_code=row.nationality_code,
        education_code=row.education_code,
        marital_code=row.marital_code,
        citizen_id_masked=row.citizen_id_masked,
        phone_masked=row.phone_masked,
        status=row.status,
        household_id=row.household_id,
        relation_code=row.relation_code,
        registered_division_code=row.registered_division_code,
        registered_address=registered,
        division_code=row.division_code,
        address=str(row.actual_address) if row.actual_address_id else registered,
        organisation_id=row.organisation_id,
        valid_from=row.valid_from,
        known_from=row.known_from,
        revision=row.revision,
    )


def with_addresses(rows: "QuerySet[Person]") -> "QuerySet[Person]":
    """Return the query with the addresses joined."""
    return rows.select_related("registered_address", "actual_address")


def hashes_of(identifier: str) -> list[str]:
    """Return every hash under which an identity number may stand; a 15-digit one is brought to 18. A text that is no
    identity number is taken as a certificate's number."""
    text = identifier.strip().upper()
    try:
        number = upgraded_citizen_id(text) if len(text) == 15 else parse_citizen_id(text)
    except InvalidCitizenId:
        return search_hashes(text)
    return search_hashes(number.number)


def by_identifier(actor: Actor, identifier: str, *, permission: str = VIEW_PERSONS) -> Person | None:
    """Return whom an identity number, or a certificate's number, belongs to within the actor's scope."""
    if not identifier.strip():
        return None
    hashes = hashes_of(identifier)
    rows = with_addresses(visible_persons(actor, permission))
    found = rows.filter(citizen_id_hashed__in=hashes).first()
    if found is None:
        held = Certificate.objects.filter(number_hashed__in=hashes).values_list("person_id", flat=True)[:1]
        found = rows.filter(id__in=list(held)).first()
    return found


def by_identifiers(actor: Actor, identifiers: Sequence[str]) -> dict[str, Person]:
    """Return whom each of many identity numbers belongs to, by the number as given; unknown ones are left out."""
    wanted = {value: text for text in identifiers if text.strip() for value in hashes_of(text)}
    rows = with_addresses(visible_persons(actor)).filter(citizen_id_hashed__in=list(wanted))
    return {wanted[row.citizen_id_hashed]: row for row in rows}


def persons_by_id(actor: Actor, ids: Iterable[int]) -> dict[int, PersonFacts]:
    """Return persons within the actor's scope by id."""
    rows = with_addresses(visible_persons(actor)).filter(id__in=list(ids))
    return {row.id: person_info(row) for row in rows}


def household_info(actor: Actor, household_id: int) -> HouseholdFacts:
    """Return a household with the members whom the actor may see, the head first. Raises: NoSuchHousehold."""
    row = visible_households(actor).select_related("address").filter(id=household_id).first()
    if row is None:
        raise NoSuchHousehold
    return household_facts(row, members_of(actor, household_id))


def members_of(actor: Actor, household_id: int) -> list[PersonFacts]:
    """Return the members of a household whom the actor may see, the head first, then by age."""
    rows = with_addresses(visible_persons(actor)).filter(household_id=household_id)
    members = [person_info(row) for row in rows]
    return sorted(members, key=lambda item: (item.relation_code != HEAD, item.birth_date, item.id))


def household_facts(row: Household, members: Sequence[PersonFacts]) -> HouseholdFacts:
    """Return a household as a contract."""
    return HouseholdFacts(
        id=row.id,
        number=row.number,
        kind=row.kind,
        head_id=row.head_id,
        division_code=row.division_code,
        address=str(row.address) if row.address_id else "",
        opened_date=row.opened_date,
        closed_date=row.closed_date,
        members=tuple(members),
    )


def persons_page(actor: Actor, *, after: int, size: int) -> list[PersonFacts]:
    """Return the persons within the actor's scope whose number is above `after`, by number."""
    rows = with_addresses(visible_persons(actor)).filter(id__gt=after).order_by("id")[:size]
    return [person_info(row) for row in rows]
