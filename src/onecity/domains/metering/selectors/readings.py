"""Registers of meters as iot keeps them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from onecity.domains.metering.models import Meter
from onecity.domains.metering.rules.codes import REGISTERS
from onecity.domains.metering.rules.usage import STEP
from onecity.platform.iot import api as iot
from onecity.platform.iot.declare import Period

VALID: Final = frozenset("NTLM")
"""Quality letters whose registers count; M is a value entered by hand."""
_HIGHEST: Final = 10**11

Registers = Mapping[int, list[tuple[datetime, Decimal]]]


def registers(meters: Sequence[Meter], *, since: datetime, until: datetime) -> Registers:
    """Return by device the readings of each meter's register with since ≤ time < until, oldest first."""
    wanted = {meter.device_id: REGISTERS[meter.supply] for meter in meters}
    found: dict[int, list[tuple[datetime, Decimal]]] = defaultdict(list)
    values = iot.period_values(
        list(wanted),
        period=Period.REAL_TIME,
        property_codes=sorted(set(wanted.values())),
        since=since,
        until=until,
        sub_values=("",),
    )
    for item in values:
        if item.property_code != wanted[item.device_id] or item.result is None or item.quality not in VALID:
            continue
        if 0 <= item.result < _HIGHEST:
            found[item.device_id].append((item.at, Decimal(repr(item.result)).quantize(STEP)))
    return dict(found)
