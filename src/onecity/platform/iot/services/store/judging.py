"""Holds new readings against the rules, inside the store's transaction.

Only readings beyond a limit, or of a datastream whose rule does not stand at normal, go through Python one by one. The
store has locked the datastreams' latest values, so no other writer judges them at the same time.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from onecity.platform.iot.contracts import Readings
from onecity.platform.iot.rules import quality
from onecity.platform.iot.rules.compiled import Compiled
from onecity.platform.iot.rules.instants import covered_s, instant
from onecity.platform.iot.rules.thresholds import NORMAL, Phase, Sample, Standing, Turn, step
from onecity.platform.iot.services.alarms import Trigger, clear_alarm, raise_alarm
from onecity.platform.iot.services.store.known import Known
from onecity.platform.iot.services.store.rulebook import RuleBook
from onecity.platform.iot.services.store.wire import Instants, Integers, bulk_cursor, micros_sql

_JUDGED: Final = np.zeros(256, np.bool_)
_JUDGED[[quality.code(letter) for letter in quality.JUDGED]] = True

_READ: Final = f"""
    SELECT datastream_id, rule_code, phase, {micros_sql("since_at")}, count, {micros_sql("last_at")}
    FROM iot_rulestate WHERE datastream_id = ANY(%s)
"""
_DROP: Final = """
    DELETE FROM iot_rulestate s USING unnest(%s::int[], %s::text[]) AS k(datastream_id, rule_code)
    WHERE s.datastream_id = k.datastream_id AND s.rule_code = k.rule_code
"""
_KEEP: Final = """
    INSERT INTO iot_rulestate (datastream_id, rule_code, phase, since_at, count, last_at)
    SELECT * FROM unnest(%s::int[], %s::text[], %s::text[], %s, %s::int[], %s)
    ON CONFLICT (datastream_id, rule_code) DO UPDATE SET
        phase = excluded.phase, since_at = excluded.since_at, count = excluded.count, last_at = excluded.last_at
"""
Key = tuple[int, str]


def judge(fresh: Readings, *, known: Known, book: RuleBook, now: datetime) -> None:
    """Judge readings; raise and clear alarms and keep the standings, in the caller's transaction."""
    book.refresh(known.kinds)
    if book.empty:
        return
    kind = known.kind[fresh.datastream]
    ruled = book.ruled(kind)
    if not ruled.any():
        return
    standings = _standings(np.unique(fresh.datastream[ruled]))
    usable = ruled & _JUDGED[fresh.quality] & ~np.isnan(fresh.result)
    standing = np.array(sorted({datastream for datastream, _ in standings}), np.int32)
    crossing = fresh.datastream[usable & book.beyond(kind, fresh.result)]
    concerned = usable & np.isin(fresh.datastream, np.union1d(standing, crossing))
    back = ruled & np.isin(fresh.datastream, standing)  # whatever its quality, a reading ends silence
    changed = dict(_silence_ended(fresh.where(back), standings, known=known, book=book, now=now))
    if concerned.any():
        changed |= _judged(fresh.where(concerned), standings, known=known, book=book, now=now)
    _keep(changed)


def _standings(ids: NDArray[np.int32]) -> dict[Key, Standing]:
    with bulk_cursor() as cursor:
        rows = cursor.execute(_READ, [Integers(ids)]).fetchall()
    found: dict[Key, Standing] = {}
    for datastream, code, phase, since, count, last in rows:
        assert isinstance(datastream, int)
        assert isinstance(since, int)
        assert isinstance(count, int)
        assert isinstance(last, int)
        found[datastream, str(code)] = Standing(Phase(str(phase)), since, count, last)
    return found


def _judged(
    fresh: Readings, standings: dict[Key, Standing], *, known: Known, book: RuleBook, now: datetime
) -> dict[Key, Standing]:
    changed: dict[Key, Standing] = {}
    readings = zip(fresh.datastream.tolist(), fresh.at.tolist(), fresh.result.tolist(), strict=True)
    for datastream, at, value in readings:
        kind = known.kinds[known.kind[datastream]]
        sample = Sample(at, value, covered_s(kind.period))
        for rule in book.rules(kind):
            if rule.kind == "no_data":
                continue
            key = (datastream, rule.code)
            before = changed.get(key) or standings.get(key, NORMAL)
            after, turn = step(rule.limits, before, sample)
            if after != before:
                changed[key] = after
            _act(turn, rule, datastream=datastream, sample=sample, now=now)
    return changed


def _act(turn: Turn, rule: Compiled, *, datastream: int, sample: Sample, now: datetime) -> None:
    trigger = Trigger(datastream, sample.value, instant(sample.at))
    if turn is Turn.RAISED:
        raise_alarm(rule, trigger=trigger, now=now)
    elif turn is Turn.CLEARED:
        clear_alarm(rule.code, trigger=trigger)


def _silence_ended(
    fresh: Readings, standings: dict[Key, Standing], *, known: Known, book: RuleBook, now: datetime
) -> Iterator[tuple[Key, Standing]]:
    """Yield the no-data rules that a reading brings back to normal, having cleared their alarms."""
    first = np.unique(fresh.datastream, return_index=True)[1]
    for datastream, at in zip(fresh.datastream[first].tolist(), fresh.at[first].tolist(), strict=True):
        for rule in book.rules(known.kinds[known.kind[datastream]]):
            if rule.kind == "no_data" and (datastream, rule.code) in standings:
                clear_alarm(rule.code, trigger=Trigger(datastream, None, instant(at)))
                yield (datastream, rule.code), NORMAL


def _keep(changed: dict[Key, Standing]) -> None:
    gone = sorted(key for key, standing in changed.items() if standing.phase is Phase.NORMAL)
    kept = sorted((key, standing) for key, standing in changed.items() if standing.phase is not Phase.NORMAL)
    with bulk_cursor() as cursor:
        if gone:
            cursor.execute(_DROP, [[key[0] for key in gone], [key[1] for key in gone]])
        if kept:
            cursor.execute(_KEEP, _columns(kept))


def _columns(kept: list[tuple[Key, Standing]]) -> list[object]:
    return [
        [key[0] for key, _ in kept],
        [key[1] for key, _ in kept],
        [standing.phase.value for _, standing in kept],
        Instants(np.array([standing.since for _, standing in kept], np.int64)),
        [standing.count for _, standing in kept],
        Instants(np.array([standing.last for _, standing in kept], np.int64)),
    ]
