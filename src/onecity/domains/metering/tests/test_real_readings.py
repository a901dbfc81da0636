"""Real readings: a pipe's flow of ten weeks, and a household's power of ten days."""

import csv
import gzip
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from onecity.domains.metering.rules.abnormal import Day, Rule, Use, judge
from onecity.domains.metering.rules.codes import Abnormal, Evidence
from onecity.domains.metering.rules.losses import night_flow
from onecity.domains.metering.rules.times import day_start
from onecity.domains.metering.rules.usage import NIGHT_FROM, NIGHT_SLOTS, days, shape, slots
from onecity.kernel.clock import CITY_ZONE, city_date

pytestmark = pytest.mark.data
CAPACITY = Decimal(10_000_000)
Points = list[tuple[datetime, Decimal]]


def pipe(data: Path) -> Points:
    """Return the register of a pipe whose hourly flow was recorded, its hours taken for the city's."""
    register, points = Decimal(0), []
    with (data / "utilities" / "water_flow_hourly.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            at = datetime.fromisoformat(row["Time"]).replace(tzinfo=CITY_ZONE)
            register += Decimal(row["Water flow [l/s]"]) * Decimal("3.6")
            points.append((at, register.quantize(Decimal("0.001"))))
    return sorted(dict(points).items())


def home(data: Path) -> Points:
    """Return the register of a household whose power was recorded each minute."""
    register, points = Decimal(0), []
    with gzip.open(data / "utilities" / "household_power_1min.csv.gz", "rt", encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file)):
            if not row["Global_active_power"]:
                continue
            register += Decimal(row["Global_active_power"]) / 60
            if number % 15 == 0:
                at = datetime.strptime(row["Datetime"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=CITY_ZONE)
                points.append((at, register.quantize(Decimal("0.001"))))
    return points


def test_days_of_a_pipe_add_up_to_what_flowed(data: Path) -> None:
    points = pipe(data)
    readings = {city_date(at): register for at, register in points}
    found = days(readings, until=max(readings), capacity=CAPACITY)
    total = sum((item.usage for item in found if item.usage is not None), Decimal(0))
    assert total == readings[max(readings)] - readings[min(readings)]
    assert {item.evidence for item in found} <= {Evidence.READ, Evidence.SPREAD}
    assert len(found) == 58


def test_nights_of_a_pipe_use_least(data: Path) -> None:
    points = pipe(data)
    nights = []
    for day in sorted({city_date(at) for at, _ in points})[1:-1]:
        flow = night_flow([(1, slots(points, start=day_start(day) + NIGHT_FROM, count=NIGHT_SLOTS))])
        grown = slots(points, start=day_start(day), count=24, slot=timedelta(hours=1))
        known = [item for item in grown if item is not None]
        if flow is not None and len(known) == 24:
            nights.append(flow <= sum(known) / 24)
    assert len(nights) >= 40
    assert sum(nights) / len(nights) > 0.9


def test_pipe_that_never_stops_is_told_as_continuous_flow(data: Path) -> None:
    points = pipe(data)
    rule = Rule(Abnormal.CONTINUOUS, Decimal(50), days=2)
    whole = [
        Day(day, least_hour=shape(points, day=day).least_hour)
        for day in sorted({city_date(at) for at, _ in points})[1:-1]
    ]
    finding = judge(rule, Use([day for day in whole if day.least_hour is not None][:2]))
    assert finding is not None


def test_household_uses_what_its_power_says(data: Path) -> None:
    points = home(data)
    readings = {city_date(at): register for at, register in points}
    usages = [item.usage for item in days(readings, until=max(readings), capacity=CAPACITY) if item.usage is not None]
    assert all(Decimal(5) < usage < Decimal(80) for usage in usages[:-1])
    least = shape(points, day=sorted(readings)[1]).least_hour
    assert least is not None
    assert Decimal("0.05") < least < Decimal(3)
