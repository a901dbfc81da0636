"""Comprehensive evaluation 综合评价: values of metrics, scores, ranks, bands, and what weights may be published."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from onecity.domains.urban_management.rules.catalogue import FIRST_WEIGHTS, KINDS, METRICS, Kind, Metric
from onecity.kernel.rounding import round_half_up
from onecity.kernel.text import zh

FULL: Final = 100


@dataclass(frozen=True, slots=True)
class Bands:
    """From which score on something is excellent, good, fair; below it is poor. excellent > good > fair."""

    excellent: float = 90.0
    good: float = 80.0
    fair: float = 60.0


@dataclass(frozen=True, slots=True)
class Scale:
    """By what is judged: weights (≥ 0) by kind and metric, and bands. edition: 0 for the first, of the house."""

    edition: int
    weights: Mapping[Kind, Mapping[str, float]]
    bands: Bands


FIRST_SCALE: Final = Scale(0, FIRST_WEIGHTS, Bands())


def metrics_of(kind: Kind) -> tuple[Metric, ...]:
    """Return the metrics by which a kind of object is judged."""
    return tuple(metric for metric in METRICS if kind in metric.kinds)


def parts(metric: Metric, counts: Mapping[str, int]) -> tuple[int, int]:
    """Return what stands above and below the line."""
    top = counts.get(metric.top, 0) - (counts.get(metric.less, 0) if metric.less else 0)
    return max(0, top), sum(counts.get(code, 0) for code in metric.bottom)


def value_of(metric: Metric, counts: Mapping[str, int]) -> float | None:
    """Return a metric in per cent, one decimal; None where nothing stands below the line.

    Source: CJ/T 292 and GB/T 30428.4 (names; formulas from vendors' catalogues).
    """
    top, bottom = parts(metric, counts)
    return float(round_half_up(Fraction(100 * top, bottom), places=1)) if bottom else None


def score_of(kind: Kind, counts: Mapping[str, int], *, scale: Scale) -> float | None:
    """Return the weighted mean of an object's metrics, 0–100, two decimals; None where no weighted metric has a value.

    A metric of which less is better counts as a hundred less its value, at least 0; one without a denominator takes no
    part, and the weights of the others share its place. Source: House rule.
    """
    points = weight = 0.0
    for metric in metrics_of(kind):
        share, value = scale.weights.get(kind, {}).get(metric.code, 0.0), value_of(metric, counts)
        if share and value is not None:
            points += share * max(0.0, min(FULL, FULL - value if metric.lower else value))
            weight += share
    return round(points / weight, 2) if weight else None


def band_of(score: float | None, *, bands: Bands) -> str:
    """Return excellent, good, fair or poor; "" without a score. Source: House rule."""
    if score is None:
        return ""
    if score >= bands.excellent:
        return "excellent"
    if score >= bands.good:
        return "good"
    return "fair" if score >= bands.fair else "poor"


def ranks(scores: Sequence[float | None]) -> list[int | None]:
    """Return each score's rank, the highest 1; equal scores share a rank and the next one is skipped; None has none."""
    better = sorted((score for score in scores if score is not None), reverse=True)
    first = {score: place for place, score in reversed(list(enumerate(better, 1)))}
    return [None if score is None else first[score] for score in scores]


def scale_faults(scale: Scale) -> list[str]:
    """Return what keeps weights from being published, as sentences."""
    faults = []
    known = {kind: {metric.code for metric in metrics_of(kind)} for kind, _ in KINDS}
    if not scale.bands.excellent > scale.bands.good > scale.bands.fair >= 0 or scale.bands.excellent > FULL:
        faults.append(zh("等级分界应依次降低，且在0至100之间"))
    for kind, _ in KINDS:
        weights = scale.weights.get(kind, {})
        if not set(weights) <= known[kind] or not _sound(weights.values()):
            faults.append(zh("权重应为0至100的数"))
        elif not any(weights.values()):
            faults.append(zh("每类评价至少有一项指标的权重大于0"))
    return faults


def _sound(weights: Iterable[float]) -> bool:
    return all(0 <= weight <= FULL for weight in weights)
