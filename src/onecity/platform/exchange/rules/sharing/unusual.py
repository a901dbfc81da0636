"""When use does not look like before."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Watch:
    """The city's figures. factor: how many times the usual; least: below this many nothing is unusual; night_least:
    queries in one night that are unusual where there were none before."""

    factor: int
    least: int
    night_least: int


def usual(days: Sequence[int]) -> int:
    """Return the usual number of queries of a day: the rounded-up mean of the days with any; 0 without such days.

    Source: house rule.
    """
    used = [number for number in days if number]
    return -(-sum(used) // len(used)) if used else 0


def too_many(today: int, *, before: Sequence[int], watch: Watch) -> bool:
    """Say whether a day's queries are far more than before. The first day of use is judged by `least` × factor.

    Source: house rule.
    """
    if today < watch.least:
        return False
    return today > watch.factor * max(usual(before), watch.least if not any(before) else 1)


def at_night(tonight: int, *, before: Sequence[int], watch: Watch) -> bool:
    """Say whether a night's queries are unusual: many, and far more than in the nights before.

    Source: house rule.
    """
    return tonight >= watch.night_least and tonight > watch.factor * usual(before)
