"""Reading indicators: values for an actor, series for the city, the rows behind a value."""

import threading
import time
from collections.abc import Hashable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

import pyarrow as pa

from onecity.kernel.actor import Actor
from onecity.kernel.clock import CITY_ZONE
from onecity.kernel.errors import NotFound
from onecity.platform.indicators.contracts import Reading, SeriesPoint
from onecity.platform.indicators.declare import Evidence, Indicator, Measure
from onecity.platform.indicators.models import Point
from onecity.platform.indicators.registries import indicators
from onecity.platform.indicators.rules import hour_of, period, verdict

MOST_ROWS: Final = 1_000
MOST_REMEMBERED: Final = 5_000
BATCH_ROWS: Final = 5_000
_remembered: dict[Hashable, tuple[float, Measure]] = {}
_guard = threading.Lock()


def visible(actor: Actor) -> list[Indicator]:
    """Return the indicators that the actor may see, in their order."""
    return sorted(
        (item for item in indicators() if not item.permission or actor.may(item.permission)),
        key=lambda item: (item.order, item.code),
    )


def indicator(actor: Actor, code: str) -> Indicator:
    """Return one indicator.

    Raises: NotFound if there is none, or the actor may not see it.
    """
    found = indicators().get(code)
    if found is None or (found.permission and not actor.may(found.permission)):
        raise NotFound
    return found


def reading(actor: Actor, item: Indicator, *, now: datetime) -> Reading:
    """Return an indicator's value for an actor at `now` (city time).

    A value is remembered for the indicator's `every_s` among actors who see the same rows.
    """
    span = period(item.period, now=now, zone=CITY_ZONE)
    key = (item.code, tuple(sorted(actor.scopes(item.permission))) if item.permission else "public")
    known = _remembered.get(key)
    if known is None or known[0] < time.monotonic():
        measure = item.compute(actor, span)
        with _guard:
            if len(_remembered) >= MOST_REMEMBERED:
                _remembered.clear()
            _remembered[key] = time.monotonic() + item.every_s, measure
    else:
        measure = known[1]
    judged = verdict(measure.value, target=item.target, better=item.better)
    previous = _value_at(item.code, hour_of(now) - timedelta(days=1))
    return Reading(
        item.code, measure.value, measure.numerator, measure.denominator, span.start, span.end, judged, previous
    )


def board(actor: Actor, *, now: datetime) -> list[Reading]:
    """Return the readings of the cockpit's indicators that the actor may see."""
    return [reading(actor, item, now=now) for item in visible(actor) if item.on_board]


def series(code: str, *, start: datetime, end: datetime) -> list[SeriesPoint]:
    """Return the city's hourly values, the oldest first; start included, end not."""
    rows = Point.objects.filter(indicator_code=code, at__gte=start, at__lt=end).order_by("at")
    return [SeriesPoint(row.at, row.value) for row in rows]


def evidence(actor: Actor, item: Indicator, *, now: datetime, most: int = MOST_ROWS) -> Evidence:
    """Return the rows behind an indicator's present value, at most `most`, as far as the actor may see them."""
    return item.rows(actor, period(item.period, now=now, zone=CITY_ZONE), most)


def forget() -> None:
    """Drop remembered values; tests and a changed clock need fresh ones."""
    with _guard:
        _remembered.clear()


def _value_at(code: str, hour: datetime) -> float | None:
    return Point.objects.filter(indicator_code=code, at=hour).values_list("value", flat=True).first()


def public_points() -> Iterator[pa.RecordBatch]:
    """Yield the series of the indicators that everybody may see, by code and time, as Arrow batches."""
    for item in indicators():
        if item.permission:
            continue
        rows = Point.objects.filter(indicator_code=item.code).order_by("at").values_list("at", "value")
        source = rows.iterator(chunk_size=BATCH_ROWS)
        while part := list(islice(source, BATCH_ROWS)):
            yield pa.RecordBatch.from_pydict(
                {
                    "indicator_code": [item.code] * len(part),
                    "name": [item.name] * len(part),
                    "at": pa.array([at for at, _ in part], pa.timestamp("us", tz="Asia/Shanghai")),
                    "value": pa.array([value for _, value in part], pa.float64()),
                    "unit": [item.unit] * len(part),
                }
            )
