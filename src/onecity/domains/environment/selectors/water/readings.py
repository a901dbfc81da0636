"""What water stations measured, as iot keeps it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final

from onecity.domains.environment.rules.water.codes import MEASURED, OTHERS
from onecity.domains.environment.rules.water.items import Item
from onecity.domains.environment.selectors.readings import VALID
from onecity.platform.iot import api as iot
from onecity.platform.iot.declare import Period

_HIGHEST: Final = 1_000_000


@dataclass(slots=True)
class Measured:
    """One sample: items, and other quantities by their columns."""

    values: dict[Item, Decimal] = field(default_factory=dict)
    others: dict[str, Decimal] = field(default_factory=dict)


def samples(device_ids: Sequence[int], *, since: datetime, until: datetime) -> Mapping[tuple[int, datetime], Measured]:
    """Return hour data by device and time: since ≤ time < until. What is not valid is missing, not nought.

    Source: HJ 212-2017, table 8 (数据标记); which letters count is a house rule.
    """
    found: dict[tuple[int, datetime], Measured] = {}
    codes = [*MEASURED, *OTHERS]
    for item in iot.period_values(device_ids, period=Period.HOUR, property_codes=codes, since=since, until=until):
        sample = found.setdefault((item.device_id, item.at), Measured())
        if item.result is None or item.quality not in VALID or not -100 < item.result < _HIGHEST:
            continue
        value = Decimal(repr(item.result))
        if item.property_code in MEASURED:
            if value >= 0:
                sample.values[MEASURED[item.property_code]] = value
        else:
            sample.others[OTHERS[item.property_code]] = value
    return found
