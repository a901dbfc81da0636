"""Permit limits: which one holds, how much of it a mean takes, whether it is exceeded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final

from onecity.domains.environment.rules.outlets.factors import Factor
from onecity.domains.environment.rules.outlets.means import PeriodMean
from onecity.kernel.text import zh

_HUNDREDTH: Final = Decimal("0.01")


class Span(StrEnum):
    """Of which mean a limit is."""

    HOUR = "hour"
    DAY = "day"


SPAN_NAMES: Final = {Span.HOUR: zh("小时均值"), Span.DAY: zh("日均值")}


class Basis(StrEnum):
    """Which value of flue gas is held against the limit."""

    MEASURED = "measured"
    CONVERTED = "converted"


BASIS_NAMES: Final = {Basis.MEASURED: zh("实测浓度"), Basis.CONVERTED: zh("折算浓度")}


@dataclass(frozen=True, slots=True)
class Limit:
    """What a permit allows from a day on. upper: None lifts the limit. lower: of a range such as pH."""

    factor: Factor
    span: Span
    basis: Basis
    upper: Decimal | None
    lower: Decimal | None
    valid_from: date


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a valid mean comes to before its limit.

    value: what was held against it. share: per cent of the limit that it takes; of a range, how far from its middle it
    lies, 100 at either end. exceeds: whether it passes the limit. multiple: by how many times of the limit, two places;
    None for ranges and for what is kept.
    """

    value: Decimal
    share: Decimal
    exceeds: bool
    multiple: Decimal | None


def limit_on(day: date, *, factor: Factor, span: Span, limits: Sequence[Limit]) -> Limit | None:
    """Return the limit that holds on a day; None where there is none, or it was lifted."""
    begun = [item for item in limits if item.factor is factor and item.span is span and item.valid_from <= day]
    newest = max(begun, key=lambda item: item.valid_from, default=None)
    return newest if newest is not None and newest.upper is not None else None


def judge(mean: PeriodMean, *, limit: Limit) -> Verdict | None:
    """Return what a mean comes to; None where it is not valid or lacks the value that the limit asks for.

    Data under maintenance, calibration, fault or standstill are never judged.
    Source: HJ 212-2017, table 8 (数据标记); which marks count is the method's. The multiple is (C - S) / S.
    """
    value = mean.converted if limit.basis is Basis.CONVERTED else mean.mean
    if not mean.valid or value is None or limit.upper is None:
        return None
    share = share_of(value, limit=limit)
    above = limit.lower is None and value > limit.upper and limit.upper > 0
    times = ((value - limit.upper) / limit.upper).quantize(_HUNDREDTH, ROUND_HALF_UP) if above else None
    low = limit.lower is not None and value < limit.lower
    return Verdict(value, share, exceeds=low or value > limit.upper, multiple=times)


def share_of(value: Decimal, *, limit: Limit) -> Decimal:
    """Return per cent of a limit, two places, above 100 exactly where the limit is passed.

    A limit of nought is passed at 200.
    Source: House rule; limits themselves are the permit's.
    """
    upper = limit.upper if limit.upper is not None else Decimal(0)
    if limit.lower is None:
        exact = 100 * value / upper if upper else Decimal(200 if value > 0 else 0)
        passed = value > upper
    else:
        middle, half = (upper + limit.lower) / 2, (upper - limit.lower) / 2
        exact = 100 * abs(value - middle) / half if half else Decimal(0 if value == middle else 200)
        passed = value > upper or value < limit.lower
    rounded = exact.quantize(_HUNDREDTH, ROUND_HALF_UP)
    return max(rounded, 100 + _HUNDREDTH) if passed else min(rounded, Decimal(100))
