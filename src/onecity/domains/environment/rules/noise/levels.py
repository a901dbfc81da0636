"""Sound levels: energy means of minutes, hours, days and nights."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

_TENTH: Final = Decimal("0.1")


def energy_mean(levels: Sequence[float]) -> float | None:
    """Return the level whose energy is the mean of these levels' energies, dB; None for none.

    levels: equivalent levels of equal stretches of time.
    Source: GB 3096-2008, 3 (等效声级): 10 lg(1/n Σ 10^(L/10)).
    """
    if not levels:
        return None
    highest = max(levels)
    return highest + 10 * math.log10(math.fsum(10 ** ((level - highest) / 10) for level in levels) / len(levels))


def day_night_level(day_db: float, night_db: float, *, hours_of_day: int, night_weight_db: float) -> float:
    """Return the day-night level (昼夜等效声级), dB: the night counts as louder than it was.

    hours_of_day: 1-23; the night has the rest.
    Source: GB 3096-2008, from background: 10 lg((16·10^(Ld/10) + 8·10^((Ln+10)/10))/24).
    """
    energy = hours_of_day * 10 ** (day_db / 10) + (24 - hours_of_day) * 10 ** ((night_db + night_weight_db) / 10)
    return 10 * math.log10(energy / 24)


def tenth(level: float | None) -> Decimal | None:
    """Return a level to one place, halves up; None for none. Source: House rule."""
    return None if level is None else Decimal(repr(level)).quantize(_TENTH, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class HourLevel:
    """An hour's noise. hour: of the clock, 0-23. leq: dB(A). peak: the loudest moment, None where not measured."""

    hour: int
    leq: float
    peak: float | None
