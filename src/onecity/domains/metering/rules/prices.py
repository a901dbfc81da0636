"""Tiered prices: what a quantity costs, and what a month costs within a year whose usage adds up."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from onecity.kernel.text import zh

CENT: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Tier:
    """A tier. up_to: the last quantity in it; None: no end. price: yuan for a unit."""

    up_to: Decimal | None
    price: Decimal


@dataclass(frozen=True, slots=True)
class Fee:
    """Charged for every unit beside the tiers."""

    name: str
    price: Decimal


@dataclass(frozen=True, slots=True)
class Price:
    """One edition. by_year: usage fills the tiers over a calendar year, else over a month.

    per_person: by how much each bound grows for each person above persons_from, in that stretch.
    """

    tiers: tuple[Tier, ...]
    fees: tuple[Fee, ...] = ()
    by_year: bool = True
    persons_from: int = 0
    per_person: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a bill. tier: its number from 1, 0 for a fee. amount: yuan, to the cent."""

    tier: int
    name: str
    quantity: Decimal
    price: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Charge:
    """What is to be paid, with its lines; they add up to it."""

    lines: tuple[Line, ...]
    amount: Decimal


def charge(price: Price, *, usage: Decimal, before: Decimal = Decimal(0), persons: int = 0) -> Charge:
    """Return what `usage` costs when `before` was used already in the stretch of the tiers.

    F(q) = Σ price_k · max(0, min(q, bound_k) − bound_(k−1)); charged is F(before + usage) − F(before), each line to the
    cent, a half up.
    Raises: ValueError if usage or before is below nought.
    Source: House rule after the tiered prices usual since 2012 (发改价格); bounds and prices are the city's data.
    """
    if usage < 0 or before < 0:
        raise ValueError("usage is never below nought")
    lines, lower, now = [], Decimal(0), before + usage
    for number, tier in enumerate(widened(price, persons=persons), start=1):
        upper = now if tier.up_to is None else min(now, tier.up_to)
        quantity = max(upper - max(lower, before), Decimal(0))
        if quantity:
            lines.append(Line(number, "", quantity, tier.price, _yuan(quantity * tier.price)))
        lower = tier.up_to if tier.up_to is not None else now
    lines += [Line(0, fee.name, usage, fee.price, _yuan(usage * fee.price)) for fee in price.fees if usage]
    return Charge(tuple(lines), sum((line.amount for line in lines), Decimal(0)))


def widened(price: Price, *, persons: int) -> Sequence[Tier]:
    """Return the tiers for a household of so many persons."""
    more = price.per_person * max(persons - price.persons_from, 0) if price.persons_from else Decimal(0)
    return [Tier(None if tier.up_to is None else tier.up_to + more, tier.price) for tier in price.tiers]


def fault_in(tiers: Sequence[Tier]) -> str:
    """Say in a sentence what is wrong with tiers, "" if nothing: bounds and prices rise, the last has no end."""
    if not tiers or tiers[-1].up_to is not None:
        return zh("最后一档不设上限")
    bounds = [tier.up_to for tier in tiers[:-1]]
    if any(bound is None or bound <= 0 for bound in bounds):
        return zh("除最后一档外，每一档都要有大于零的上限")
    known = [bound for bound in bounds if bound is not None]
    if known != sorted(set(known)):
        return zh("各档上限应逐档提高")
    prices = [tier.price for tier in tiers]
    if prices[0] <= 0 or prices != sorted(prices):
        return zh("各档单价应大于零，且不低于前一档")
    return ""


def _yuan(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)
