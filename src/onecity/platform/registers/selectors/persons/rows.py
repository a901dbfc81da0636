"""Rows of the population register that an actor may read or write."""

from django.db.models import QuerySet

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, NotFound, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.identity.api import row_scope
from onecity.platform.registers.models import Household, Person
from onecity.platform.registers.permissions import MAINTAIN_PERSONS, VIEW_PERSONS


class NoSuchPerson(NotFound):
    """There is no such person, or the actor may not know that there is."""

    code = "registers.no_such_person"
    message = zh("人口库中没有此人，或您无权查看")


class NoSuchHousehold(NotFound):
    """There is no such household, or the actor may not know that there is."""

    code = "registers.no_such_household"
    message = zh("人口库中没有这一户，或您无权查看")


class PersonChanged(Conflict):
    """Somebody else has changed the person meanwhile."""

    code = "registers.person_changed"
    message = zh("人员信息已被他人更新，请刷新后重试")


def visible_persons(actor: Actor, permission: str = VIEW_PERSONS) -> QuerySet[Person]:
    """Return the persons within the actor's scope."""
    return Person.objects.filter(row_scope(actor, permission).q())


def visible_households(actor: Actor, permission: str = VIEW_PERSONS) -> QuerySet[Household]:
    """Return the households within the actor's scope."""
    return Household.objects.filter(row_scope(actor, permission).q())


def visible_person(actor: Actor, person_id: int, *, permission: str = VIEW_PERSONS) -> Person:
    """Return one person with the addresses. Raises: NoSuchPerson."""
    rows = visible_persons(actor, permission).select_related("registered_address", "actual_address")
    found = rows.filter(id=person_id).first()
    if found is None:
        raise NoSuchPerson
    return found


def locked_person(actor: Actor, person_id: int, *, revision: int | None = None) -> Person:
    """Lock a person for a change, in the caller's transaction.

    Raises: NoSuchPerson; PersonChanged if the revision is another one.
    """
    rows = visible_persons(actor, MAINTAIN_PERSONS).select_related("registered_address", "actual_address")
    found = rows.select_for_update(of=("self",)).filter(id=person_id).first()
    if found is None:
        raise NoSuchPerson
    if revision is not None and revision != found.revision:
        raise PersonChanged
    return found


def locked_household(actor: Actor, household_id: int) -> Household:
    """Lock a household for a change, in the caller's transaction. Raises: NoSuchHousehold."""
    rows = visible_households(actor, MAINTAIN_PERSONS).select_related("address")
    found = rows.select_for_update(of=("self",)).filter(id=household_id).first()
    if found is None:
        raise NoSuchHousehold
    return found


def check_place(actor: Actor, *, organisation_id: int, division_code: str) -> None:
    """Let the actor write a row of this organisation and place. Raises: NotPermitted."""
    scope = row_scope(actor, MAINTAIN_PERSONS)
    inside = organisation_id in scope.organisation_ids or division_code.startswith(scope.division_codes or ("-",))
    if not (scope.everything or inside):
        raise NotPermitted
