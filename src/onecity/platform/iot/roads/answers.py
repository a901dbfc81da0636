"""The history's answers as JSON, CSV and Arrow."""

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np
import orjson
import pyarrow as pa
from numpy.typing import NDArray

from onecity.platform.iot.contracts import Buckets, History, HistorySeries
from onecity.platform.iot.rules.instants import NEVER, UNIX_EPOCH, instant
from onecity.platform.iot.rules.lttb import largest_triangles

ARROW: Final = "application/vnd.apache.arrow.stream"
CSV: Final = "text/csv; charset=utf-8"
_NUMBERS: Final = ("low", "high", "first", "last", "total")
Facts = Mapping[str, object]
Streams = Mapping[int, Facts]


def as_json(found: History, streams: Streams, *, following: str) -> bytes:
    """Return one object; times in milliseconds since 1970, one array a column."""
    body = {
        "step_s": found.step_s,
        "since": found.since.isoformat(),
        "until": found.until.isoformat(),
        "sources": found.sources,
        "series": [{**streams[item.datastream_id], **_columns(item), "gaps": _gaps(item)} for item in found.series],
        "next": following or None,
    }
    return orjson.dumps(body, option=orjson.OPT_SERIALIZE_NUMPY)


def as_arrow(found: History, streams: Streams) -> bytes:
    """Return an Arrow stream: `datastream` and `at` (UTC) with each row's values."""
    del streams
    parts = [item for item in found.series if len(item.at)]
    ids = np.concatenate(
        [np.full(len(item.at), item.datastream_id, np.int32) for item in parts] or [np.empty(0, np.int32)]
    )
    columns: dict[str, pa.Array] = {"datastream": pa.array(ids), "at": _times(_joined(parts, "at", np.int64))}
    if found.step_s:
        buckets = [item.buckets for item in parts if item.buckets is not None]
        for name in ("readings", "good"):
            columns[name] = pa.array(np.concatenate([getattr(own, name) for own in buckets] or [np.empty(0, np.int64)]))
        for name in ("mean", "weighted_mean", *_NUMBERS):
            values = np.concatenate([getattr(own, name) for own in buckets] or [np.empty(0)])
            columns[name] = pa.array(values, mask=np.isnan(values))
    else:
        result = _joined(parts, "result", np.float64)
        columns["result"] = pa.array(result, mask=np.isnan(result))
        columns["quality"] = pa.array([chr(code) for code in _joined(parts, "quality", np.uint8).tolist()], pa.string())
    table = pa.table(columns)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return bytes(sink.getvalue())


def as_csv(found: History, streams: Streams) -> bytes:
    """Return a table with one row a reading or bucket; times in ISO 8601, UTC."""
    text = io.StringIO()
    writer = csv.writer(text)
    tail = ("readings", "good", "mean", "weighted_mean", *_NUMBERS) if found.step_s else ("result", "quality")
    writer.writerow(("device", "property", "period", "sub_value", "unit", "at", *tail))
    for item in found.series:
        facts = streams[item.datastream_id]
        head = [_safe(facts[name]) for name in ("device", "property", "period", "sub_value", "unit")]
        writer.writerows([*head, *row] for row in rows_of(item))
    return text.getvalue().encode()


def rows_of(item: HistorySeries) -> Iterator[list[object]]:
    """Yield a series' rows: ISO time, then its values; None where there is no number."""
    at = [instant(value).isoformat() for value in item.at.tolist()]
    if item.buckets is None:
        columns: list[list[object]] = [_plain(item.result), [chr(code) for code in item.quality.tolist()]]
    else:
        own = item.buckets
        columns = [own.readings.tolist(), own.good.tolist()]
        columns += [_plain(getattr(own, name)) for name in ("mean", "weighted_mean", *_NUMBERS)]
    for row in zip(at, *columns, strict=True):
        yield list(row)


def drawn(item: HistorySeries, *, points: int) -> HistorySeries:
    """Return a series of readings thinned to `points` by its shape; readings without a number go."""
    there = ~np.isnan(item.result)
    at, result, quality = item.at[there], item.result[there], item.quality[there]
    kept = largest_triangles(at, result, points=max(points, 3))
    return HistorySeries(item.datastream_id, at[kept], result[kept], quality[kept], None, item.gaps)


def _columns(item: HistorySeries) -> dict[str, object]:
    times = milliseconds(item.at)
    if item.buckets is None:
        letters = bytes(item.quality).decode("latin-1")
        return {"at": times, "result": np.ascontiguousarray(item.result), "quality": letters}
    own = item.buckets
    named: dict[str, object] = {
        name: np.ascontiguousarray(getattr(own, name)) for name in ("readings", "good", *_NUMBERS)
    }
    return {"at": times, "mean": own.mean, "weighted_mean": own.weighted_mean, **named, **_seen(own)}


def _seen(own: Buckets) -> dict[str, object]:
    """Return when the first and last good readings were; null for none."""
    return {
        name: [None if value == NEVER else (value - UNIX_EPOCH) // 1000 for value in getattr(own, name).tolist()]
        for name in ("first_at", "last_at")
    }


def milliseconds(at: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return microseconds since 2000 as milliseconds since 1970."""
    answer: NDArray[np.int64] = (at - UNIX_EPOCH) // 1000
    return answer


def _gaps(item: HistorySeries) -> list[list[int]]:
    return [[int(gap.since.timestamp() * 1000), int(gap.until.timestamp() * 1000)] for gap in item.gaps]


def _times(at: NDArray[np.int64]) -> pa.Array:
    return pa.array(at - UNIX_EPOCH, pa.timestamp("us", "UTC"))


def _joined(parts: list[HistorySeries], name: str, form: type) -> NDArray:  # type: ignore[type-arg]  # the caller names it
    return np.concatenate([getattr(item, name) for item in parts] or [np.empty(0, form)])


def _plain(values: NDArray[np.float64]) -> list[object]:
    return [None if np.isnan(value) else value for value in values.tolist()]


def _safe(value: object) -> str:
    text = str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
