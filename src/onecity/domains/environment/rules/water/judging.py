"""The class of a body of water by its worst factor, what pollutes it most, and how it is averaged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from math import log10
from types import MappingProxyType
from typing import Final

from onecity.domains.environment.rules.water.items import GOOD_UP_TO, WORST, Body, Direction, Item
from onecity.domains.environment.rules.water.limits import ItemLimits, LimitBook

Values = Mapping[Item, Decimal]
_HUNDREDTH: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Method:
    """How classes are made from a day of the data on; what the standard leaves to its implementation.

    needed: items without which there is no class. not_judged: items that are left out. decimals: places to which an
    item is rounded before it meets its limits; items that are not in it are not rounded. half_even: halves go to the
    even digit (GB/T 8170), else away from zero. most_main: how many main pollutants are named.
    day_samples, month_samples: least number of samples of a mean. hydrogen_mean: pH is averaged as hydrogen ions.
    """

    valid_from: date
    edition_code: str
    needed: frozenset[Item]
    not_judged: frozenset[Item]
    decimals: Mapping[Item, int]
    half_even: bool
    most_main: int
    day_samples: int
    month_samples: int
    hydrogen_mean: bool


@dataclass(frozen=True, slots=True)
class MainPollutant:
    """A pollutant and by how many times it exceeds its class III limit, two places."""

    item: Item
    multiple: Decimal


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a sample or a mean comes to.

    water_class: 1-6, None where needed items are lacking. classes: of each item judged. worst: the items that make the
    class, if it is worse than I. exceeding: items worse than class III. main: the main pollutants, the worst first.
    missing: needed items without a value.
    """

    edition_code: str
    water_class: int | None
    classes: Mapping[Item, int]
    worst: tuple[Item, ...]
    exceeding: tuple[Item, ...]
    main: tuple[MainPollutant, ...]
    missing: tuple[Item, ...]


def method_on(day: date, *, methods: Sequence[Method]) -> Method:
    """Return the method for data of a day. Raises: ValueError if none is in force yet."""
    begun = [method for method in methods if method.valid_from <= day]
    if not begun:
        raise ValueError("no method is in force on that day")
    return max(begun, key=lambda method: method.valid_from)


def item_class(value: Decimal, *, limits: ItemLimits, body: Body) -> int:
    """Return the class of one item: the best one whose limit is kept; 6 if none is.

    value: rounded as the method says; in the item's unit.
    Source: GB 3838-2002, table 1.
    """
    if limits.lower is not None and value < limits.lower:
        return WORST
    at_least = limits.direction is Direction.MIN
    kept = [value >= step if at_least else value <= step for step in limits.of(body)]
    return kept.index(True) + 1 if True in kept else WORST


def rounded(item: Item, value: Decimal, *, method: Method) -> Decimal:
    """Return a value as it meets its limits.

    Source: GB/T 8170-2008, 3; the places are those by which the national platform's published classes come out.
    """
    places = method.decimals.get(item)
    if places is None:
        return value
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN if method.half_even else ROUND_HALF_UP)


def judge(values: Values, *, limits: LimitBook, method: Method, body: Body) -> Judgement:
    """Return the class by the worst factor, with what makes it.

    values: in the items' units; items without limits or not to be judged are passed over.
    Source: GB 3838-2002, table 1; single-factor evaluation and the order of main pollutants from background, hence
    the method's parameters.
    """
    taken = {
        item: rounded(item, value, method=method)
        for item, value in values.items()
        if item in limits and item not in method.not_judged
    }
    classes = {item: item_class(value, limits=limits[item], body=body) for item, value in taken.items()}
    missing = tuple(item for item in Item if item in method.needed and item not in classes)
    worst = max(classes.values(), default=WORST)
    exceeding = tuple(item for item in Item if classes.get(item, 0) > GOOD_UP_TO)
    whole = bool(classes) and not missing
    return Judgement(
        edition_code=method.edition_code,
        water_class=worst if whole else None,
        classes=MappingProxyType(classes),
        worst=tuple(item for item in Item if classes.get(item) == worst > 1),
        exceeding=exceeding,
        main=_main(exceeding, taken, limits=limits, body=body)[: method.most_main],
        missing=missing,
    )


def multiple(value: Decimal, *, limits: ItemLimits, body: Body) -> Decimal | None:
    """Return by how many times of the class III limit a value exceeds it, two places; None for pH and oxygen.

    Source: House rule, from background (ministry's method of 2011): (C - S) / S.
    """
    if limits.direction is not Direction.MAX:
        return None
    step = limits.of(body)[GOOD_UP_TO - 1]
    return ((value - step) / step).quantize(_HUNDREDTH, ROUND_HALF_UP)


def mean_of(samples: Sequence[Values], *, method: Method) -> dict[Item, Decimal]:
    """Return the arithmetic mean of each item over the samples that have it; four places, pH two.

    Source: House rule (arithmetic means; the method says how pH is averaged).
    """
    found: dict[Item, Decimal] = {}
    for item in Item:
        present = [sample[item] for sample in samples if item in sample]
        if present:
            found[item] = _ph(present, method=method) if item is Item.PH else _mean(present)
    return found


def _mean(values: Sequence[Decimal]) -> Decimal:
    return (sum(values, start=Decimal(0)) / len(values)).quantize(Decimal("0.0001"), ROUND_HALF_UP)


def _ph(values: Sequence[Decimal], *, method: Method) -> Decimal:
    if not method.hydrogen_mean:
        return _mean(values).quantize(_HUNDREDTH, ROUND_HALF_UP)
    ions = sum(10 ** -float(value) for value in values) / len(values)
    return Decimal(repr(-log10(ions))).quantize(_HUNDREDTH, ROUND_HALF_UP)


def _main(exceeding: Sequence[Item], values: Values, *, limits: LimitBook, body: Body) -> tuple[MainPollutant, ...]:
    found = []
    for item in exceeding:
        times = multiple(values[item], limits=limits[item], body=body)
        if times is not None:
            found.append(MainPollutant(item, times))
    return tuple(sorted(found, key=lambda row: -row.multiple))
