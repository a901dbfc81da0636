"""Means of hours and days, and whether enough of what they are made of was normal."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Final

from onecity.domains.environment.rules.outlets.factors import Factor, Kind

FAULT: Final = "D"
NORMAL: Final = "N"
_PLACES: Final = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Method:
    """How readings of outlets are judged from a day on.

    valid_marks: data marks whose values count. water_share, gas_share: per cent of a period's values that must be
    normal. water_by_flow: means of waste water are weighted by flow. water_hours, gas_hours: valid hours a day needs.
    target_rate: per cent of effective transmission that a month is to reach.
    """

    valid_from: date
    valid_marks: str
    water_share: int
    gas_share: int
    water_by_flow: bool
    water_hours: int
    gas_hours: int
    target_rate: int

    def share(self, kind: Kind) -> int:
        """Return the per cent of a period's values that must be normal."""
        return self.water_share if kind is Kind.WATER else self.gas_share

    def hours(self, kind: Kind) -> int:
        """Return how many valid hours a day needs."""
        return self.water_hours if kind is Kind.WATER else self.gas_hours


FIRST_METHOD: Final = Method(
    valid_from=date(2017, 5, 1),
    valid_marks="NTL",
    water_share=100,
    gas_share=75,
    water_by_flow=True,
    water_hours=20,
    gas_hours=18,
    target_rate=90,
)
"""Row of the first day.

Source: HJ 212-2017, table 8 (shares of normal values); weighting, hours of a day and the target from background.
"""


def method_on(day: date, *, methods: Sequence[Method]) -> Method:
    """Return the method for data of a day; before the first one began, the first."""
    begun = [method for method in methods if method.valid_from <= day]
    return max(begun, key=lambda item: item.valid_from) if begun else min(methods, key=lambda item: item.valid_from)


@dataclass(frozen=True, slots=True)
class Sample:
    """One value of a shorter period. value, converted: None where there is no number. flow: the weight, if known."""

    value: Decimal | None
    mark: str
    converted: Decimal | None = None
    flow: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PeriodMean:
    """What a period's values come to.

    mean, converted: of the normal values; None without one. mark: N, or what made the period abnormal; N too where
    there are only too few. valid: whether it may be judged. count, normal: how many values there were, and of those
    normal ones.
    """

    mean: Decimal | None
    converted: Decimal | None
    mark: str
    valid: bool
    count: int
    normal: int


def is_normal(sample: Sample, *, method: Method) -> bool:
    """Say whether a value counts. Source: HJ 212-2017, table 8 (数据标记)."""
    return sample.value is not None and (sample.mark or NORMAL) in method.valid_marks


def period_mean(
    samples: Sequence[Sample], *, kind: Kind, factor: Factor, method: Method, needed: int = 1
) -> PeriodMean:
    """Return the mean of a period from the values of its parts.

    needed: least number of normal values. Waste water: one abnormal value makes the period abnormal; flue gas: three
    quarters of normal values make it normal, otherwise it is marked D. Both shares are the method's.
    Source: HJ 212-2017, table 8 (数据标记).
    """
    normal = [item for item in samples if is_normal(item, method=method)]
    fair = 100 * len(normal) >= method.share(kind) * len(samples)
    enough = fair and len(normal) >= max(needed, 1)
    by_flow = kind is Kind.WATER and method.water_by_flow and factor is not Factor.PH
    return PeriodMean(
        mean=_mean([(item.value, item.flow) for item in normal], by_flow=by_flow),
        converted=_mean([(item.converted, item.flow) for item in normal], by_flow=False),
        mark=NORMAL if fair else _mark(samples, normal, kind=kind),
        valid=enough,
        count=len(samples),
        normal=len(normal),
    )


def _mark(samples: Sequence[Sample], normal: Sequence[Sample], *, kind: Kind) -> str:
    """Return what made a period abnormal."""
    if kind is Kind.GAS:
        return FAULT
    return Counter(item.mark or NORMAL for item in samples if item not in normal).most_common(1)[0][0]


def _mean(values: Sequence[tuple[Decimal | None, Decimal | None]], *, by_flow: bool) -> Decimal | None:
    """Return the mean; weighted only where every value has a flow and something flowed."""
    present = [(Fraction(value), flow) for value, flow in values if value is not None]
    if not present:
        return None
    weights = [Fraction(flow) if flow is not None and flow >= 0 else None for _, flow in present]
    known = [weight for weight in weights if weight is not None]
    if not by_flow or len(known) != len(present) or not sum(known):
        known = [Fraction(1)] * len(present)
    total = sum((value * weight for (value, _), weight in zip(present, known, strict=True)), start=Fraction(0))
    mean = total / sum(known)
    return (Decimal(mean.numerator) / Decimal(mean.denominator)).quantize(_PLACES, ROUND_HALF_UP)
