"""Days of zones: what came in, what was used, what was lost, and the least flow of the night."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from onecity.domains.metering.models import Meter, MeterDay, Zone, ZoneBorder, ZoneDay
from onecity.domains.metering.rules.codes import Evidence
from onecity.domains.metering.rules.losses import balance, below, night_flow
from onecity.domains.metering.rules.times import DAY, day_start
from onecity.domains.metering.rules.usage import LONGEST_GAP, NIGHT_FROM, NIGHT_SLOTS, slots
from onecity.domains.metering.selectors.readings import registers
from onecity.domains.metering.services.writing import put

_KEY: Final = ("zone_id", "date")
_Borders = Mapping[int, Sequence[tuple[int, int]]]


def assess_zones(changed: Mapping[int, set[date]], *, now: datetime) -> int:
    """Compute the days of the zones that these meters and days belong to; returns how many rows became different."""
    tree = below(dict(Zone.objects.values_list("id", "parent_id")))
    if not changed or not tree:
        return 0
    borders = _borders()
    touched = _touched(changed, tree, borders)
    rows = [row for day in sorted(touched) for row in _rows(day, touched[day], tree, borders)]
    return len(put(ZoneDay, rows, key=_KEY, now=now))


def _borders() -> _Borders:
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for row in ZoneBorder.objects.order_by("id"):
        found[row.zone_id].append((1 if row.direction == ZoneBorder.Direction.INLET else -1, row.meter_id))
    return found


def _touched(changed: Mapping[int, set[date]], tree: Mapping[int, set[int]], borders: _Borders) -> dict[date, set[int]]:
    own = dict(Meter.objects.filter(id__in=changed, zone__isnull=False).values_list("id", "zone_id"))
    found: dict[date, set[int]] = defaultdict(set)
    for meter_id, days in changed.items():
        zones = {zone for zone, inside in tree.items() if own.get(meter_id) in inside}
        zones |= {zone for zone, meters in borders.items() if any(border == meter_id for _, border in meters)}
        for day in days if zones else ():
            found[day] |= zones
    return found


def _rows(day: date, zones: set[int], tree: Mapping[int, set[int]], borders: _Borders) -> list[dict[str, object]]:
    concerned = {zone for each in zones for zone in tree[each]}
    customers: dict[int, list[int]] = defaultdict(list)
    for meter_id, zone_id in Meter.objects.filter(zone__in=concerned, in_service=True).values_list("id", "zone_id"):
        assert zone_id is not None
        customers[zone_id].append(meter_id)
    wanted = {meter for group in customers.values() for meter in group} | {
        meter for zone in zones for _, meter in borders.get(zone, ())
    }
    days = {row.meter_id: row for row in MeterDay.objects.filter(date=day, meter__in=wanted)}
    nights = _nights(day, {meter for zone in zones for _, meter in borders.get(zone, ())})
    return [_row(day, zone, tree[zone], customers, borders.get(zone, ()), days, nights) for zone in sorted(zones)]


def _row(
    day: date,
    zone: int,
    inside: set[int],
    customers: Mapping[int, Sequence[int]],
    borders: Sequence[tuple[int, int]],
    days: Mapping[int, MeterDay],
    nights: Mapping[int, Sequence[Decimal | None]],
) -> dict[str, object]:
    border_meters = {meter for _, meter in borders}
    users = [meter for each in inside for meter in customers.get(each, ()) if meter not in border_meters]
    found = balance([(sign, _usage(days, meter)) for sign, meter in borders], [_usage(days, meter) for meter in users])
    flow = night_flow([(sign, nights[meter]) for sign, meter in borders]) if borders else None
    return {
        "zone_id": zone,
        "date": day.isoformat(),
        "supplied": found.supplied,
        "used": found.used,
        "loss": found.loss,
        "night_flow": flow,
        "customers": len(users),
        "complete": all(
            meter in days and days[meter].usage is not None and days[meter].evidence != Evidence.ESTIMATED
            for meter in [*users, *border_meters]
        ),
    }


def _usage(days: Mapping[int, MeterDay], meter: int) -> Decimal | None:
    row = days.get(meter)
    return row.usage if row else None


def _nights(day: date, meter_ids: set[int]) -> dict[int, list[Decimal | None]]:
    """Return by border meter how much its register grew in each slot of the night, after the multiplier."""
    meters = list(Meter.objects.filter(id__in=meter_ids))
    begin = day_start(day)
    found = registers(meters, since=begin, until=begin + DAY / 4 + LONGEST_GAP)
    return {
        meter.id: [
            None if grown is None else grown * meter.multiplier
            for grown in slots(found.get(meter.device_id, []), start=begin + NIGHT_FROM, count=NIGHT_SLOTS)
        ]
        for meter in meters
    }
