"""Days of grants and hours of use."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from onecity.kernel.clock import CITY_ZONE
from onecity.kernel.text import zh

NOT_BEGUN: Final = zh("授权尚未生效")
OVER: Final = zh("授权已到期")
SUSPENDED: Final = zh("授权已被提供方暂停")
WITHDRAWN: Final = zh("授权已被提供方撤销")
_BY_STATE: Final = {"suspended": SUSPENDED, "withdrawn": WITHDRAWN, "expired": OVER}


@dataclass(frozen=True, slots=True)
class Night:
    """The hours of the city's night: from `start` o'clock to `end` o'clock, over midnight where start > end."""

    start: int
    end: int

    def holds(self, instant: datetime) -> bool:
        """Say whether an instant lies in the night."""
        hour = instant.astimezone(CITY_ZONE).hour
        if self.start <= self.end:
            return self.start <= hour < self.end
        return hour >= self.start or hour < self.end


def standing(state: str, *, starts: date, ends: date, today: date) -> str:
    """Return why a grant gives nothing today, in Chinese; an empty text when it is in force.

    Both first and last day count. Source: house rule.
    """
    if state != "active":
        return _BY_STATE[state]
    if today < starts:
        return NOT_BEGUN
    return OVER if today > ends else ""


def months_inside(start: date, *, end: date, most_days: int) -> bool:
    """Say whether a period of both days and all between is not longer than `most_days`."""
    return (end - start).days < most_days
