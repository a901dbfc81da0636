"""Entities as others see them: searched, opened, as they were, with the origin of each value."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db.models import Q, QuerySet

from onecity.kernel.actor import Actor
from onecity.kernel.identifiers.fault import tidied
from onecity.platform.identity.api import search_hashes
from onecity.platform.registers.contracts.entities import EntityInfo
from onecity.platform.registers.contracts.persons import FieldValue, StateInfo
from onecity.platform.registers.models import EntityChange, EntityName, EntityStatus, EntityVersion, LegalEntity
from onecity.platform.registers.rules.entities.fields import FIELDS, tidy_name
from onecity.platform.registers.rules.person_history import State, state_at
from onecity.platform.registers.rules.provenance import origin_of
from onecity.platform.registers.rules.words import pairs
from onecity.platform.registers.selectors.entities.rows import visible_entities
from onecity.platform.registers.selectors.entities.states import facts_of
from onecity.platform.registers.selectors.provenance import names_of
from onecity.web.keyset import counted_page
from onecity.web.paging import Cursor, Page

FORMER_NAMES: Final = 500


@dataclass(frozen=True, slots=True)
class EntityQuery:
    """What a list of entities is asked for; empty texts ask for nothing.

    search: a credit code, part of a name or former name, or a representative's name or identity number.
    """

    search: str = ""
    kind: str = ""
    status: str = ""
    section: str = ""
    after: Cursor | None = None
    size: int = 20


def entities(actor: Actor, query: EntityQuery) -> Page[EntityInfo]:
    """Return entities that the actor may see, newest first."""
    rows = _found(actor, query)
    rows = rows.select_related("source")
    return counted_page(rows, after=query.after, size=query.size).shown(entity_info)


def by_uscc(actor: Actor, uscc: str) -> LegalEntity | None:
    """Return the entity with a credit code, if the actor may see it."""
    return visible_entities(actor).select_related("source").filter(uscc=tidied(uscc)).first()


def entity_info(row: LegalEntity) -> EntityInfo:
    """Return an entity's row as others see it."""
    return EntityInfo(
        id=row.id,
        uscc=row.uscc,
        name=row.name,
        kind=row.kind,
        status=row.status,
        status_on=row.status_on,
        representative_name=row.representative_name,
        representative_person=row.representative_person,
        representative_masked=row.representative_masked,
        registered_capital=row.registered_capital,
        capital_currency=row.capital_currency,
        industry_code=row.industry_code,
        business_scope=row.business_scope,
        address=row.address,
        division_code=row.division_code,
        place=(row.location.x, row.location.y) if row.location else None,
        established_on=row.established_on,
        approved_on=row.approved_on,
        term_from=row.term_from,
        term_until=row.term_until,
        registrar=row.registrar,
        organisation_id=row.organisation_id,
        source_code=row.source.code,
        observed_at=row.observed_at,
        valid_from=row.valid_from,
        known_from=row.known_from,
        revision=row.revision,
        is_made_up=row.is_made_up,
        created_at=row.created_at,
    )


def field_values(row: LegalEntity, facts: dict[str, str] | None = None) -> list[FieldValue]:
    """Return every field with its value and origin; `facts` for another state than the current one."""
    shown, default = facts or facts_of(row), (row.source_id, row.observed_at)
    origins = {item.name: origin_of(item.name, default=default, exceptions=row.field_sources) for item in FIELDS}
    names = names_of({source for source, _ in origins.values()})
    return [
        FieldValue(item.name, item.title, shown[item.name], names[origins[item.name][0]], origins[item.name][1])
        for item in FIELDS
    ]


def states_of(row: LegalEntity) -> list[State]:
    """Return every state ever recorded of an entity, the current one last."""
    return [*stored_states([row.id]).get(row.id, []), State(facts_of(row), row.valid_from, row.known_from)]


def stored_states(entity_ids: Sequence[int]) -> dict[int, list[State]]:
    """Return the former states of entities, by entity, in the order of recording."""
    found: dict[int, list[State]] = {}
    for row in EntityVersion.objects.filter(entity_id__in=list(entity_ids)).order_by("id"):
        state = State(row.facts, row.valid_from, row.known_from, row.valid_to, row.closed_at, row.known_to, row.id)
        found.setdefault(row.entity_id, []).append(state)
    return found


def as_of(row: LegalEntity, *, valid_at: date, known_at: datetime) -> StateInfo | None:
    """Return what was believed at `known_at` to be true on `valid_at`; None when nothing was."""
    state = state_at(states_of(row), valid_at=valid_at, known_at=known_at)
    return StateInfo(state.facts, state.valid_from, state.valid_to, state.known_from) if state else None


def changes_of(entity_id: int) -> list[EntityChange]:
    """Return an entity's changes, the newest first. The caller has asked for the entity before."""
    rows = EntityChange.objects.filter(entity_id=entity_id).select_related("source")
    return list(rows.order_by("-recorded_at", "-id"))


def former_names(entity_id: int) -> list[EntityName]:
    """Return the names that an entity had before, the newest first."""
    return list(EntityName.objects.filter(entity_id=entity_id).order_by("-until", "-id"))


def statuses_of(entity_id: int) -> list[EntityStatus]:
    """Return the steps of an entity's life, the newest first."""
    return list(EntityStatus.objects.filter(entity_id=entity_id).select_related("source").order_by("-since", "-id"))


def _found(actor: Actor, query: EntityQuery) -> QuerySet[LegalEntity]:
    rows = visible_entities(actor)
    for name in ("kind", "status"):
        if getattr(query, name):
            rows = rows.filter(**{name: getattr(query, name)})
    if query.section:
        rows = rows.filter(industry_section=query.section)
    return rows.filter(_search(query.search)) if query.search.strip() else rows


def _search(text: str) -> Q:
    """Return the condition for words: a whole code or identity number exactly, else parts of names."""
    plain = tidied(text)
    if len(plain) == 18 and plain.isascii():
        return Q(uscc=plain) | Q(representative_hash__in=search_hashes(plain))
    words, name = pairs(text), tidy_name(text)
    if not words:
        return Q(name__startswith=name) | Q(representative_name=name)
    former = EntityName.objects.filter(words__contains=words, name__icontains=name).values("entity_id")[:FORMER_NAMES]
    named = Q(words__contains=words, name__icontains=name) | Q(representative_name=name) | Q(id__in=former)
    return named | Q(uscc__startswith=plain) if plain.isascii() else named
