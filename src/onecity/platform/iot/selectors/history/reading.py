"""Reads the history: from roll-ups where they hold, from readings elsewhere, from files where days are cold."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import orjson
from numpy.typing import NDArray

from onecity.kernel.errors import Invalid, Unavailable
from onecity.kernel.text import zh
from onecity.platform.iot.contracts import Buckets, Gap, History, HistoryQuery, HistorySeries, Readings
from onecity.platform.iot.rules.gaps import gaps_between
from onecity.platform.iot.rules.instants import DAY, HOUR, NEVER, SECOND, instant, micros
from onecity.platform.iot.rules.rollups import begins, chosen, combined, ends, no_buckets, rolled_up, step_for
from onecity.platform.iot.rules.stretches import Stretches
from onecity.platform.iot.selectors.cold import closed_of
from onecity.platform.iot.selectors.columns import READING, READING_SQL, ids_sql, in_order, instant_sql, readings_of
from onecity.platform.iot.selectors.history.asking import (
    FINER,
    ROLLUP,
    ROLLUP_SQL,
    Asking,
    Copy,
    Thaw,
    due_of,
    facts_of,
)
from onecity.platform.iot.selectors.history.planning import Facts, Piece, Rolled, pieces

MOST_DATASTREAMS: Final = 5_000
MOST_BUCKETS: Final = 2_000_000
ATTEMPTS: Final = 5
LATE: Final = """
    SELECT datastream_id, phenomenon_at, COALESCE(result, 'NaN'), CASE WHEN erased THEN 0::smallint ELSE quality END
"""
_FIRST, _LAST = instant(-100 * 366 * DAY), instant(400 * 366 * DAY)


class TooMuch(Invalid):
    """The question asks for more than one answer may hold."""

    code = "iot.question_too_large"
    message = zh("查询的数据过多，请缩短时间范围、减少数据流或加大时间间隔")


def told(query: HistoryQuery) -> tuple[NDArray[np.int32], int, int, int]:
    """Return a question as numbers: ids, since, until and step in microseconds; bounds widened to whole steps.

    Raises: Invalid for a stretch or step that cannot be; TooMuch.
    """
    since, until = micros(max(query.since, _FIRST)), micros(min(query.until, _LAST))
    if since >= until:
        raise Invalid(fields={"until": zh("结束时间应晚于起始时间")})
    step = query.step_s * SECOND
    if query.points:
        step = step_for(until - since, points=query.points)
    if step % (60 * SECOND) or (step and DAY % step and step % DAY):
        raise Invalid(fields={"step": zh("时间间隔应为能整除一天的整分钟数，或整天数")})
    ids = np.unique(np.array(query.datastreams, np.int32))
    if len(ids) > MOST_DATASTREAMS or (step and len(ids) * ((until - since) // step) > MOST_BUCKETS):
        raise TooMuch
    if step:
        since, until = int(begins(np.array(since), step)), int(ends(np.array(until), step))
    return ids, since, until, step


def history(query: HistoryQuery, *, most: int = 0) -> Asking[History]:
    """Answer a question about any number of datastreams. Every answer is as exact as reading all readings would be.

    A number of points that the readings themselves do not exceed is answered with the readings. most: refuse a question
    for every reading if there are more than so many; 0 never refuses.
    Raises: Invalid, TooMuch; Unavailable if days kept moving meanwhile.
    """
    ids, since, until, step = told(query)
    sources: Counter[str] = Counter()
    if most and not step:
        yield from _refuse_more(ids, since, until, most)
    if not step:
        found = yield from raw_readings(ids, since=since, until=until, sources=sources)
        return series_of(query, ids.tolist(), found, sources=sources)
    buckets = yield from bucketed(ids, since=since, until=until, step=step, sources=sources)
    few = query.points and buckets.readings.sum() <= query.points * max(1, len(ids))
    if few:
        sources.clear()
        bounds = micros(max(query.since, _FIRST)), micros(min(query.until, _LAST))
        found = yield from raw_readings(ids, since=bounds[0], until=bounds[1], sources=sources)
        return series_of(query, ids.tolist(), found, sources=sources)
    series = []
    nothing = _no_readings()
    for number in ids.tolist():
        own = chosen(buckets, buckets.datastream == number)
        gaps = _gaps(own.at, since=since, until=until, step=step, readings=own.readings, expected_s=query.expected_s)
        series.append(HistorySeries(number, own.at, own.mean, nothing.quality, own, gaps))
    return History(tuple(series), step // SECOND, instant(since), instant(until), dict(sources))


def bucketed(ids: NDArray[np.int32], *, since: int, until: int, step: int, sources: Counter[str]) -> Asking[Buckets]:
    """Return the stretches of datastreams; since and until stand at borders of stretches. sources: counted up."""
    for _ in range(ATTEMPTS):
        facts = yield from _facts(ids, since, until)
        finer = yield from _finer(ids, since, min(until, facts.settled), step)
        parts: list[Buckets] = []
        counted: Counter[str] = Counter()
        try:
            for piece in pieces(ids, (since, until), step=step, facts=facts, rolled=finer):
                if piece.tier == "raw":
                    found = yield from _raw(piece, facts, counted)
                    parts.append(rolled_up(found.datastream, found.at, found.result, found.quality, step=step))
                else:
                    parts.append((yield from _rolled(piece, counted)))
        except FileNotFoundError:  # the day's files were made anew
            continue
        if facts.version == (yield from _facts(ids, since, until)).version:
            sources += counted
            return combined(parts, step=step)
    raise Unavailable


def raw_readings(ids: NDArray[np.int32], *, since: int, until: int, sources: Counter[str]) -> Asking[Readings]:
    """Return every reading of datastreams with since ≤ time < until, sorted by datastream and time."""
    for _ in range(ATTEMPTS):
        facts = yield from _facts(ids, since, until)
        counted: Counter[str] = Counter()
        try:
            found = yield from _raw(Piece("raw", ids, since, until), facts, counted)
        except FileNotFoundError:  # the day's files were made anew
            continue
        if facts.version == (yield from _facts(ids, since, until)).version:
            sources += counted
            return found
    raise Unavailable


def _facts(ids: NDArray[np.int32], since: int, until: int) -> Asking[Facts]:
    settled, due, closed = (yield facts_of(ids, since=since, until=until))[0]
    return Facts(NEVER if settled is None else settled, due_of(due), closed_of(orjson.loads(closed or "[]")))


def _finer(ids: NDArray[np.int32], since: int, until: int, step: int) -> Asking[Rolled]:
    """Ask of which days there are hours, or of which hours there are minutes, whichever the step needs."""
    nothing = due_of(None)
    if since >= until:
        return Rolled(nothing, nothing)
    if step % HOUR:
        return Rolled(nothing, (yield from _having(ids, since, until, table="hour", what="minutes", length=HOUR)))
    days = int(begins(np.array(since), DAY)), int(ends(np.array(until), DAY))
    return Rolled((yield from _having(ids, *days, table="day", what="hours", length=DAY)), nothing)


def _having(ids: NDArray[np.int32], since: int, until: int, *, table: str, what: str, length: int) -> Asking[Stretches]:
    where = _which(ids, since, until, "begins_at")
    rows = yield Copy(f"SELECT datastream_id, begins_at FROM iot_{table}rollup WHERE {where} AND has_{what}", FINER)
    at = rows["at"].astype(np.int64)
    return Stretches(rows["datastream"].astype(np.int32), at, at + length)


def _rolled(piece: Piece, counted: Counter[str]) -> Asking[Buckets]:
    where = _which(piece.datastreams, piece.since, piece.until, "begins_at")
    rows = yield Copy(f"SELECT {ROLLUP_SQL} FROM iot_{piece.tier}rollup WHERE {where}", ROLLUP)
    counted[piece.tier] += len(rows)
    if not len(rows):
        return no_buckets()
    found = {name: rows[name].astype(np.dtype(rows[name].dtype.str.replace(">", "="))) for name in _ROLLUP_NAMES}
    none = found["good"] == 0
    first_at, last_at = (np.where(none, NEVER, found[name]) for name in ("first_at", "last_at"))
    whole = {name: found[name].astype(np.int64) for name in ("readings", "good")}
    return Buckets(**{**found, **whole, "first_at": first_at, "last_at": last_at})


_ROLLUP_NAMES: Final = tuple(Buckets.__dataclass_fields__)


def _raw(piece: Piece, facts: Facts, counted: Counter[str]) -> Asking[Readings]:
    where = _which(piece.datastreams, piece.since, piece.until, "phenomenon_at")
    rows = yield Copy(f"SELECT {READING_SQL} FROM iot_observation WHERE {where}", READING)
    found = readings_of(rows)
    counted["raw"] += len(found)
    closed = [day for day in facts.closed if day.day * DAY < piece.until and (day.day + 1) * DAY > piece.since]
    if not closed:
        return found
    cold = yield Thaw([file for day in closed for file in day.files], piece.datastreams, piece.since, piece.until)
    assert isinstance(cold, Readings)
    counted["cold"] += len(cold)
    late = readings_of((yield Copy(f"{LATE} FROM iot_lateobservation WHERE {where}", READING)))
    counted["late"] += len(late)
    return _put_together(found, cold, late)


def _put_together(found: Readings, cold: Readings, late: Readings) -> Readings:
    """Return all readings; late ones go before others under the same key, and without a quality they erase them."""
    whole = Readings(
        *(
            np.concatenate([getattr(part, name) for part in (late, found, cold)])
            for name in ("datastream", "at", "result", "quality")
        )
    )
    order = np.lexsort((whole.at, whole.datastream))  # stable: late ones first
    whole = whole.where(order)
    again = np.zeros(len(whole), np.bool_)
    again[1:] = (whole.datastream[1:] == whole.datastream[:-1]) & (whole.at[1:] == whole.at[:-1])
    return whole.where(~again & (whole.quality != 0))


def _which(ids: NDArray[np.int32], since: int, until: int, column: str) -> str:
    one = f"= {int(ids[0])}" if len(ids) == 1 else f"= ANY({ids_sql(ids)})"
    return f"datastream_id {one} AND {column} >= {instant_sql(since)} AND {column} < {instant_sql(until)}"


def series_of(query: HistoryQuery, shown: Sequence[int], found: Readings, *, sources: Mapping[str, int]) -> History:
    """Return readings as an answer with one series for each datastream in `shown`, ascending."""
    found = in_order(found)
    ids = np.array(shown, np.int32)
    since, until = micros(max(query.since, _FIRST)), micros(min(query.until, _LAST))
    places = np.searchsorted(found.datastream, np.stack([ids, ids + 1]))
    series = []
    for number, first, end in zip(ids.tolist(), *places.tolist(), strict=True):
        at = found.at[first:end]
        gaps = _gaps(at, since=since, until=until, expected_s=query.expected_s)
        series.append(HistorySeries(number, at, found.result[first:end], found.quality[first:end], None, gaps))
    return History(tuple(series), 0, instant(since), instant(until), dict(sources))


def _refuse_more(ids: NDArray[np.int32], since: int, until: int, most: int) -> Asking[None]:
    """Count by the hour before every reading is fetched.

    Raises: TooMuch.
    """
    bounds = int(begins(np.array(since), HOUR)), int(ends(np.array(until), HOUR))
    found = yield from bucketed(ids, since=bounds[0], until=bounds[1], step=HOUR, sources=Counter())
    if found.readings.sum() > most:
        raise TooMuch


def _no_readings() -> Readings:
    return Readings(np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0, np.float64), np.empty(0, np.uint8))


def _gaps(at: NDArray[np.int64], **facts: Any) -> tuple[Gap, ...]:
    return tuple(Gap(instant(since), instant(until)) for since, until in gaps_between(at, **facts))
