"""Keys, ids and companions of observations, in the thread and the transaction that write them.

The store keeps one reading for an instant of a datastream; SensorThings lets clients tell as many as they like. The
second gets the next free microsecond as its key, and its own time beside it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import numpy as np

from onecity.kernel.errors import Conflict
from onecity.kernel.text import zh
from onecity.platform.iot.contracts import Batch
from onecity.platform.iot.rules import quality
from onecity.platform.iot.rules.instants import instant
from onecity.platform.iot.sensorthings.observing.drafts import Draft
from onecity.platform.iot.services.store.wire import Instants, Integers, bulk_cursor, micros_sql

ROOM: Final = 900
"""So many observations of one instant; the ids of the next millisecond stay free."""
_TAKEN: Final = f"""
    SELECT o.datastream_id, {micros_sql("o.phenomenon_at")} FROM unnest(%s, %s) AS k(id, at)
    JOIN iot_observation o ON o.datastream_id = k.id
        AND o.phenomenon_at >= k.at AND o.phenomenon_at < k.at + interval '1 millisecond'
    WHERE o.phenomenon_at BETWEEN %s AND %s
"""
_NUMBERS: Final = "SELECT nextval('iot_sta_number') FROM generate_series(1, %s)"
_KEEP: Final = """
    INSERT INTO iot_sta_observation (datastream_id, phenomenon_at, number, begins_at, ends_at, result, result_at,
        valid_from, valid_until, result_quality, parameters, feature_id)
    SELECT * FROM unnest(%s, %s, %s::bigint[], %s::timestamptz[], %s::timestamptz[], %s::jsonb[], %s::timestamptz[],
        %s::timestamptz[], %s::timestamptz[], %s::jsonb[], %s::jsonb[], %s::bigint[])
"""
_RESULT_TIMES: Final = """
    UPDATE iot_sta_datastream x SET result_from = least(x.result_from, k.first),
        result_until = greatest(x.result_until, k.last)
    FROM (SELECT id, min(at) AS first, max(at) AS last FROM unnest(%s::int[], %s::timestamptz[]) AS t(id, at)
        GROUP BY id ORDER BY id) k
    WHERE x.id = k.id AND (x.result_from IS NULL OR x.result_from > k.first OR x.result_until < k.last)
"""
_GOOD: Final = quality.code(quality.GOOD)
_NO_NUMBER: Final = quality.code(quality.NO_NUMBER)


class Crowded(Conflict):
    """More observations of one instant than the interface has room for."""

    code = "iot.sensorthings_crowded"
    message = zh("同一数据流同一时刻的观测过多")


def choose_keys(drafts: Sequence[Draft]) -> None:
    """Choose a free key for each, and an id for those whose id does not follow from it.

    Raises: Crowded.
    """
    if not drafts:
        return
    taken = _taken(drafts)
    numbered = []
    for draft in drafts:
        draft.at = draft.begins
        while (draft.datastream_id, draft.at) in taken:
            draft.at += 1
        if draft.at - draft.begins > ROOM:
            raise Crowded
        taken.add((draft.datastream_id, draft.at))
        if draft.id is None and draft.at % 1000:
            numbered.append(draft)
    if numbered:
        with bulk_cursor() as cursor:
            rows = cursor.execute(_NUMBERS, [len(numbered)]).fetchall()
        for draft, row in zip(numbered, rows, strict=True):
            assert isinstance(row[0], int)
            draft.id = row[0]


def batch_of(drafts: Sequence[Draft], *, open_clock: bool) -> Batch:
    """Return their numbers as a batch of the store. open_clock: they may tell of any time, as forecasts do."""
    number = np.array([draft.number for draft in drafts], np.float64)
    return Batch(
        np.array([draft.datastream_id for draft in drafts], np.int32),
        np.array([draft.at for draft in drafts], np.int64),
        number,
        np.where(np.isnan(number), np.uint8(_NO_NUMBER), np.uint8(_GOOD)),
        np.arange(len(drafts), dtype=np.int32),
        open_clock=open_clock,
    )


def keep_companions(drafts: Sequence[Draft]) -> None:
    """Keep what the store's rows do not say, in their transaction."""
    told = [draft for draft in drafts if not draft.plain or draft.id is not None]
    if not told:
        return
    with bulk_cursor() as cursor:
        cursor.execute(_KEEP, _columns(told))
        timed = [draft for draft in told if draft.result_at is not None]
        if timed:
            cursor.execute(
                _RESULT_TIMES, [[draft.datastream_id for draft in timed], [draft.result_at for draft in timed]]
            )


def _columns(told: Sequence[Draft]) -> list[object]:
    return [
        Integers(np.array([draft.datastream_id for draft in told], np.int32)),
        Instants(np.array([draft.at for draft in told], np.int64)),
        [draft.id for draft in told],
        [_moment(draft.begins) if draft.begins != draft.at else None for draft in told],
        [_moment(draft.ends) for draft in told],
        [draft.result for draft in told],
        [draft.result_at for draft in told],
        [draft.valid_from for draft in told],
        [draft.valid_until for draft in told],
        [draft.quality for draft in told],
        [draft.parameters for draft in told],
        [draft.feature_id for draft in told],
    ]


def _moment(at: int | None) -> datetime | None:
    return None if at is None else instant(at)


def _taken(drafts: Sequence[Draft]) -> set[tuple[int, int]]:
    ids = np.array([draft.datastream_id for draft in drafts], np.int32)
    begins = np.array([draft.begins for draft in drafts], np.int64)
    bounds = [instant(int(begins.min())), instant(int(begins.max()) + 1000)]
    with bulk_cursor() as cursor:
        rows = cursor.execute(_TAKEN, [Integers(ids), Instants(begins), *bounds]).fetchall()
    return {(number, at) for number, at in rows if isinstance(number, int) and isinstance(at, int)}
