"""Minutes and hours of outlets, as iot keeps them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final

from onecity.domains.environment.rules.outlets.factors import FLOW, Factor
from onecity.domains.environment.rules.outlets.means import Sample
from onecity.domains.environment.rules.times import hour_start
from onecity.platform.iot import api as iot
from onecity.platform.iot.contracts import PeriodValue
from onecity.platform.iot.declare import Period

_HIGHEST: Final = 10_000_000
_MEAN: Final = ("avg", "")
_CONVERTED: Final = ("converted_avg", "converted")
_TOTAL: Final = ("total",)
Key = tuple[int, datetime, Factor]


@dataclass(slots=True)
class HourReadings:
    """What came of one factor in an hour. own: the hour as the device sent it. parts: its shorter periods.

    total_kg: as sent. flow: the hour's, L/s or m³/s.
    """

    own: Sample | None = None
    parts: list[Sample] = field(default_factory=list)
    total_kg: Decimal | None = None
    flow: Decimal | None = None


def hour_readings(device_ids: Sequence[int], *, since: datetime, until: datetime) -> Mapping[Key, HourReadings]:
    """Return what came by device, hour and factor: since ≤ start < until."""
    found: dict[Key, HourReadings] = {}
    values = _Values(device_ids, since, until)
    for period in (Period.HOUR, Period.MINUTE):
        flows = {(item.device_id, item.at): _number(item) for item in values.of([FLOW], period, _MEAN)}
        converted = {(item.device_id, item.at, item.property_code): _number(item) for item in values.all(period)}
        for item in values.of(list(Factor), period, _MEAN):
            key = (item.device_id, hour_start(item.at), Factor(item.property_code))
            sample = Sample(
                _number(item),
                item.quality,
                converted.get((item.device_id, item.at, item.property_code)),
                flows.get((item.device_id, item.at)),
            )
            hour = found.setdefault(key, HourReadings())
            if period is Period.HOUR:
                hour.own, hour.flow = sample, sample.flow
            else:
                hour.parts.append(sample)
    for item in values.of(list(Factor), Period.HOUR, _TOTAL):
        known = found.get((item.device_id, item.at, Factor(item.property_code)))
        if known is not None:
            known.total_kg = _number(item)
    return found


@dataclass(frozen=True, slots=True)
class _Values:
    device_ids: Sequence[int]
    since: datetime
    until: datetime

    def of(self, codes: Iterable[str], period: Period, kinds: Sequence[str]) -> list[PeriodValue]:
        return iot.period_values(
            self.device_ids,
            period=period,
            property_codes=[str(code) for code in codes],
            since=self.since,
            until=self.until,
            sub_values=kinds,
        )

    def all(self, period: Period) -> list[PeriodValue]:
        return self.of(list(Factor), period, _CONVERTED)


def _number(item: PeriodValue) -> Decimal | None:
    if item.result is None or not 0 <= item.result < _HIGHEST:
        return None
    return Decimal(repr(item.result))
