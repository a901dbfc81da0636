"""Rows of the register of legal entities that an actor may read or write."""

from django.db.models import QuerySet

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, NotFound, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.identity.api import row_scope
from onecity.platform.registers.models import LegalEntity
from onecity.platform.registers.permissions import MAINTAIN_ENTITIES, VIEW_ENTITIES


class NoSuchEntity(NotFound):
    """There is no such entity, or the actor may not know that there is."""

    code = "registers.no_such_entity"
    message = zh("法人库中没有此单位，或您无权查看")


class EntityChanged(Conflict):
    """Somebody else has changed the entity meanwhile."""

    code = "registers.entity_changed"
    message = zh("单位信息已被他人更新，请刷新后重试")


def visible_entities(actor: Actor, permission: str = VIEW_ENTITIES) -> QuerySet[LegalEntity]:
    """Return the entities within the actor's scope."""
    return LegalEntity.objects.filter(row_scope(actor, permission).q())


def visible_entity(actor: Actor, entity_id: int, *, permission: str = VIEW_ENTITIES) -> LegalEntity:
    """Return one entity. Raises: NoSuchEntity."""
    found = visible_entities(actor, permission).select_related("source").filter(id=entity_id).first()
    if found is None:
        raise NoSuchEntity
    return found


def locked_entity(actor: Actor, entity_id: int, *, revision: int | None = None) -> LegalEntity:
    """Lock an entity for a change, in the caller's transaction.

    Raises: NoSuchEntity; EntityChanged if the revision is another one.
    """
    rows = visible_entities(actor, MAINTAIN_ENTITIES).select_related("source")
    found = rows.select_for_update(of=("self",)).filter(id=entity_id).first()
    if found is None:
        raise NoSuchEntity
    if revision is not None and revision != found.revision:
        raise EntityChanged
    return found


def check_place(actor: Actor, *, organisation_id: int, division_code: str) -> None:
    """Let the actor write a row of this organisation and place. Raises: NotPermitted."""
    scope = row_scope(actor, MAINTAIN_ENTITIES)
    inside = organisation_id in scope.organisation_ids or division_code.startswith(scope.division_codes or ("-",))
    if not (scope.everything or inside):
        raise NotPermitted
