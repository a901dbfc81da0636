"""Registers of made-up meters: each a function of the city's time alone, so that a restart takes nothing back."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

_START: Final = datetime(2020, 1, 1, tzinfo=UTC)
_BEIJING: Final = timezone(timedelta(hours=8))
_HOURS: Final = (2, 1, 1, 1, 2, 4, 8, 10, 7, 5, 4, 5, 6, 4, 3, 3, 4, 7, 10, 12, 10, 8, 5, 3)
"""How a household's usage lies in a day, hour by hour; the sum is what a day counts."""
_SUMS: Final = tuple(sum(_HOURS[:hour]) for hour in range(25))


@dataclass(frozen=True, slots=True)
class Household:
    """How much is used. a_day: on an ordinary day. leak_h: every hour, at night too. stopped_at: nothing after it."""

    a_day: float
    leak_h: float = 0.0
    before: float = 0.0
    stopped_at: datetime | None = None

    def register(self, at: datetime) -> float:
        """Return the register at a time; it never goes back."""
        if self.stopped_at is not None:
            at = min(at, self.stopped_at)
        local = at.astimezone(_BEIJING)
        days = local.toordinal() - _START.toordinal()
        whole, part = local.hour, (local.minute * 60 + local.second) / 3600
        share = (_SUMS[whole] + _HOURS[whole] * part) / _SUMS[24]
        # Days differ by up to a tenth; their sum is a function again.
        used = days + share + 0.1 * (math.sin(days + share) - math.sin(0.0)) / 2
        return self.before + self.a_day * used + self.leak_h * 24 * (days + (whole + part) / 24)
