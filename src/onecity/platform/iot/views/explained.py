"""The explorer's answer as its page shows it: a chart's description, a summary, a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import numpy as np
from django.utils.translation import gettext
from numpy.typing import NDArray

from onecity.platform.iot.contracts import History, HistorySeries
from onecity.platform.iot.rules.instants import instant
from onecity.platform.iot.rules.rollups import GOOD
from onecity.platform.iot.rules.thinning import drawn_places
from onecity.platform.iot.selectors.explorer import Stream
from onecity.platform.iot.views.exploring import Question
from onecity.platform.iot.views.shown import stream_name, symbol, written

MOST_ROWS: Final = 300
MOST_DRAWN: Final = 3_000


@dataclass(frozen=True, slots=True)
class Summary:
    """One series in figures, as texts."""

    stream: Stream
    name: str
    unit: str
    readings: int
    good_rate: str
    mean: str
    low: str
    high: str
    gaps: int
    gap_hours: str


def title_of(stream: Stream) -> str:
    """Return what a series is called: device and what it tells."""
    return f"{stream.device_name} · {stream_name(stream.type_code, stream.info)}"


def chart_of(
    found: History, beside: tuple[History, timedelta] | None, streams: Sequence[Stream], question: Question
) -> dict[str, object]:
    """Return what the chart draws; an axis for each unit, bands from lowest to highest, the other stretch dashed."""
    units = list(dict.fromkeys(symbol(stream.info.unit) for stream in streams))
    series = [_drawn(item, stream, units, question) for item, stream in _paired(found, streams)]
    if beside:
        other, back = beside
        series += [
            {**_drawn(item, stream, units, question, back=back), "beside": True}
            for item, stream in _paired(other, streams)
        ]
    return {
        "units": units,
        "series": series,
        "since": _ms(question.since),
        "until": _ms(question.until),
        "step_s": found.step_s,
        "value": question.value,
        "query": "/api/iot/v1/query",
        "auto": question.step == "auto",
    }


def summaries(found: History, streams: Sequence[Stream]) -> list[Summary]:
    """Return each series in figures."""
    return [_summary(item, stream) for item, stream in _paired(found, streams)]


def rows_of(
    found: History, streams: Sequence[Stream], question: Question
) -> tuple[list[tuple[datetime, list[str]]], bool]:
    """Return rows of a table, the newest first, a column for each series, and whether some were left out."""
    times = sorted({at for item in found.series for at in item.at.tolist()}, reverse=True)
    columns = [_texts(item, stream, question) for item, stream in _paired(found, streams)]
    shown = [(instant(at), [column.get(at, "") for column in columns]) for at in times[:MOST_ROWS]]
    return shown, len(times) > MOST_ROWS


def _paired(found: History, streams: Sequence[Stream]) -> list[tuple[HistorySeries, Stream]]:
    own = {item.datastream_id: item for item in found.series}
    return [(own[stream.info.id], stream) for stream in streams]


def _values(item: HistorySeries, question: Question) -> NDArray[np.float64]:
    return item.result if item.buckets is None else getattr(item.buckets, question.value)


def _drawn(
    item: HistorySeries, stream: Stream, units: list[str], question: Question, *, back: timedelta = timedelta()
) -> dict[str, object]:
    values = _values(item, question)
    places = drawn_places(values, most=MOST_DRAWN)
    shift = int(back.total_seconds() * 1000)
    times = [_ms(instant(at)) + shift for at in item.at[places].tolist()]
    band: list[list[float | None]] = []
    if item.buckets is not None and question.value in {"mean", "weighted_mean"}:
        band = [
            [_plain(low), _plain(high)]
            for low, high in zip(item.buckets.low[places], item.buckets.high[places], strict=True)
        ]
    name = title_of(stream)
    return {
        "id": stream.info.id,
        "name": gettext("{name}（对比）").format(name=name) if back else name,
        "axis": units.index(symbol(stream.info.unit)),
        "unit": symbol(stream.info.unit),
        "at": times,
        "values": [_plain(value) for value in values[places]],
        "band": band,
        "gaps": [[_ms(gap.since), _ms(gap.until)] for gap in item.gaps],
    }


def _summary(item: HistorySeries, stream: Stream) -> Summary:
    told = {"type_code": stream.type_code, "property_code": stream.info.property_code}
    readings, good, total, low, high = _figures(item)
    hours = sum((gap.until - gap.since).total_seconds() for gap in item.gaps) / 3600
    return Summary(
        stream=stream,
        name=title_of(stream),
        unit=symbol(stream.info.unit),
        readings=readings,
        good_rate=f"{100 * good / readings:.1f}%" if readings else "—",
        mean=written(total / good if good else None, **told),
        low=written(low, **told),
        high=written(high, **told),
        gaps=len(item.gaps),
        gap_hours=f"{hours:.1f}",
    )


def _figures(item: HistorySeries) -> tuple[int, int, float, float | None, float | None]:
    if item.buckets is not None:
        own = item.buckets
        some = own.good > 0
        low, high = (_plain(np.min(own.low[some])), _plain(np.max(own.high[some]))) if some.any() else (None, None)
        return int(own.readings.sum()), int(own.good.sum()), float(own.total.sum()), low, high
    good = GOOD[item.quality] & ~np.isnan(item.result)
    values = item.result[good]
    if not len(values):
        return len(item.at), 0, 0.0, None, None
    return len(item.at), len(values), float(values.sum()), float(values.min()), float(values.max())


def _texts(item: HistorySeries, stream: Stream, question: Question) -> dict[int, str]:
    told = {"type_code": stream.type_code, "property_code": stream.info.property_code}
    pairs = zip(item.at.tolist(), _values(item, question).tolist(), strict=True)
    return {at: written(_plain(value), **told) for at, value in pairs}


def _plain(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
