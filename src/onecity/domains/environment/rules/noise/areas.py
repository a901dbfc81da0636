"""Acoustic functional areas, their limits by day and by night, and what holds on a day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from onecity.kernel.text import zh


class Area(StrEnum):
    """A functional area (声环境功能区). Source: GB 3096-2008, 4."""

    CLASS_0 = "0"
    CLASS_1 = "1"
    CLASS_2 = "2"
    CLASS_3 = "3"
    CLASS_4A = "4a"
    CLASS_4B = "4b"


AREA_NAMES: Final[Mapping[str, str]] = {
    Area.CLASS_0: zh("0类（康复疗养区等特别需要安静的区域）"),
    Area.CLASS_1: zh("1类（居住、医疗、文教、科研、行政办公）"),
    Area.CLASS_2: zh("2类（商业集市或居住、商业、工业混杂）"),
    Area.CLASS_3: zh("3类（工业生产、仓储物流）"),
    Area.CLASS_4A: zh("4a类（公路、城市道路、轨道交通地面段、内河航道两侧）"),
    Area.CLASS_4B: zh("4b类（铁路干线两侧）"),
}


@dataclass(frozen=True, slots=True)
class AreaLimits:
    """Limits of an area from a day on. day_db, night_db: equivalent levels, dB(A)."""

    area: Area
    day_db: Decimal
    night_db: Decimal
    edition_code: str
    valid_from: date


@dataclass(frozen=True, slots=True)
class Method:
    """How noise is judged from a day on: what the county settles and what the standard's text was not at hand for.

    day_from, night_from: hours of the day at which day and night begin. peak_allowance_db: by so much a sudden noise
    may pass the limit of the night. night_weight_db: added to the night in Ldn. hour_minutes: minutes that an hour's
    mean needs. day_hours, night_hours: hours that Ld and Ln need.
    """

    valid_from: date
    day_from: int
    night_from: int
    peak_allowance_db: Decimal
    night_weight_db: Decimal
    hour_minutes: int
    day_hours: int
    night_hours: int

    def is_day(self, hour: int) -> bool:
        """Say whether an hour of the clock, 0-23, lies in the day."""
        return self.day_from <= hour < self.night_from

    @property
    def hours_of_day(self) -> int:
        """How many hours the day has."""
        return self.night_from - self.day_from


AreaBook = Mapping[Area, AreaLimits]


def limits_on(day: date, *, limits: Sequence[AreaLimits]) -> AreaBook:
    """Return for each area the limits in force on a day: the newest that have begun."""
    found: dict[Area, AreaLimits] = {}
    for row in sorted(limits, key=lambda row: row.valid_from):
        if row.valid_from <= day:
            found[row.area] = row
    return found


def method_on(day: date, *, methods: Sequence[Method]) -> Method:
    """Return the method for data of a day. Raises: ValueError if none is in force yet."""
    begun = [method for method in methods if method.valid_from <= day]
    if not begun:
        raise ValueError("no method is in force on that day")
    return max(begun, key=lambda method: method.valid_from)


_IN_FORCE: Final = date(2008, 10, 1)
_EDITION: Final = "GB 3096-2008"
FIRST_LIMITS: Final = tuple(
    AreaLimits(area, Decimal(day), Decimal(night), _EDITION, _IN_FORCE)
    for area, day, night in (
        (Area.CLASS_0, 50, 40),
        (Area.CLASS_1, 55, 45),
        (Area.CLASS_2, 60, 50),
        (Area.CLASS_3, 65, 55),
        (Area.CLASS_4A, 70, 55),
        (Area.CLASS_4B, 70, 60),
    )
)
"""Rows of the first day. Source: GB 3096-2008, table 1; 4b from background."""
FIRST_METHOD: Final = Method(
    valid_from=_IN_FORCE,
    day_from=6,
    night_from=22,
    peak_allowance_db=Decimal(15),
    night_weight_db=Decimal(10),
    hour_minutes=45,
    day_hours=12,
    night_hours=6,
)
"""Row of the first day. Source: GB 3096-2008, 3 and 5, from background; how much data is enough is a house rule."""
