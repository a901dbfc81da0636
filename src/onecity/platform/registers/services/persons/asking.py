"""What domains ask the population register; each answer leaves a line of use."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from django.db import transaction

from onecity.kernel.actor import Actor
from onecity.platform.identity.api import look
from onecity.platform.registers.contracts.persons import HouseholdFacts, PersonFacts
from onecity.platform.registers.models import PersonUse
from onecity.platform.registers.selectors.persons.facts import (
    by_identifier,
    by_identifiers,
    household_info,
    person_info,
    persons_by_id,
)
from onecity.platform.registers.selectors.persons.rows import NoSuchPerson, visible_person
from onecity.platform.registers.services.persons.columns import CITIZEN_ID
from onecity.platform.registers.services.persons.uses import checked_reason, note_uses

ALL_FACTS: Final = ("facts",)
HOUSEHOLD_FACTS: Final = ("household",)


def find_person(actor: Actor, *, identifier: str, reason: str, now: datetime) -> PersonFacts | None:
    """Return whom an identity number or a certificate's number belongs to, or None. now: real time.

    Raises: ReasonNeeded.
    """
    reason = checked_reason(reason)
    row = by_identifier(actor, identifier)
    if row is None:
        return None
    _note(actor, [row.id], ALL_FACTS, reason, now)
    return person_info(row)


def find_persons(actor: Actor, *, identifiers: Sequence[str], reason: str, now: datetime) -> Mapping[str, PersonFacts]:
    """Return whom each of many identity numbers belongs to, by the number as given; unknown ones are left out.

    now: real time. Raises: ReasonNeeded.
    """
    reason = checked_reason(reason)
    found = by_identifiers(actor, identifiers)
    _note(actor, [row.id for row in found.values()], ALL_FACTS, reason, now)
    return {text: person_info(row) for text, row in found.items()}


def person_facts(actor: Actor, *, person_id: int, reason: str, now: datetime) -> PersonFacts:
    """Return a person's facts. now: real time. Raises: NoSuchPerson; ReasonNeeded."""
    reason = checked_reason(reason)
    found = persons_by_id(actor, [person_id]).get(person_id)
    if found is None:
        raise NoSuchPerson
    _note(actor, [person_id], ALL_FACTS, reason, now)
    return found


def household_of(actor: Actor, *, person_id: int, reason: str, now: datetime) -> HouseholdFacts | None:
    """Return a person's household with its members; None when he stands in none. now: real time.

    Raises: NoSuchPerson; NoSuchHousehold; ReasonNeeded.
    """
    reason = checked_reason(reason)
    person = visible_person(actor, person_id)
    if person.household_id is None:
        return None
    found = household_info(actor, person.household_id)
    _note(actor, [item.id for item in found.members], HOUSEHOLD_FACTS, reason, now)
    return found


def identifier_of(actor: Actor, *, person_id: int, reason: str, now: datetime) -> str:
    """Return a person's identity number in clear, for asking another body about him; empty when there is none.

    For domains acting within a consent or a grant; people look through `look_at`. now: real time.
    Raises: NoSuchPerson; ReasonNeeded.
    """
    person = visible_person(actor, person_id)
    reason = checked_reason(reason)
    if not person.citizen_id_sealed:
        return ""
    with transaction.atomic():
        note_uses(
            actor, person_ids=[person_id], kind=PersonUse.Kind.LOOK, fields=["citizen_id"], reason=reason, now=now
        )
        target = f"registers.person:{person.id}"
        return look(actor, context=CITIZEN_ID, target=target, sealed=bytes(person.citizen_id_sealed), reason=reason)


def _note(actor: Actor, ids: Sequence[int], fields: Sequence[str], reason: str, now: datetime) -> None:
    note_uses(actor, person_ids=ids, kind=PersonUse.Kind.QUERY, fields=fields, reason=reason, now=now)
