"""What stands from the first day: rules of abnormal use and prices by example, rows that staff supersede."""

from datetime import date, datetime
from decimal import Decimal
from typing import Final

from onecity.domains.metering.models import AbnormalRule, Tariff, TariffTier
from onecity.domains.metering.rules.codes import Abnormal, Supply
from onecity.kernel.actor import system_actor
from onecity.kernel.text import zh

RESIDENTIAL: Final = "居民"
_FROM: Final = date(2010, 1, 1)
_SOURCE: Final = zh("平台缺省值，启用前请按本市规定登记新版本")
_RULES: Final = (
    (Supply.WATER, Abnormal.STANDING_STILL, "24", 1, "0", "critical"),
    (Supply.ELECTRICITY, Abnormal.STANDING_STILL, "24", 1, "0", "critical"),
    (Supply.WATER, Abnormal.CONTINUOUS, "0.005", 2, "0", "minor"),
    (Supply.GAS, Abnormal.CONTINUOUS, "0.010", 1, "0", "major"),
    (Supply.WATER, Abnormal.SUDDEN_RISE, "1", 1, "3", "minor"),
    (Supply.ELECTRICITY, Abnormal.SUDDEN_RISE, "20", 1, "3", "notice"),
    (Supply.GAS, Abnormal.SUDDEN_RISE, "3", 1, "3", "minor"),
    (Supply.HEAT, Abnormal.SUDDEN_RISE, "100", 1, "3", "notice"),
    (Supply.WATER, Abnormal.NIGHT_USE, "0.200", 2, "30", "notice"),
    *((supply, Abnormal.REVERSE, "0.010", 1, "0", "minor") for supply in Supply),
)
"""House rule: no national standard sets these; cities differ, so they are rows."""
_PRICES: Final = (
    (Supply.ELECTRICITY, ((2760, "0.538"), (4800, "0.588"), (None, "0.838"))),
    (Supply.WATER, ((180, "5"), (260, "7"), (None, "9"))),
)
"""Illustrations after published designs; prices are the city's data."""


def enter_first_rows(*, now: datetime) -> None:
    """Enter the rules and prices of the first day where there are none of their kind. now: city time."""
    author = system_actor("metering").key
    for supply, kind, threshold, days, factor, severity in _RULES:
        AbnormalRule.objects.get_or_create(
            supply=supply,
            kind=kind,
            valid_from=_FROM,
            defaults={
                "threshold": Decimal(threshold),
                "days": days,
                "factor": Decimal(factor),
                "severity": severity,
                "source": _SOURCE,
                "author": author,
                "created_at": now,
            },
        )
    for supply, tiers in _PRICES:
        _enter_price(supply, tiers, author=author, now=now)


def _enter_price(supply: Supply, tiers: tuple[tuple[int | None, str], ...], *, author: str, now: datetime) -> None:
    row, made = Tariff.objects.get_or_create(
        supply=supply,
        category=RESIDENTIAL,
        valid_from=_FROM,
        defaults={"source": _SOURCE, "published_at": now, "author": author, "created_at": now},
    )
    if made:
        TariffTier.objects.bulk_create(
            TariffTier(tariff=row, number=number, up_to=up_to, price=Decimal(price))
            for number, (up_to, price) in enumerate(tiers, start=1)
        )
