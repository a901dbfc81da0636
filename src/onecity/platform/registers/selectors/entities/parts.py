"""People, shares, licences and listings of entities; who stands behind them, and what somebody holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import connection
from django.db.models import Q, QuerySet

from onecity.kernel.actor import Actor
from onecity.platform.identity.api import row_scope, search_hashes
from onecity.platform.registers.contracts.entities import HoldingInfo, OfficerInfo
from onecity.platform.registers.models import (
    AbnormalListing,
    AnnualReport,
    EntityLicence,
    EntityPerson,
    LegalEntity,
    Shareholding,
)
from onecity.platform.registers.permissions import VIEW_ENTITIES
from onecity.platform.registers.rules.entities.control import Link, Ultimate, ultimate_holders

DEEPEST: Final = 12
MOST_LINKS: Final = 2_000
_ABOVE: Final = """
    WITH RECURSIVE above(id, depth) AS (
        SELECT %(entity)s::bigint, 0
        UNION
        SELECT s.holder_entity_id, above.depth + 1 FROM registers_shareholding s JOIN above ON s.entity_id = above.id
        WHERE s.holder_entity_id IS NOT NULL AND above.depth < %(deepest)s
          AND (s.since IS NULL OR s.since <= %(day)s) AND (s.until IS NULL OR s.until > %(day)s)
    )
    SELECT DISTINCT id FROM above LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class Control:
    """Who stands behind an entity. names: by key; entities: numbers by key, for the holders that are entities."""

    links: Sequence[Link]
    holders: Sequence[Ultimate]
    names: Mapping[str, str]
    entities: Mapping[str, int]


def officers_of(entity_id: int) -> list[OfficerInfo]:
    """Return who serves an entity, those who serve now first. The caller has asked for the entity before."""
    rows = EntityPerson.objects.filter(entity_id=entity_id).order_by("-until", "role", "id")
    found = [
        OfficerInfo(row.id, row.role, row.person_name, row.person, row.id_masked, row.since, row.until) for row in rows
    ]
    return sorted(found, key=lambda item: item.until is not None)


def holdings_in(entity_id: int, *, on: date) -> list[HoldingInfo]:
    """Return the shares in an entity on a day, the largest first. The caller has asked for the entity before."""
    rows = _standing(on).filter(entity_id=entity_id)
    found = [_holding(row) for row in rows.select_related("entity", "holder_entity", "source")]
    return sorted(found, key=lambda item: (item.share is None, -(item.share or 0), item.id))


def holdings_of_entity(entity_id: int, *, on: date) -> list[HoldingInfo]:
    """Return what an entity holds in others on a day. The caller has asked for the entity before."""
    rows = _standing(on).filter(holder_entity_id=entity_id)
    return [_holding(row) for row in rows.select_related("entity", "holder_entity", "source").order_by("id")]


def holdings_of_person(actor: Actor, *, person: int | None, identifier: str, on: date) -> list[HoldingInfo]:
    """Return what a person holds on a day in the entities that the actor may see.

    person: the population register's number. identifier: identity number in clear; either is enough.
    """
    who = Q(person=person) if person is not None else Q()
    if identifier:
        who |= Q(id_hash__in=search_hashes(identifier))
    if not who:
        return []
    scope = row_scope(actor, VIEW_ENTITIES)
    rows = _standing(on).filter(who, scope.q(organisation="entity__organisation_id", division="entity__division_code"))
    return [_holding(row) for row in rows.select_related("entity", "holder_entity", "source").order_by("id")]


def licences_of(entity_id: int) -> list[EntityLicence]:
    """Return an entity's licences, the newest first."""
    return list(EntityLicence.objects.filter(entity_id=entity_id).order_by("-since", "-id"))


def reports_of(entity_id: int) -> list[AnnualReport]:
    """Return an entity's yearly reports, the newest first."""
    return list(AnnualReport.objects.filter(entity_id=entity_id).order_by("-year"))


def listings_of(entity_id: int) -> list[AbnormalListing]:
    """Return when an entity stood on the list of abnormal operations, the newest first."""
    return list(AbnormalListing.objects.filter(entity_id=entity_id).order_by("-since", "-id"))


def control_of(entity_id: int, *, on: date) -> Control:
    """Return the shares above an entity, through all chains, and who stands at their ends.

    Shares that are not published count as nothing. The caller has asked for the entity before; the holders' names are
    public.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ABOVE, {"entity": entity_id, "deepest": DEEPEST, "day": on, "most": MOST_LINKS})
        ids = [number for (number,) in cursor.fetchall()]
    rows = _standing(on).filter(entity_id__in=ids, share__isnull=False).order_by("id")[:MOST_LINKS]
    names = {f"e:{number}": name for number, name in LegalEntity.objects.filter(id__in=ids).values_list("id", "name")}
    links = []
    for row in rows.select_related("holder_entity"):
        key = _key(row)
        names[key] = row.holder_entity.name if row.holder_entity else row.holder_name
        if row.share is not None:
            links.append(Link(key, f"e:{row.entity_id}", row.share))
    entities = {key: int(key[2:]) for key in names if key.startswith("e:")}
    return Control(links, ultimate_holders(links, of=f"e:{entity_id}"), names, entities)


def _standing(on: date) -> QuerySet[Shareholding]:
    begun = Q(since__isnull=True) | Q(since__lte=on)
    return Shareholding.objects.filter(begun, Q(until__isnull=True) | Q(until__gt=on))


def _key(row: Shareholding) -> str:
    """Return the key of a holder: the same person in two entities has the same, where he is known to be the same."""
    if row.holder_entity_id:
        return f"e:{row.holder_entity_id}"
    if row.person is not None:
        return f"p:{row.person}"
    return f"h:{row.id_hash}" if row.id_hash else f"n:{row.id}"


def _holding(row: Shareholding) -> HoldingInfo:
    return HoldingInfo(
        id=row.id,
        entity_id=row.entity_id,
        entity_uscc=row.entity.uscc,
        entity_name=row.entity.name,
        entity_status=row.entity.status,
        holder_kind=row.holder_kind,
        holder_name=row.holder_entity.name if row.holder_entity else row.holder_name,
        holder_entity_id=row.holder_entity_id,
        holder_person=row.person,
        holder_masked=row.id_masked,
        share=row.share,
        subscribed=row.subscribed,
        paid=row.paid,
        currency=row.currency,
        since=row.since,
        source_code=row.source.code,
    )
