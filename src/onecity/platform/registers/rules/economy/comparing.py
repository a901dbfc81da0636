"""Comparing figures: with the year before, the period before, the whole, the population."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final, Literal

from onecity.platform.registers.rules.economy.periods import Period, period_before, year_before

SeriesKind = Literal["stock", "flow", "index", "rate"]
SERIES_KINDS: Final[Mapping[str, SeriesKind]] = {"stock": "stock", "flow": "flow", "index": "index", "rate": "rate"}
Line = Mapping[Period, Decimal]
"""A series' figures for one division, by period; periods without a number are not in it."""

PERCENT: Final = Decimal(100)


def growth(now: Decimal | None, before: Decimal | None, *, kind: SeriesKind) -> Decimal | None:
    """Return how much a figure rose: percent for stocks and flows, points for rates and indices.

    None where one of them is missing, or the earlier one is not above zero so that a percentage would say nothing.
    At current prices: the growth of a volume at constant prices is published, not computed.
    Source: house rule.
    """
    if now is None or before is None:
        return None
    if kind in {"rate", "index"}:
        return now - before
    return (now - before) / before * PERCENT if before > 0 else None


def year_on_year(line: Line, period: Period, *, kind: SeriesKind) -> Decimal | None:
    """Return the growth over the same period of the year before; an index already is one, less 100."""
    if kind == "index":
        now = line.get(period)
        return None if now is None else now - PERCENT
    return growth(line.get(period), line.get(year_before(period)), kind=kind)


def period_on_period(line: Line, period: Period, *, kind: SeriesKind) -> Decimal | None:
    """Return the growth over the period just before; None for cumulative periods and indices to the year before."""
    before = period_before(period)
    if before is None or kind == "index":
        return None
    return growth(line.get(period), line.get(before), kind=kind)


def share_of(part: Decimal | None, whole: Decimal | None) -> Decimal | None:
    """Return a part in percent of the whole; None where one is missing or the whole is zero."""
    return part / whole * PERCENT if part is not None and whole else None


def per_head(line: Line, population: Line, period: Period, *, kind: SeriesKind) -> Decimal | None:
    """Return a yearly figure per resident, in the series' unit divided by the population's.

    A flow is divided by the mean of the residents at the year's beginning and end, or by those at its end where the
    earlier figure is missing; a stock by those at its end. None for other periods, rates and indices.
    Source: house rule, after 国家统计局 指标解释 (人均地区生产总值: 按年平均常住人口计算).
    """
    figure, residents = line.get(period), population.get(period)
    if period.kind != "year" or kind in {"rate", "index"} or figure is None or not residents:
        return None
    earlier = population.get(year_before(period))
    if kind == "flow" and earlier:
        residents = (residents + earlier) / 2
    return figure / residents
