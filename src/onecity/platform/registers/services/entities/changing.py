"""The one way in which entities change: settled between sources, kept with history, written set by set."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from onecity.kernel.actor import Actor
from onecity.platform.registers.contracts.provenance import Dispute, EntryRef, SourceInfo
from onecity.platform.registers.models import EntityChange, EntityName, EntityStatus, EntityVersion, LegalEntity
from onecity.platform.registers.rules.entities.fields import BY_NAME, LEGAL_ENTITIES
from onecity.platform.registers.rules.person_history import Amendment, State, amended, believed
from onecity.platform.registers.rules.provenance import (
    Claim,
    RankTable,
    Settlement,
    Verdict,
    origin_of,
    settle,
    with_origin,
)
from onecity.platform.registers.rules.words import pairs
from onecity.platform.registers.selectors.entities.states import facts_of, put_facts

COLUMNS: Final = (
    "name", "words", "kind", "status", "status_on", "representative_name", "registered_capital", "capital_currency",
    "industry_code", "industry_section", "business_scope", "address", "division_code", "established_on", "approved_on",
    "term_from", "term_until", "registrar", "field_sources", "valid_from", "known_from", "revision",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of a locked entity. since: from when it is so; None: what stood was wrong."""

    row: LegalEntity
    before: Mapping[str, str]
    amendment: Amendment
    fields: tuple[str, ...]
    source_id: int
    since: date | None
    note: str = ""


def settle_values(
    row: LegalEntity, values: Mapping[str, str], *, source: SourceInfo, observed_at: datetime, ranks: RankTable
) -> dict[str, Settlement]:
    """Return the outcome for each delivered field; nothing is written.

    A key field's value is replaced without people by the source that gave it: a registrar may rename its entity.
    """
    facts, default = facts_of(row), (row.source_id, row.observed_at)
    settled = {}
    for name, value in values.items():
        standing, at = origin_of(name, default=default, exceptions=row.field_sources)
        settled[name] = settle(
            Claim(facts[name], standing, at),
            Claim(value, source.id, observed_at),
            current_rank=ranks.rank(name, standing),
            incoming_rank=ranks.rank(name, source.id),
            key=BY_NAME[name].key and source.id != standing,
        )
    return settled


def taken(settled: Mapping[str, Settlement]) -> dict[str, Claim]:
    """Return the claims that stand from now on."""
    return {name: item.standing for name, item in settled.items() if item.verdict is Verdict.TAKEN}


def disputes_of(row: LegalEntity, settled: Mapping[str, Settlement]) -> list[Dispute]:
    """Return what has to be kept of settled fields."""
    entry = EntryRef(LEGAL_ENTITIES, row.id, row.organisation_id, row.division_code)
    return [Dispute(entry, name, item) for name, item in settled.items() if item.losing is not None]


def planned(
    row: LegalEntity,
    claims: Mapping[str, Claim],
    *,
    stored: Sequence[State],
    since: date | None,
    now: datetime,
    note: str = "",
) -> Change | None:
    """Put claims that stand into a locked entity, in memory; None when they change nothing."""
    if not claims:
        return None
    before, default = facts_of(row), (row.source_id, row.observed_at)
    states = believed([*stored, State(before, row.valid_from, row.known_from)])
    amendment = amended(states, patch={name: claim.value for name, claim in claims.items()}, since=since, now=now)
    if amendment is None:
        return None
    for name, claim in claims.items():
        origin = (claim.source_id, claim.observed_at)
        row.field_sources = with_origin(row.field_sources, field=name, origin=origin, default=default)
    fields = tuple(name for name in claims if amendment.current.facts[name] != before[name])
    put_facts(row, {name: amendment.current.facts[name] for name in fields})
    if "status" in fields:
        row.status_on = since or row.status_on
    row.valid_from, row.known_from = amendment.current.valid_from, amendment.current.known_from
    row.revision += 1
    source_id = next(iter(claims.values())).source_id
    return Change(row, before, amendment, fields or tuple(claims), source_id, since, note)


def write(actor: Actor, changes: Sequence[Change], *, now: datetime, day: date) -> None:
    """Write changed entities with what they were, their former names and the steps of their lives."""
    withdrawn = [number for change in changes for number in change.amendment.withdrawn]
    EntityVersion.objects.filter(id__in=withdrawn).update(known_to=now)
    EntityVersion.objects.bulk_create(
        [_version(change.row, state) for change in changes for state in change.amendment.added], batch_size=2_000
    )
    LegalEntity.objects.bulk_create(
        [change.row for change in changes],
        batch_size=2_000,
        update_conflicts=True,
        unique_fields=["uscc"],
        update_fields=list(COLUMNS),
    )
    EntityName.objects.bulk_create(
        [_name(change, day) for change in changes if "name" in change.fields and change.since], ignore_conflicts=True
    )
    EntityStatus.objects.bulk_create(
        [_status(change, day, now) for change in changes if "status" in change.fields], ignore_conflicts=True
    )
    EntityChange.objects.bulk_create([_change(actor, change, day, now) for change in changes], batch_size=2_000)


def _version(row: LegalEntity, state: State) -> EntityVersion:
    return EntityVersion(
        entity_id=row.id,
        valid_from=state.valid_from,
        valid_to=state.valid_to,
        known_from=state.known_from,
        closed_at=state.closed_at,
        known_to=state.known_to,
        facts=dict(state.facts),
    )


def _name(change: Change, day: date) -> EntityName:
    name = change.before["name"]
    return EntityName(entity_id=change.row.id, name=name, words=pairs(name), until=change.since or day)


def _status(change: Change, day: date, now: datetime) -> EntityStatus:
    return EntityStatus(
        entity_id=change.row.id,
        status=change.row.status,
        since=change.since or day,
        ground=change.note,
        source_id=change.source_id,
        created_at=now,
    )


def _change(actor: Actor, change: Change, day: date, now: datetime) -> EntityChange:
    return EntityChange(
        entity_id=change.row.id,
        kind=EntityChange.Kind.CHANGE if change.since else EntityChange.Kind.CORRECTION,
        happened_date=change.since or day,
        recorded_at=now,
        fields=list(change.fields),
        note=change.note,
        actor=actor.key[:60],
        source_id=change.source_id,
    )
