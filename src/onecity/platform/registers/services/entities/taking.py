"""Blocks of records into the register of legal entities: checked, settled and written set by set, once each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import pyarrow as pa
from django.db import connection, transaction

from onecity.kernel import bus
from onecity.kernel.actor import Actor
from onecity.kernel.clock import CITY_ZONE, city_date
from onecity.kernel.text import zh
from onecity.platform.identity.api import record
from onecity.platform.registers.contracts.persons import BlockKey, RefusedRecord, Taken
from onecity.platform.registers.contracts.provenance import Dispute, SourceInfo
from onecity.platform.registers.events import ENTITIES_TAKEN
from onecity.platform.registers.models import LegalEntity, RegisterBlock
from onecity.platform.registers.rules.entities.blocks import Judged, judge
from onecity.platform.registers.rules.entities.fields import LEGAL_ENTITIES
from onecity.platform.registers.rules.provenance import RankTable
from onecity.platform.registers.selectors.entities.facts import stored_states
from onecity.platform.registers.selectors.entities.rows import check_place
from onecity.platform.registers.selectors.provenance import rank_table, source_by_code
from onecity.platform.registers.services.entities.changing import (
    Change,
    disputes_of,
    planned,
    settle_values,
    taken,
    write,
)
from onecity.platform.registers.services.entities.entering import blank_entity, note_entries
from onecity.platform.registers.services.provenance_conflicts import keep_disputes

_ONE_AT_A_TIME: Final = "SELECT pg_advisory_xact_lock(hashtextextended('registers.entities', 0))"


@dataclass(frozen=True, slots=True)
class Bringing:
    """Who brings a block, and by which rules. now: city time."""

    actor: Actor
    source: SourceInfo
    ranks: RankTable
    now: datetime


def take_entity_records(actor: Actor, *, source: str, batch: pa.RecordBatch, block: BlockKey, now: datetime) -> Taken:
    """Put a block of records into the register of legal entities, in one transaction; the same block again changes
    nothing.

    Columns: those of `rules.entities.blocks.COLUMNS`; `uscc` finds the entity, what is not delivered says nothing. A
    row that fails a check is returned with every reason. Values that contradict another source are settled by the
    rules of sources; what loses is kept. Blocks land one after another. now: city time.
    Raises: BlockRefused; UnknownSource; NotPermitted.
    """
    found = source_by_code(source)
    check_place(actor, organisation_id=found.organisation_id, division_code="")
    judged = judge(batch, today=city_date(now))
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_ONE_AT_A_TIME)
        judged = _without_strangers(judged)
        refused = tuple(RefusedRecord(row, reasons) for row, reasons in sorted(judged.refused.items()))
        row, fresh = RegisterBlock.objects.get_or_create(
            register=LEGAL_ENTITIES, run=block.run, number=block.number, defaults={"counts": {}, "landed_at": now}
        )
        if not fresh:
            return Taken(**row.counts, repeated=True, refused=refused)
        row.counts = _land(judged, Bringing(actor, found, rank_table(LEGAL_ENTITIES, now=now), now))
        row.save(update_fields=["counts"])
        details = {"source": source, "block": block.number, "run": block.run, **row.counts}
        record(actor, action="registers.take_entities", target=f"registers.block:{row.id}", details=details)
        bus.announce(ENTITIES_TAKEN, register=LEGAL_ENTITIES, run=block.run, number=block.number, at=now)
    return Taken(**row.counts, repeated=False, refused=refused)


def _without_strangers(judged: Judged) -> Judged:
    """Refuse the rows about entities that nobody knows and the block does not name."""
    if judged.names_all():
        return judged
    known = set(LegalEntity.objects.filter(uscc__in=judged.codes).values_list("uscc", flat=True))
    why = (("name.missing", zh("法人库中没有此单位，且未提供名称")),)
    strangers = {row: why for row in judged.good() if judged.codes[row] not in known}
    return replace(judged, refused={**judged.refused, **strangers})


def _land(judged: Judged, bringing: Bringing) -> dict[str, int]:
    good = judged.good()
    codes = [judged.codes[place] for place in good]
    known = {row.uscc: row for row in LegalEntity.objects.select_for_update().filter(uscc__in=codes).order_by("id")}
    fresh = [place for place in good if judged.codes[place] not in known]
    _enter(judged, fresh, bringing)
    stored = stored_states([row.id for row in known.values()])
    changes, disputes = list[Change](), list[Dispute]()
    for place in good:
        row = known.get(judged.codes[place])
        if row is None:
            continue
        observed = _observed(judged, place, bringing.now)
        settled = settle_values(
            row, judged.values(place), source=bringing.source, observed_at=observed, ranks=bringing.ranks
        )
        disputes += disputes_of(row, settled)
        since = max(city_date(observed), row.valid_from)
        plan = planned(row, taken(settled), stored=stored.get(row.id, ()), since=since, now=bringing.now)
        if plan is not None:
            changes.append(plan)
    write(bringing.actor, changes, now=bringing.now, day=city_date(bringing.now))
    contested = keep_disputes(disputes, now=bringing.now)
    return {
        "read": judged.rows,
        "inserted": len(fresh),
        "updated": len(changes),
        "unchanged": len(good) - len(fresh) - len(changes),
        "contested": contested,
    }


def _enter(judged: Judged, places: Sequence[int], bringing: Bringing) -> None:
    rows = [
        blank_entity(
            judged.codes[place],
            judged.values(place),
            source=bringing.source,
            observed_at=_observed(judged, place, bringing.now),
            now=bringing.now,
        )
        for place in places
    ]
    made = LegalEntity.objects.bulk_create(rows, batch_size=2_000)
    note_entries(bringing.actor, made, now=bringing.now)


def _observed(judged: Judged, place: int, now: datetime) -> datetime:
    """Return when a row was so; a clock time without a zone is the city's; nothing lies ahead of now."""
    text = judged.observed[place]
    if not text:
        return now
    moment = datetime.fromisoformat(text)
    return min(moment if moment.tzinfo else moment.replace(tzinfo=CITY_ZONE), now)
