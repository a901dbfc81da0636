"""Prices by supply, category and day."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from onecity.domains.metering.models import Tariff, TariffFee, TariffTier
from onecity.domains.metering.rules.prices import Fee, Price, Tier


class PriceBook:
    """All published editions, read once: which one holds for a supply and category on a day."""

    def __init__(self) -> None:
        rows = Tariff.objects.filter(published_at__isnull=False).order_by("valid_from")
        self._editions: dict[tuple[str, str], list[Tariff]] = defaultdict(list)
        for row in rows:
            self._editions[row.supply, row.category].append(row)
        self._prices = prices_of([row.id for editions in self._editions.values() for row in editions])

    def on(self, day: date, *, supply: str, category: str) -> tuple[Tariff, Price] | None:
        """Return the edition in force; None if there is none for this category."""
        held = [row for row in self._editions.get((supply, category), ()) if row.valid_from <= day]
        return (held[-1], self._prices[held[-1].id]) if held else None

    def current(self, day: date) -> list[tuple[Tariff, Price]]:
        """Return the edition of each supply and category that is in force on this day."""
        found = [self.on(day, supply=supply, category=category) for supply, category in sorted(self._editions)]
        return [item for item in found if item is not None]


def prices_of(tariff_ids: Sequence[int]) -> dict[int, Price]:
    """Return the editions with these ids as the rules calculate with them."""
    tiers: dict[int, list[Tier]] = defaultdict(list)
    fees: dict[int, list[Fee]] = defaultdict(list)
    for tier in TariffTier.objects.filter(tariff__in=tariff_ids).order_by("tariff", "number"):
        tiers[tier.tariff_id].append(Tier(tier.up_to, tier.price))
    for fee in TariffFee.objects.filter(tariff__in=tariff_ids).order_by("tariff", "id"):
        fees[fee.tariff_id].append(Fee(fee.name, fee.price))
    rows = Tariff.objects.filter(id__in=tariff_ids)
    return {
        row.id: Price(
            tuple(tiers[row.id]),
            tuple(fees[row.id]),
            by_year=row.accumulates == Tariff.Accumulates.YEAR,
            persons_from=row.persons_from,
            per_person=row.per_person,
        )
        for row in rows
    }
