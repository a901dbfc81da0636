"""Quality scores of what a run carried, by the dimensions of GB/T 36344-2018."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from onecity.platform.exchange.contracts.plans import Check

FULL_SCORE = 100.0


@dataclass(frozen=True, slots=True)
class Standard:
    """How dimensions weigh and what grades are called. bounds: least score of every grade but the last, falling."""

    weights: Mapping[str, float]
    bounds: tuple[float, ...]
    grades: tuple[str, ...]


def dimension_scores(checks: Sequence[Check], *, failed: Mapping[str, int], rows: int) -> dict[str, float]:
    """Return 0–100 for each dimension that a check counts for: passed single checks / single checks × 100.

    rows: that were looked at; none scores full. Faults of mapping (codes that no check has) count as conformity.
    Source: GB/T 36344-2018 (dimensions); the formula is a house rule.
    """
    looked: dict[str, int] = {}
    missed: dict[str, int] = {}
    dimension_of = {item.code: item.dimension for item in checks}
    for item in checks:
        looked[item.dimension] = looked.get(item.dimension, 0) + 1
    for code, count in failed.items():
        dimension = dimension_of.get(code, "conformity")
        missed[dimension] = missed.get(dimension, 0) + count
        if code not in dimension_of:
            looked[dimension] = looked.get(dimension, 0) + 1
    return {name: _share(looked[name] * rows, missed.get(name, 0)) for name in looked}


def timeliness_score(*, due_at: datetime, ended_at: datetime, late_after: timedelta) -> float:
    """Return 100 for a run that ended within its limit, falling to 0 at five times the limit.

    Source: House rule.
    """
    over = (ended_at - due_at) - late_after
    if over <= timedelta(0):
        return FULL_SCORE
    return max(0.0, FULL_SCORE * (1 - over / (late_after * 4))) if late_after else 0.0


def total_score(scores: Mapping[str, float], *, weights: Mapping[str, float]) -> float:
    """Return the weighted mean over the dimensions that were scored; full score when none was.

    Source: House rule.
    """
    weight = sum(weights.get(name, 0.0) for name in scores)
    if not weight:
        return FULL_SCORE
    return sum(score * weights.get(name, 0.0) for name, score in scores.items()) / weight


def grade(score: float, *, standard: Standard) -> str:
    """Return the grade's name: the first whose least score is reached, else the last.

    Source: DB11/T 2317-2024 (five grades); the bounds are rows of data.
    """
    for least, name in zip(standard.bounds, standard.grades, strict=False):
        if score >= least:
            return name
    return standard.grades[-1]


def _share(looked: int, missed: int) -> float:
    return FULL_SCORE * (looked - missed) / looked if looked else FULL_SCORE
