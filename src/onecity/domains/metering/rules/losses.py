"""Zones: what came in, what was used, what was lost, and the least flow of the night."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from onecity.domains.metering.rules.usage import SLOT


@dataclass(frozen=True, slots=True)
class Balance:
    """A zone's day. supplied, used: None where no meter tells. loss: supplied less used."""

    supplied: Decimal | None
    used: Decimal | None

    @property
    def loss(self) -> Decimal | None:
        """What was supplied and not used; below nought where meters disagree."""
        return None if self.supplied is None or self.used is None else self.supplied - self.used

    @property
    def rate(self) -> Decimal | None:
        """The loss in per cent of the supply; None without a supply.

        Source: House rule (线损率、漏损率): (supply − Σ sales) / supply.
        """
        return 100 * self.loss / self.supplied if self.loss is not None and self.supplied else None


def balance(borders: Sequence[tuple[int, Decimal | None]], customers: Sequence[Decimal | None]) -> Balance:
    """Return a zone's balance. borders: +1 or −1 and the usage of each border meter; without one no supply.

    customers: their usages; those without are left out, so the caller tells whether the day is complete.
    """
    supplied = None
    if borders and all(usage is not None for _, usage in borders):
        supplied = sum((sign * usage for sign, usage in borders if usage is not None), Decimal(0))
    known = [usage for usage in customers if usage is not None]
    return Balance(supplied, sum(known, Decimal(0)) if known else None)


def night_flow(borders: Sequence[tuple[int, Sequence[Decimal | None]]], *, slot: timedelta = SLOT) -> Decimal | None:
    """Return the least net inflow of the night in units an hour; None unless every border meter tells of a slot.

    borders: +1 or −1 and by how much the register grew in each slot, after the multiplier.
    Source: House rule (minimum night flow, 02:00 to 04:00).
    """
    flows = []
    for together in zip(*(values for _, values in borders), strict=True):
        told = [item for item in together if item is not None]
        if len(told) == len(borders):
            flows.append(sum((sign * item for (sign, _), item in zip(borders, told, strict=True)), Decimal(0)))
    return min(flows) * Decimal(timedelta(hours=1) / slot) if flows else None


def below(parents: Mapping[int, int | None]) -> dict[int, set[int]]:
    """Return for each zone itself and all zones below it. parents: of each zone; a loop ends where it began."""
    found: dict[int, set[int]] = {zone: set() for zone in parents}
    for zone in parents:
        above: int | None = zone
        seen: set[int] = set()
        while above is not None and above not in seen:
            seen.add(above)
            if above in found:
                found[above].add(zone)
            above = parents.get(above)
    return found
