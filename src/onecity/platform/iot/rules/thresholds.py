"""Thresholds: when a datastream's values raise an alarm and when they clear it.

                  value beyond the limit            held long enough
       NORMAL ─────────────────────────▶ PENDING ─────────────────────▶ RAISED ◀──┐
         ▲ ▲          value back inside     │                             │       │ beyond the clear level again
         │ └────────────────────────────────┘        at or inside the clear level │
         └──────────────── CLEARING ◀─────────────────────────────────────┘───────┘
              clear long enough

Time is phenomenon time, so a replay judges as the day itself did. Readings at or before the last judged one change
nothing: late data do not reopen the past. With holds of zero a state is passed through within one reading.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from onecity.platform.iot.declare import Limits
from onecity.platform.iot.rules.instants import NEVER, SECOND


class Phase(StrEnum):
    """Where a rule stands for one datastream."""

    NORMAL = "normal"
    PENDING = "pending"
    RAISED = "raised"
    CLEARING = "clearing"


class Turn(StrEnum):
    """What a reading did."""

    NONE = "none"
    RAISED = "raised"
    CLEARED = "cleared"


@dataclass(frozen=True, slots=True)
class Standing:
    """A rule's state for one datastream. Instants are microseconds since 2000.

    since: where the phase's row of readings began. count: how many readings are in it. last: the last reading judged.
    """

    phase: Phase = Phase.NORMAL
    since: int = NEVER
    count: int = 0
    last: int = NEVER


NORMAL: Final = Standing()


@dataclass(frozen=True, slots=True)
class Sample:
    """One reading as rules see it. covered_s: seconds from `at` on that it stands for."""

    at: int
    value: float
    covered_s: int = 0


def exceeds(limits: Limits, value: float) -> bool:
    """Say whether a value lies beyond a limit; the limit itself is still inside."""
    above = limits.upper is not None and value > limits.upper
    return above or (limits.lower is not None and value < limits.lower)


def is_clear(limits: Limits, value: float) -> bool:
    """Say whether a value lies at or inside the levels at which an alarm clears."""
    upper = limits.upper if limits.clear_upper is None else limits.clear_upper
    lower = limits.lower if limits.clear_lower is None else limits.clear_lower
    return (upper is None or value <= upper) and (lower is None or value >= lower)


def step(limits: Limits, standing: Standing, sample: Sample) -> tuple[Standing, Turn]:
    """Judge one reading; return the new standing and what it did.

    Source: House rule.
    """
    if sample.at <= standing.last:
        return standing, Turn.NONE
    if standing.phase in {Phase.NORMAL, Phase.PENDING}:
        return _while_quiet(limits, standing, sample)
    return _while_raised(limits, standing, sample)


def _while_quiet(limits: Limits, standing: Standing, sample: Sample) -> tuple[Standing, Turn]:
    if not exceeds(limits, sample.value):
        return Standing(Phase.NORMAL, NEVER, 0, sample.at), Turn.NONE
    since, count = _row(limits, standing, sample, phase=Phase.PENDING)
    if count >= limits.hold_count and _covered(since, sample) >= limits.hold_s * SECOND:
        return Standing(Phase.RAISED, sample.at, 1, sample.at), Turn.RAISED
    return Standing(Phase.PENDING, since, count, sample.at), Turn.NONE


def _while_raised(limits: Limits, standing: Standing, sample: Sample) -> tuple[Standing, Turn]:
    if not is_clear(limits, sample.value):
        since = standing.since if standing.phase is Phase.RAISED else sample.at
        return Standing(Phase.RAISED, since, 1, sample.at), Turn.NONE
    since, count = _row(limits, standing, sample, phase=Phase.CLEARING)
    if _covered(since, sample) >= limits.clear_s * SECOND:
        return Standing(Phase.NORMAL, NEVER, 0, sample.at), Turn.CLEARED
    return Standing(Phase.CLEARING, since, count, sample.at), Turn.NONE


def _row(limits: Limits, standing: Standing, sample: Sample, *, phase: Phase) -> tuple[int, int]:
    """Return begin and length of the row that this reading continues, or begins."""
    broken = limits.gap_s > 0 and sample.at - standing.last > limits.gap_s * SECOND
    if standing.phase is phase and not broken:
        return standing.since, standing.count + 1
    return sample.at, 1


def _covered(since: int, sample: Sample) -> int:
    return sample.at + sample.covered_s * SECOND - since


def fault(kind: str, limits: Limits) -> str:
    """Name the first field that makes limits contradictory for a rule of `kind`; "" if there is none."""
    needs = {"above": ("upper",), "below": ("lower",), "outside": ("lower", "upper"), "no_data": ("silent_s",)}[kind]
    missing = next((name for name in needs if not _given(limits, name)), "")
    forbidden = next((name for name in ("upper", "lower") if name not in needs and _given(limits, name)), "")
    return missing or forbidden or _order_fault(limits)


def _given(limits: Limits, name: str) -> bool:
    return bool(limits.silent_s > 0) if name == "silent_s" else getattr(limits, name) is not None


def _order_fault(limits: Limits) -> str:
    upper, lower = limits.upper, limits.lower
    checks = (
        ("clear_upper", limits.clear_upper is None or (upper is not None and limits.clear_upper <= upper)),
        ("clear_lower", limits.clear_lower is None or (lower is not None and limits.clear_lower >= lower)),
        ("upper", upper is None or lower is None or lower < upper),
        ("clear_upper", _clears_somewhere(limits)),
        ("hold_s", limits.hold_s >= 0 and limits.clear_s >= 0 and limits.gap_s >= 0),
        ("hold_count", limits.hold_count >= 1),
    )
    return next((name for name, holds in checks if not holds), "")


def _clears_somewhere(limits: Limits) -> bool:
    """Say whether any value clears the alarm."""
    upper = limits.upper if limits.clear_upper is None else limits.clear_upper
    lower = limits.lower if limits.clear_lower is None else limits.clear_lower
    return upper is None or lower is None or lower <= upper
