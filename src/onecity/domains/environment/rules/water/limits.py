"""Limits of the five classes, by item, and which of them hold on a day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from onecity.domains.environment.rules.water.items import Body, Direction, Item

STEPS: Final = 5


@dataclass(frozen=True, slots=True)
class ItemLimits:
    """Limits of one item, from a day of the data on.

    steps: of classes I to V. lake: those of lakes and reservoirs, empty where they are the same. lower: the lower end
    of a range, whose steps are the upper end; else None. unit: as people read it.
    """

    item: Item
    direction: Direction
    steps: tuple[Decimal, ...]
    lake: tuple[Decimal, ...]
    lower: Decimal | None
    unit: str
    edition_code: str
    valid_from: date

    def of(self, body: Body) -> tuple[Decimal, ...]:
        """Return the limits of a kind of water."""
        return self.lake if body is Body.LAKE and self.lake else self.steps


LimitBook = Mapping[Item, ItemLimits]


def limits_on(day: date, *, limits: Sequence[ItemLimits]) -> LimitBook:
    """Return for each item the limits in force for data of a day: the newest that have begun."""
    found: dict[Item, ItemLimits] = {}
    for row in sorted(limits, key=lambda row: row.valid_from):
        if row.valid_from <= day:
            found[row.item] = row
    return found


def fault_in(row: ItemLimits) -> str:
    """Return which field of new limits is wrong; "" if none is. Worse classes may not have stricter limits."""
    for name, steps in (("steps", row.steps), ("lake", row.lake)):
        if name == "lake" and not steps:
            continue
        ordered = sorted(steps, reverse=row.direction is Direction.MIN)
        if len(steps) != STEPS or list(steps) != ordered or min(steps) < 0:
            return name
    if row.direction is Direction.RANGE and (row.lower is None or not 0 <= row.lower <= row.steps[0]):
        return "lower"
    return "lower" if row.direction is not Direction.RANGE and row.lower is not None else ""
