"""What domains ask the register of legal entities."""

from collections.abc import Sequence
from datetime import date, datetime

from onecity.kernel.actor import Actor
from onecity.kernel.clock import city_date
from onecity.platform.identity.api import record
from onecity.platform.registers.contracts.entities import EntityInfo, HoldingInfo
from onecity.platform.registers.selectors.entities.facts import by_uscc, entity_info
from onecity.platform.registers.selectors.entities.parts import holdings_of_person
from onecity.platform.registers.services.persons.uses import checked_reason


def find_entity(actor: Actor, *, uscc: str, reason: str = "") -> EntityInfo | None:
    """Return the entity with a credit code; None when there is none, or the actor may not see it.

    reason: written into the audit trail when given; what is public of an entity needs none.
    """
    row = by_uscc(actor, uscc)
    if row is not None and reason:
        record(
            actor, action="registers.find_entity", target=f"registers.legalentity:{row.id}", details={"reason": reason}
        )
    return entity_info(row) if row is not None else None


def shareholdings_of(
    actor: Actor, *, reason: str, now: datetime, person: int | None = None, identifier: str = "", on: date | None = None
) -> Sequence[HoldingInfo]:
    """Return the shares that a person holds in entities that the actor may see, on a day (today by default).

    person: the population register's number. identifier: identity number in clear; either is enough. now: city time.
    Raises: ReasonNeeded.
    """
    reason = checked_reason(reason)
    found = holdings_of_person(actor, person=person, identifier=identifier, on=on or city_date(now))
    details = {"reason": reason[:200], "found": len(found)}
    target = f"registers.person:{person}" if person is not None else "registers.shareholding"
    record(actor, action="registers.shareholdings_of", target=target, details=details)
    return found
