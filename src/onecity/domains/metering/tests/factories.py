"""The smallest valid objects of metering, for its own tests and its neighbours'."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count

from onecity.domains.metering.contracts import MeterFacts, NewZone
from onecity.domains.metering.models import Meter
from onecity.domains.metering.rules.codes import METER_TYPES, REGISTERS, Supply
from onecity.domains.metering.rules.times import day_start
from onecity.domains.metering.services.assessing import assess
from onecity.domains.metering.services.facts import add_zone, describe_meters
from onecity.domains.metering.services.following import refresh_meters
from onecity.kernel.actor import system_actor
from onecity.platform.identity.tests.factories import make_organisation
from onecity.platform.iot import api as iot
from onecity.platform.iot.contracts import DatastreamKey, DerivedValue, NewDevice
from onecity.platform.iot.declare import Period, Protocol

_numbers = count(1)
SYSTEM = system_actor("test")


def make_meter(
    *,
    now: datetime,
    supply: Supply = Supply.WATER,
    organisation_id: int | None = None,
    division: str = "",
    place: tuple[float, float] | None = (125.32, 43.88),
    **facts: object,
) -> Meter:
    """Register a meter's device and tell what staff tell of it."""
    number = next(_numbers)
    new = NewDevice(
        key=f"{780000000000 + number}",
        name=f"{number}号表",
        type_code=METER_TYPES[supply],
        protocol=Protocol.MQTT,
        organisation_id=organisation_id or make_organisation("水务局").id,
        division_code=division,
        place=place,
        address="人民大街1号",
    )
    device_id = iot.register_device(SYSTEM, new=new, now=now)
    refresh_meters(now=now)
    row = Meter.objects.get(device_id=device_id)
    if facts:
        describe_meters(SYSTEM, facts={row.id: MeterFacts(**facts)})  # type: ignore[arg-type]  # tests name fields
        row.refresh_from_db()
    return row


def make_zone(code: str = "DMA-1", *, now: datetime, parent: str = "", supply: Supply = Supply.WATER) -> int:
    """Enter a zone."""
    owner = make_organisation("水务局").id
    new = NewZone(code, f"{code}分区", supply, owner, parent_code=parent)
    return add_zone(SYSTEM, new=new, now=now)


def read_meter(
    meter: Meter, readings: Sequence[tuple[datetime, float]], *, now: datetime, quality: str = "N"
) -> set[date]:
    """Record readings of the register without computing; returns the days touched."""
    key = DatastreamKey(meter.device_id, REGISTERS[meter.supply], Period.REAL_TIME)
    stream = iot.datastreams_for([key], now=now)[key]
    iot.record_derived([DerivedValue(stream, at, value, quality) for at, value in readings], now=now)
    return {at.astimezone(day_start(date(2026, 1, 1)).tzinfo).date() for at, _ in readings}


def measured(meter: Meter, readings: Sequence[tuple[datetime, float]], *, now: datetime) -> None:
    """Record readings and compute what follows."""
    touched = read_meter(meter, readings, now=now)
    assess([meter.device_id], days_touched=touched, now=now)


def daily(first: date, registers: Sequence[float], *, hour: int = 22) -> list[tuple[datetime, float]]:
    """Return one reading a day."""
    return [
        (day_start(first + timedelta(days=number)) + timedelta(hours=hour), value)
        for number, value in enumerate(registers)
    ]


def hourly(day: date, start: float, steps: Sequence[float]) -> list[tuple[datetime, float]]:
    """Return readings at every hour from the day's beginning: the register's steps from hour to hour."""
    total, found = Decimal(str(start)), [(day_start(day), start)]
    for number, step in enumerate(steps, start=1):
        total += Decimal(str(step))
        found.append((day_start(day) + timedelta(hours=number), float(total)))
    return found
