"""Matching a delivery to the register, and searching the register for double entries."""

import time
from collections.abc import Iterator
from datetime import datetime

import orjson
import pyarrow as pa
from django.db import connection, transaction

from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotPermitted
from onecity.platform.identity.api import record
from onecity.platform.registers.contracts.matching import MatchRunInfo
from onecity.platform.registers.models import MatchModel, MatchRun
from onecity.platform.registers.permissions import JUDGE_PAIRS
from onecity.platform.registers.rules.matching import Thresholds, Weights, read_weights
from onecity.platform.registers.selectors.matching import run_info
from onecity.platform.registers.selectors.provenance import source_by_code
from onecity.platform.registers.services.matching import candidates, engine, judging
from onecity.platform.registers.services.matching.models import model_in_force
from onecity.platform.registers.services.matching.records import Prepared, prepare

_LINKS = "COPY registers_matchlink (run_id, record_key, outcome, person_id, probability) FROM STDIN"
_PAIR_STAGE = """
    CREATE TEMPORARY TABLE match_pairs (record_key text, left_id bigint, person_id bigint, probability float8,
        facts jsonb, agreement jsonb) ON COMMIT DROP
"""
_PAIRS = """
    INSERT INTO registers_doubtfulpair (run_id, record_key, person_id, other_id, probability, facts, agreement, state,
        organisation_id, division_code, created_at, decided_by, note)
    SELECT %(run)s, m.record_key, m.person_id, m.left_id, m.probability, m.facts, m.agreement, 'waiting',
        p.organisation_id, p.division_code, %(now)s, '', ''
    FROM match_pairs m JOIN registers_person p ON p.id = m.person_id
    WHERE m.left_id IS NULL OR NOT EXISTS (SELECT FROM registers_doubtfulpair known
        WHERE known.person_id = m.person_id AND known.other_id = m.left_id AND known.state <> 'same')
"""


def match_people(
    actor: Actor, *, code: str, title: str, source: str, records: pa.Table, organisation_id: int | None, now: datetime
) -> MatchRunInfo:
    """Match a delivery to the population register: exact by identity number, else by probability.

    code: names the run for ever; a run that is known is not done again. source: code of the data source. records: see
    `contracts.matching.RECORD_COLUMNS`. Nothing is written into the register itself. now: city time.
    Raises: NotPermitted; RecordsRefused; UnknownSource.
    """
    known = _known(actor, code)
    if known is not None:
        return known
    began = time.monotonic()
    origin = source_by_code(source)
    prepared = prepare(records)
    model = model_in_force()
    judged = judging.Judged()
    with transaction.atomic():
        candidates.stage(prepared)
        judging.judge_hits(candidates.exact_hits(prepared), judged)
        rest = [row for row in range(len(prepared)) if row not in judged.links]
        persons = candidates.candidates(prepared, rest) if rest else None
        candidates.leave_stage()
    if persons is not None and persons.num_rows:
        scored = _scored(candidates.record_table(prepared, rest), persons, model)
        judging.judge_pairs(scored, judged, thresholds=Thresholds(model.sure_from, model.doubtful_from))
    run = MatchRun(
        code=code,
        title=title,
        source_id=origin.id,
        model=model,
        organisation_id=organisation_id,
        records=len(prepared),
        exact=judged.count("exact"),
        probable=judged.count("probable"),
        doubtful=judged.count("doubtful"),
        unmatched=len(prepared) - len(judged.links),
        seconds=0.0,
        started_by=actor.name[:60],
        created_at=now,
    )
    with transaction.atomic():
        _save(actor, run, seconds=time.monotonic() - began)
        _write_links(run, prepared, judged)
        _write_pairs(run, _record_rows(prepared, judged), now=now)
    return run_info(run)


def search_doubles(
    actor: Actor, *, code: str, title: str, division: str, organisation_id: int | None, now: datetime
) -> MatchRunInfo:
    """Search a division's entries for persons who stand in the register twice; pairs a clerk has judged stay judged.

    division: digits, "" for all. Raises: NotPermitted.
    """
    known = _known(actor, code)
    if known is not None:
        return known
    began = time.monotonic()
    model = model_in_force()
    with transaction.atomic():
        persons = candidates.everybody(division)
    scored = engine.score_doubles(persons, weights=_weights(model), least=model.doubtful_from).table
    pairs = judging.doubles(scored)
    run = MatchRun(
        code=code,
        title=title,
        model=model,
        organisation_id=organisation_id,
        records=len(pairs),
        exact=0,
        probable=0,
        doubtful=len(pairs),
        unmatched=0,
        seconds=0.0,
        started_by=actor.name[:60],
        created_at=now,
    )
    with transaction.atomic():
        _save(actor, run, seconds=time.monotonic() - began)
        _write_pairs(run, (("", pair.left, pair, {}) for pair in pairs), now=now)
    return run_info(run)


def _known(actor: Actor, code: str) -> MatchRunInfo | None:
    if not actor.may(JUDGE_PAIRS):
        raise NotPermitted
    run = MatchRun.objects.select_related("source", "model").filter(code=code).first()
    return run_info(run) if run else None


def _weights(model: MatchModel) -> Weights:
    return read_weights(model.weights)


def _scored(records: pa.Table, persons: pa.Table, model: MatchModel) -> pa.Table:
    return engine.score_pairs(records, persons, weights=_weights(model), least=model.doubtful_from).table


def _save(actor: Actor, run: MatchRun, *, seconds: float) -> None:
    run.seconds = round(seconds, 3)
    run.save()
    counts = {"exact": run.exact, "probable": run.probable, "doubtful": run.doubtful, "unmatched": run.unmatched}
    record(actor, action="registers.match", target=f"registers.matchrun:{run.id}", details=counts)


def _write_links(run: MatchRun, prepared: Prepared, judged: judging.Judged) -> None:
    nothing = ("none", None, None)
    with connection.cursor() as cursor, cursor.copy(_LINKS) as copy:
        for row, key in enumerate(prepared.keys):
            copy.write_row((run.id, key, *judged.links.get(row, nothing)))


PairRow = tuple[str, int | None, judging.Pair, dict[str, str]]


def _record_rows(prepared: Prepared, judged: judging.Judged) -> Iterator[PairRow]:
    for pair in judged.doubtful:
        row = pair.left
        facts = {
            "name": prepared.names[row],
            "sex_code": prepared.sexes[row],
            "birth_date": prepared.births[row],
            "address": prepared.addresses[row],
            "division_code": prepared.divisions[row],
            "citizen_id": prepared.masked_ids[row],
            "phone": prepared.masked_phones[row],
        }
        yield prepared.keys[row], None, pair, facts


def _write_pairs(run: MatchRun, rows: Iterator[PairRow], *, now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_PAIR_STAGE)
        with cursor.copy("COPY match_pairs FROM STDIN") as copy:
            for key, left, pair, facts in rows:
                texts = (orjson.dumps(facts).decode(), orjson.dumps(dict(pair.agreement)).decode())
                copy.write_row((key, left, pair.person_id, pair.probability, *texts))
        cursor.execute(_PAIRS, {"run": run.id, "now": now})
        cursor.execute("DROP TABLE match_pairs")
