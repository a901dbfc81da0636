"""One datastream over time: as a chart, as a table, as a file."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import numpy as np
from django.utils import timezone

from onecity.kernel.errors import NotFound
from onecity.kernel.text import zh
from onecity.platform.iot.contracts import DatastreamInfo, DeviceInfo, LatestValue, Series
from onecity.platform.iot.rules.instants import instant
from onecity.platform.iot.rules.quality import meaning
from onecity.platform.iot.rules.thinning import MOST_POINTS, drawn_places
from onecity.platform.iot.selectors.observations import series
from onecity.platform.iot.views.shown import stream_name, symbol, written

SPANS: Final = {
    "day": (zh("24小时"), timedelta(days=1)),
    "week": (zh("7天"), timedelta(days=7)),
    "month": (zh("30天"), timedelta(days=30)),
}
COLUMNS: Final = (zh("监测时间"), zh("监测值"), zh("计量单位"), zh("数据标记"))


def chosen_stream(streams: Sequence[DatastreamInfo], wanted: str) -> DatastreamInfo | None:
    """Return the datastream that the address names, or the first mapped one.

    Raises: NotFound if the device has no such datastream.
    """
    if not wanted:
        return next((stream for stream in streams if stream.mapped), streams[0] if streams else None)
    found = next((stream for stream in streams if str(stream.id) == wanted), None)
    if found is None:
        raise NotFound
    return found


def span_of(stream: DatastreamInfo, *, latest: Sequence[LatestValue], span: str, now: datetime) -> Series:
    """Return the span that ends with now, or with the newest reading where that is older.

    Raises: NotFound if there is no such span.
    """
    if span not in SPANS:
        raise NotFound
    newest = [item.phenomenon_at for item in latest if item.datastream.id == stream.id]
    end = min(now, *newest) if newest else now
    return series(stream.id, since=end - SPANS[span][1], until=end + timedelta(microseconds=1))


def drawn(info: DeviceInfo, stream: DatastreamInfo, found: Series) -> dict[str, object]:
    """Return what the page's chart and table show."""
    places = drawn_places(found.result)
    name = stream_name(info.type_code, stream)
    chart = {
        "kind": "line",
        "unit": symbol(stream.unit),
        "at": [timezone.localtime(instant(at)).strftime("%m-%d %H:%M") for at in found.at[places].tolist()],
        "series": [{"name": name, "values": [_plain(value) for value in found.result[places].tolist()]}],
        "target": None,
    }
    newest_first = list(zip(found.at.tolist(), found.result.tolist(), found.quality.tolist(), strict=True))[::-1]
    kind, code = info.type_code, stream.property_code
    points = [
        (instant(at), written(_plain(value), type_code=kind, property_code=code), meaning(mark))
        for at, value, mark in newest_first[:MOST_POINTS]
    ]
    return {"chart": chart, "chart_name": name, "points": points, "is_thinned": len(places) < len(found.at)}


def rows(found: Series, stream: DatastreamInfo) -> list[list[str | float | datetime | None]]:
    """Return the readings as rows of a file."""
    return [
        [instant(at), _plain(value), symbol(stream.unit), meaning(mark)]
        for at, value, mark in zip(found.at.tolist(), found.result.tolist(), found.quality.tolist(), strict=True)
    ]


def _plain(value: float) -> float | None:
    return None if np.isnan(value) else value
