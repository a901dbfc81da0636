"""Hourly means of air stations as iot keeps them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from onecity.domains.environment.rules.assessing import Means
from onecity.domains.environment.rules.codes import POLLUTANT_OF
from onecity.domains.environment.rules.editions import Pollutant
from onecity.kernel.rounding import Exact
from onecity.platform.iot import api as iot
from onecity.platform.iot.declare import Period

VALID: Final = frozenset("NTL")
"""Quality letters whose values count: good, beyond the range, below the detection limit. Others are missing values."""
HIGHEST: Final = 100_000
"""No air holds so much, in any unit used here; what claims to is a fault."""

HourMeans = Mapping[tuple[int, datetime], Means]


def hourly_means(device_ids: Sequence[int], *, since: datetime, until: datetime) -> HourMeans:
    """Return what stations measured, by station and start of the hour: since ≤ start < until.

    An hour of which nothing valid came has no means; one of which nothing came is absent.
    Source: HJ 212-2017, table 8 (数据标记); which letters count is a house rule.
    """
    found: dict[tuple[int, datetime], dict[Pollutant, Exact]] = {}
    values = iot.period_values(
        device_ids, period=Period.HOUR, property_codes=list(POLLUTANT_OF), since=since, until=until
    )
    for item in values:
        means = found.setdefault((item.device_id, item.at), {})
        if item.result is not None and item.quality in VALID and 0 <= item.result < HIGHEST:
            means[POLLUTANT_OF[item.property_code]] = Decimal(repr(item.result))
    return dict(found)
