"""How fast a matter spreads: articles by the hour, and in how many hours they double."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import log
from typing import Final

LEAST_TO_DOUBLE: Final = 4
HOUR: Final = timedelta(hours=1)


def hourly(moments: Sequence[datetime], *, until: datetime, hours: int) -> list[int]:
    """Return how many moments fall into each of the last hours, the oldest hour first. hours ≥ 1."""
    counts = [0] * hours
    for moment in moments:
        back = int((until - moment) // HOUR)
        if moment <= until and back < hours:
            counts[hours - 1 - back] += 1
    return counts


def speed(moments: Sequence[datetime], *, until: datetime, window_h: float) -> float:
    """Return the articles an hour in the window before `until`. window_h > 0. Source: House rule."""
    since = until - timedelta(hours=window_h)
    return sum(since < moment <= until for moment in moments) / window_h


def doubling_hours(moments: Sequence[datetime], *, until: datetime, window_h: float) -> float | None:
    """Return in how many hours the number of articles doubles at the pace of the window; None where it does not grow.

    The number is taken to grow evenly by shares within the window: window × ln 2 / ln(after ÷ before). A matter that
    began within the window has been growing since its second article: its own time counts then. Fewer than four
    articles tell nothing. Source: House rule.
    """
    told = sorted(moment for moment in moments if moment <= until)
    if len(told) < LEAST_TO_DOUBLE:
        return None
    since = max(until - timedelta(hours=window_h), told[0])
    before = max(1, sum(moment <= since for moment in told))
    span = (until - since) / HOUR
    if len(told) == before or span <= 0:
        return None
    return span * log(2) / log(len(told) / before)


def share_negative(*, negative: int, judged: int) -> float | None:
    """Return the share of the negative among the judged, per cent; None where none is judged."""
    return 100 * negative / judged if judged else None
