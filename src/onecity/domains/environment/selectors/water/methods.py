"""Limits and methods of surface water."""

from onecity.domains.environment.models import WaterLimit, WaterMethod
from onecity.domains.environment.rules.water.items import Direction, Item
from onecity.domains.environment.rules.water.judging import Method
from onecity.domains.environment.rules.water.limits import ItemLimits


def water_limits() -> list[ItemLimits]:
    """Return the limits of all items and all times."""
    return [limits_of(row) for row in WaterLimit.objects.order_by("valid_from")]


def water_methods() -> list[Method]:
    """Return every method, the oldest first."""
    return [_method(row) for row in WaterMethod.objects.order_by("valid_from")]


def limits_of(row: WaterLimit) -> ItemLimits:
    """Return a row as rules take it."""
    return ItemLimits(
        item=Item(row.item_code),
        direction=Direction(row.direction),
        steps=tuple(row.steps),
        lake=tuple(row.lake),
        lower=row.lower,
        unit=row.unit,
        edition_code=row.edition_code,
        valid_from=row.valid_from,
    )


def _method(row: WaterMethod) -> Method:
    places = dict(text.split(":") for text in row.decimals)
    return Method(
        valid_from=row.valid_from,
        edition_code=row.edition_code,
        needed=frozenset(Item(code) for code in row.needed),
        not_judged=frozenset(Item(code) for code in row.not_judged),
        decimals={Item(code): int(number) for code, number in places.items()},
        half_even=row.half_even,
        most_main=row.most_main,
        day_samples=row.day_samples,
        month_samples=row.month_samples,
        hydrogen_mean=row.hydrogen_mean,
    )
