"""Value and limit in alternation: the machine drifts, so only what is taken in turn in one run can be compared."""

from collections.abc import Callable, Mapping
from statistics import median, quantiles
from time import perf_counter
from typing import Final

TURNS: Final = 3

Measure = Callable[[], float]


def medians(measures: Mapping[str, Measure], *, turns: int = TURNS) -> dict[str, float]:
    """Run each measure once a turn, in an order that is reversed every other turn; return each one's median.

    Raises: ValueError for fewer than three turns.
    """
    if turns < TURNS:
        raise ValueError(f"at least {TURNS} turns")
    taken: dict[str, list[float]] = {name: [] for name in measures}
    for turn in range(turns):
        names = list(measures) if turn % 2 == 0 else list(measures)[::-1]
        for name in names:
            taken[name].append(measures[name]())
    return {name: median(values) for name, values in taken.items()}


def value_and_limit(value: Measure, limit: Measure, *, turns: int = TURNS) -> tuple[float, float]:
    """Return the medians of a value and of its limit, taken in turn."""
    found = medians({"value": value, "limit": limit}, turns=turns)
    return found["value"], found["limit"]


def per_second(work: Callable[[], int]) -> float:
    """Run work that returns how much it did; return how much that is in a second."""
    began = perf_counter()
    done = work()
    return done / (perf_counter() - began)


def latency_ms(work: Callable[[], object], *, times: int) -> float:
    """Return the median duration of `times` runs, in milliseconds."""
    return median(_durations(work, times)) * 1000


def p95_ms(work: Callable[[], object], *, times: int) -> float:
    """Return the 95th percentile of the durations of `times` runs, in milliseconds."""
    return quantiles(_durations(work, times), n=20)[-1] * 1000


def _durations(work: Callable[[], object], times: int) -> list[float]:
    durations = []
    for _ in range(times):
        began = perf_counter()
        work()
        durations.append(perf_counter() - began)
    return durations
