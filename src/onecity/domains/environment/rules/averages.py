"""Means over time, and how much data makes one valid.

Series are hourly means in order, None where there is none. An hour is named by its end: the 24 hours of a day are those
that end at 01:00, 02:00 … 24:00.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from onecity.domains.environment.rules.editions import PARTICULATES, Averaging, Factor, Pollutant
from onecity.kernel.rounding import Exact

Series = Sequence[Exact | None]
HOURS_OF_DAY: Final = 24
_EIGHT: Final = 8


@dataclass(frozen=True, slots=True)
class Validity:
    """How much data a mean needs at least.

    hour_minutes: minutes of an hour's mean. day_hours: hours of a 24-hour mean. eight_hours: hours of an 8-hour mean.
    ozone_means: valid 8-hour means of the day for its highest one.
    Source: GB 3095-2012, table 4, from background knowledge; hence parameters.
    """

    hour_minutes: int = 45
    day_hours: int = 20
    eight_hours: int = 6
    ozone_means: int = 14


USUAL_VALIDITY: Final = Validity()


def valid_mean(values: Series, *, needed: int) -> Fraction | None:
    """Return the exact mean of the values that are there; None if they are fewer than `needed`, or none at all."""
    present = [Fraction(value) for value in values if value is not None]
    if len(present) < max(needed, 1):
        return None
    return sum(present, start=Fraction(0)) / len(present)


def hour_mean(minutes: Series, *, validity: Validity = USUAL_VALIDITY) -> Fraction | None:
    """Return the mean of an hour's minutes.

    Source: GB 3095-2012, table 4.
    """
    return valid_mean(minutes, needed=validity.hour_minutes)


def day_mean(hours: Series, *, validity: Validity = USUAL_VALIDITY) -> Fraction | None:
    """Return the mean of 24 hours, a calendar day's or the last ones.

    Raises: ValueError if there are more than 24.
    Source: GB 3095-2012, table 4.
    """
    if len(hours) > HOURS_OF_DAY:
        raise ValueError("a day has 24 hours")
    return valid_mean(hours, needed=validity.day_hours)


def sliding_means(hours: Series, *, width: int, needed: int) -> list[Fraction | None]:
    """Return for each hour the mean of the `width` hours that end with it; hours before the series count as missing."""
    return [valid_mean(hours[max(0, last + 1 - width) : last + 1], needed=needed) for last in range(len(hours))]


def ozone_daily_maximum(hours: Series, *, validity: Validity = USUAL_VALIDITY) -> Fraction | None:
    """Return the highest 8-hour mean of a day, of those that lie wholly in it (ending at 08:00 to 24:00).

    hours: the day's 24 hours.
    Raises: ValueError if there are not 24.
    Source: GB 3095-2012, 3 and table 4.
    """
    if len(hours) != HOURS_OF_DAY:
        raise ValueError("a day has 24 hours")
    means = sliding_means(hours, width=_EIGHT, needed=validity.eight_hours)[_EIGHT - 1 :]
    present = [mean for mean in means if mean is not None]
    return max(present) if len(present) >= max(validity.ozone_means, 1) else None


def daily_concentrations(
    days: Mapping[Pollutant, Series], *, validity: Validity = USUAL_VALIDITY
) -> dict[Factor, Fraction | None]:
    """Return the concentrations of a daily report from each pollutant's 24 hours.

    Raises: ValueError if a series has not 24 hours.
    Source: HJ 633-2012 and HJ 633-2026, daily report; GB 3095-2012, table 4.
    """
    result: dict[Factor, Fraction | None] = {}
    for pollutant, hours in days.items():
        if len(hours) != HOURS_OF_DAY:
            raise ValueError("a day has 24 hours")
        if pollutant is Pollutant.O3:
            result[Factor(pollutant, Averaging.EIGHT_HOURS)] = ozone_daily_maximum(hours, validity=validity)
        else:
            result[Factor(pollutant, Averaging.DAY)] = day_mean(hours, validity=validity)
    return result


def realtime_concentrations(
    recent: Mapping[Pollutant, Series], *, validity: Validity = USUAL_VALIDITY
) -> dict[Factor, Exact | None]:
    """Return the concentrations of a real-time report from each pollutant's last hours.

    recent: up to 24 hours, the present one last; fewer are as good as missing. Both the 1-hour value and, for
        particulates, the sliding 24-hour mean are returned: the edition picks.
    Raises: ValueError if a series has more than 24 hours.
    Source: HJ 633-2012 and HJ 633-2026, real-time report; GB 3095-2012, table 4.
    """
    result: dict[Factor, Exact | None] = {}
    for pollutant, hours in recent.items():
        result[Factor(pollutant, Averaging.HOUR)] = hours[-1] if hours else None
        if pollutant in PARTICULATES:
            result[Factor(pollutant, Averaging.DAY)] = day_mean(hours, validity=validity)
    return result
