"""Blocks of records into the register: checked, settled and merged set by set, once for each block."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import pyarrow as pa
from django.db import transaction

from onecity.kernel import bus
from onecity.kernel.actor import Actor
from onecity.kernel.clock import CITY_ZONE, city_date
from onecity.platform.identity.api import record, sealer
from onecity.platform.registers.contracts.persons import BlockKey, RefusedRecord, Taken
from onecity.platform.registers.contracts.provenance import Dispute, EntryRef, SourceInfo
from onecity.platform.registers.events import PERSONS_TAKEN
from onecity.platform.registers.models import RegisterBlock
from onecity.platform.registers.rules.person_blocks import IDENTIFIER, Judged, judge
from onecity.platform.registers.rules.person_fields import BY_NAME, POPULATION
from onecity.platform.registers.rules.provenance import Claim, RankTable, Verdict, origin_of, settle, with_origin
from onecity.platform.registers.selectors.persons.rows import check_place
from onecity.platform.registers.selectors.provenance import rank_table, source_by_code
from onecity.platform.registers.services.persons.changing import masked_value
from onecity.platform.registers.services.persons.landing import (
    Changed,
    Standing,
    insert_new,
    read_differing,
    stage,
    update,
)
from onecity.platform.registers.services.provenance_conflicts import keep_disputes

SETTLED: Final = frozenset(BY_NAME) - {IDENTIFIER, "status"}


@dataclass(frozen=True, slots=True)
class Bringing:
    """Who brings a block, and when it was so. observed: by row; the block's own time where a row has none."""

    source: SourceInfo
    ranks: RankTable
    observed: Sequence[datetime]
    now: datetime


def take_records(actor: Actor, *, source: str, batch: pa.RecordBatch, block: BlockKey, now: datetime) -> Taken:
    """Put a block of records into the population register, in one transaction; the same block again changes nothing.

    Columns: those of `rules.person_blocks.COLUMNS`; `citizen_id` finds the person, what is not delivered says nothing.
    A row that fails a check is returned with every reason. Values that contradict another source are settled by the
    rules of sources; what loses is kept. A new person is put into the household of the given number, which is opened
    when there is none; those who are known move between households by life events only.
    now: city time.
    Raises: BlockRefused; UnknownSource; NotPermitted; Conflict when another process put in the same persons meanwhile.
    """
    found = source_by_code(source)
    check_place(actor, organisation_id=found.organisation_id, division_code="")
    judged = judge(batch, today=city_date(now))
    refused = tuple(RefusedRecord(row, reasons) for row, reasons in sorted(judged.refused.items()))
    with transaction.atomic():
        row, fresh = RegisterBlock.objects.get_or_create(
            register=POPULATION, run=block.run, number=block.number, defaults={"counts": {}, "landed_at": now}
        )
        if not fresh:
            return Taken(**row.counts, repeated=True, refused=refused)
        bringing = Bringing(found, rank_table(POPULATION, now=now), _observed(judged, now), now)
        row.counts = _land(judged, bringing)
        row.save(update_fields=["counts"])
        details = {"source": source, "block": block.number, "run": block.run, **row.counts}
        record(actor, action="registers.take_records", target=f"registers.block:{row.id}", details=details)
        bus.announce(PERSONS_TAKEN, register=POPULATION, run=block.run, number=block.number, at=now)
    return Taken(**row.counts, repeated=False, refused=refused)


def _land(judged: Judged, bringing: Bringing) -> dict[str, int]:
    good, seal = judged.good(), sealer()
    stage(judged, good, sealer=seal, observed=bringing.observed)
    inserted = insert_new(judged, source=bringing.source, sealer=seal, now=bringing.now)
    delivered = tuple(name for name in judged.fields if name in SETTLED)
    changed, disputes = list[Changed](), list[Dispute]()
    for person in read_differing(delivered):
        change, lost = _settled(person, judged, delivered, bringing)
        disputes += lost
        if change:
            changed.append(change)
    update(changed, now=bringing.now)
    contested = keep_disputes(disputes, now=bringing.now)
    return {
        "read": judged.rows,
        "inserted": len(inserted),
        "updated": len(changed),
        "unchanged": len(good) - len(inserted) - len(changed),
        "contested": contested,
    }


def _settled(
    person: Standing, judged: Judged, delivered: Sequence[str], bringing: Bringing
) -> tuple[Changed | None, list[Dispute]]:
    default, observed = (person.source_id, person.observed_at), bringing.observed[person.row]
    entry = EntryRef(POPULATION, person.id, person.organisation_id, person.division_code)
    exceptions, patch, disputes = person.field_sources, dict[str, str](), list[Dispute]()
    for name in delivered:
        value = judged.fields[name][person.row]
        if value == person.facts[name]:
            continue
        origin = origin_of(name, default=default, exceptions=exceptions)
        settlement = settle(
            Claim(person.facts[name], *origin),
            Claim(value, bringing.source.id, observed),
            current_rank=bringing.ranks.rank(name, origin[0]),
            incoming_rank=bringing.ranks.rank(name, bringing.source.id),
            key=BY_NAME[name].key,
        )
        if settlement.losing:
            disputes.append(Dispute(entry, name, settlement, masked_value(name, settlement.losing.value)))
        if settlement.verdict is Verdict.TAKEN:
            patch[name] = value
            exceptions = with_origin(exceptions, field=name, origin=(bringing.source.id, observed), default=default)
    if not patch:
        return None, disputes
    since = max(_day(observed), person.valid_from)
    return Changed(person, patch, exceptions, since, splits=since > person.valid_from), disputes


def _observed(judged: Judged, now: datetime) -> list[datetime]:
    texts = judged.extra.get("observed_at")
    return (
        [now] * judged.rows
        if texts is None
        else [now if row in judged.refused else _instant(text, now) for row, text in enumerate(texts)]
    )


def _instant(text: str, now: datetime) -> datetime:
    """Read an instant that has been checked; a clock time without a zone is the city's; nothing lies ahead of now."""
    if not text:
        return now
    moment = datetime.fromisoformat(text)
    return min(moment if moment.tzinfo else moment.replace(tzinfo=CITY_ZONE), now)


def _day(moment: datetime) -> date:
    return city_date(moment)
