"""Property of a household: declared beside found, what is exempt, what is counted.

Source for all: 最低生活保障审核确认办法, 2021, kinds of property; which tools are exempt, counts and multiples are the
city's dated rows.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from onecity.domains.welfare.rules.codes import FINANCIAL, Asset, Department
from onecity.domains.welfare.rules.household import ZERO, AssetEntry, Found, Household


@dataclass(frozen=True, slots=True)
class Holding:
    """One thing owned, declared beside found. known, told: whether the household, whether a department named it."""

    member: str
    kind: Asset
    mark: str
    declared: Decimal
    found: Decimal
    area: Decimal
    known: bool
    told: bool
    exempt: bool
    sources: tuple[Department, ...]

    @property
    def counted(self) -> Decimal:
        """Return the higher value."""
        return max(self.declared, self.found)


@dataclass(frozen=True, slots=True)
class Wealth:
    """A household's property. financial: yuan; vehicles, houses: those that are not exempt; capital: yuan; area: m²."""

    holdings: tuple[Holding, ...]
    financial: Decimal
    vehicles: int
    houses: int
    capital: Decimal
    area: Decimal


def holdings(household: Household, found: Found) -> tuple[Holding, ...]:
    """Return everything that anybody named, each thing once.

    Things are told apart by mark; deposits and other money by member and kind, as accounts are not declared one by one.
    """
    own = {item.key for item in household.heads}
    disabled = {item.key for item in household.members if item.disability}
    merged: dict[tuple[str, Asset, str], tuple[list[AssetEntry], list[AssetEntry]]] = {}
    for place, entries in enumerate((household.assets, found.assets)):
        for item in entries:
            if item.member in own:
                merged.setdefault(_identity(item), ([], []))[place].append(item)
    return tuple(_holding(*parts, disabled=disabled) for _, parts in sorted(merged.items()))


def wealth(household: Household, found: Found) -> Wealth:
    """Return the household's property as it is counted."""
    every = holdings(household, found)
    return Wealth(
        every,
        sum((item.counted for item in every if item.kind in FINANCIAL), ZERO),
        sum(1 for item in every if item.kind is Asset.VEHICLE and not item.exempt),
        sum(1 for item in every if item.kind is Asset.HOUSE),
        sum((item.counted for item in every if item.kind is Asset.ENTERPRISE), ZERO),
        sum((item.area for item in every if item.kind is Asset.HOUSE), ZERO),
    )


def _identity(item: AssetEntry) -> tuple[str, Asset, str]:
    summed = item.kind in FINANCIAL or item.kind is Asset.FUND
    return (item.member, item.kind, "") if summed else ("", item.kind, item.mark)


def _holding(declared: list[AssetEntry], found: list[AssetEntry], *, disabled: set[str]) -> Holding:
    first = (found or declared)[0]
    return Holding(
        first.member,
        first.kind,
        _identity(first)[2],
        _value(declared),
        _value(found),
        max((item.area for item in (*declared, *found)), default=ZERO),
        bool(declared),
        bool(found),
        _exempt(declared, found, disabled=disabled),
        tuple(sorted({item.source for item in found if item.source is not None})),
    )


def _value(entries: Iterable[AssetEntry]) -> Decimal:
    """Return the sum of the values; several sources that name one marked thing do not add up."""
    rows = list(entries)
    summed = rows and (rows[0].kind in FINANCIAL or rows[0].kind is Asset.FUND)
    values = [item.value for item in rows]
    return sum(values, ZERO) if summed else max(values, default=ZERO)


def _exempt(declared: list[AssetEntry], found: list[AssetEntry], *, disabled: set[str]) -> bool:
    """Say whether a vehicle is a tool: declared so, and either its owner is disabled or it is no operating vehicle
    beyond what the declaration says."""
    if not any(item.living_tool for item in declared):
        return False
    owner_disabled = any(item.member in disabled for item in declared)
    return owner_disabled or not any(item.operating for item in found) or any(item.operating for item in declared)
