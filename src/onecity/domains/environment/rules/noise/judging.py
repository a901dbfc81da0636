"""Whether a day and the night after it were too loud for their area."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from onecity.domains.environment.rules.noise.areas import AreaLimits, Method
from onecity.domains.environment.rules.noise.levels import HourLevel, day_night_level, energy_mean, tenth


@dataclass(frozen=True, slots=True)
class DayNoise:
    """A day and the night that follows it. Levels in dB(A), one place, None where there are too few hours.

    ld, ln: of day and night. leq: of all hours. ldn: night weighted. peak: the loudest moment of the night.
    *_exceeds: by how much a limit is passed, 0 or less for kept; None where it cannot be judged.
    """

    ld: Decimal | None
    ln: Decimal | None
    leq: Decimal | None
    ldn: Decimal | None
    peak: Decimal | None
    day_hours: int
    night_hours: int
    day_exceeds: Decimal | None
    night_exceeds: Decimal | None
    peak_exceeds: Decimal | None

    @property
    def kept(self) -> bool | None:
        """Say whether day and night kept their limits; None where neither can be judged."""
        known = [item for item in (self.day_exceeds, self.night_exceeds, self.peak_exceeds) if item is not None]
        return all(item <= 0 for item in known) if known else None


def judge_day(hours: Sequence[HourLevel], *, limits: AreaLimits, method: Method) -> DayNoise:
    """Return what the hours of a day come to, from the beginning of its day to the end of the night after it.

    Source: GB 3096-2008, 5 (limits) and 5.4 (sudden noise at night, from background).
    """
    day = [item.leq for item in hours if method.is_day(item.hour)]
    night = [item for item in hours if not method.is_day(item.hour)]
    ld = energy_mean(day) if len(day) >= method.day_hours else None
    ln = energy_mean([item.leq for item in night]) if len(night) >= method.night_hours else None
    peaks = [item.peak for item in night if item.peak is not None]
    both = ld is not None and ln is not None
    ldn = None
    if ld is not None and ln is not None:
        weight = float(method.night_weight_db)
        ldn = day_night_level(ld, ln, hours_of_day=method.hours_of_day, night_weight_db=weight)
    day_level, night_level, peak = tenth(ld), tenth(ln), tenth(max(peaks, default=None))
    return DayNoise(
        ld=day_level,
        ln=night_level,
        leq=tenth(energy_mean([*day, *(item.leq for item in night)])) if both else None,
        ldn=tenth(ldn),
        peak=peak,
        day_hours=len(day),
        night_hours=len(night),
        day_exceeds=_above(day_level, limits.day_db),
        night_exceeds=_above(night_level, limits.night_db),
        peak_exceeds=_above(peak, limits.night_db + method.peak_allowance_db),
    )


def hour_excess(level: Decimal, *, hour: int, limits: AreaLimits, method: Method) -> Decimal:
    """Return by how much an hour's level passes the limit that holds at that hour; negative below it, dB.

    Source: House rule: limits are of whole days and nights; an hour above them is a warning.
    """
    return level - (limits.day_db if method.is_day(hour) else limits.night_db)


def peak_excess(peak: Decimal, *, hour: int, limits: AreaLimits, method: Method) -> Decimal | None:
    """Return by how much a moment of the night passes what sudden noise may have, dB; None in the day.

    Source: GB 3096-2008, 5.4, from background.
    """
    return None if method.is_day(hour) else peak - limits.night_db - method.peak_allowance_db


def _above(level: Decimal | None, limit: Decimal) -> Decimal | None:
    return None if level is None else level - limit
