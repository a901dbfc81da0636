"""Days of meters and zones from readings: late ones, gaps, nights, exchanges; running twice changes nothing."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from onecity.domains.metering.contracts import Assessed
from onecity.domains.metering.handlers import assess_recorded
from onecity.domains.metering.models import Meter, MeterDay, ZoneDay
from onecity.domains.metering.rules.codes import Supply
from onecity.domains.metering.services import assessing, following
from onecity.domains.metering.services.assessing import assess, close_days
from onecity.domains.metering.services.facts import exchange_meter, set_borders
from onecity.domains.metering.tests.factories import (
    SYSTEM,
    daily,
    hourly,
    make_meter,
    make_zone,
    measured,
    read_meter,
)
from onecity.kernel import clock
from onecity.kernel.errors import Conflict, Invalid, NotFound
from onecity.platform.identity.tests.factories import plain_actor
from onecity.platform.iot import api as iot

pytestmark = pytest.mark.django_db
FIRST = date(2026, 3, 1)
Queue = Callable[[], int]


def told(meter: Meter) -> list[tuple[str, str | None, str]]:
    rows = MeterDay.objects.filter(meter=meter).order_by("date")
    return [(row.date.isoformat()[5:], None if row.usage is None else str(row.usage), row.evidence) for row in rows]


def test_device_of_a_meter_type_becomes_a_meter_by_itself(now: datetime) -> None:
    meter = make_meter(now=now, supply=Supply.GAS)
    assert (meter.supply, meter.address, meter.in_service) == ("gas", "人民大街1号", True)
    assert meter.location is not None
    assert str(meter) == meter.name


def test_retired_device_takes_its_meter_out_of_service(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    meter = make_meter(now=now)
    iot.retire_device(SYSTEM, device_id=meter.device_id, reason="拆除", now=now)
    monkeypatch.setattr(clock, "city_now", lambda: now)
    following.refresh_now()
    meter.refresh_from_db()
    assert meter.in_service is False


def test_days_follow_from_readings_and_yesterday_is_estimated(now: datetime) -> None:
    meter = make_meter(now=now)
    measured(meter, daily(FIRST, [100, 101, 103, 106]), now=now)
    assert told(meter) == [
        ("03-01", None, "read"),
        ("03-02", "1.000", "read"),
        ("03-03", "2.000", "read"),
        ("03-04", "3.000", "read"),
        *((f"03-0{number}", "2.000", "estimated") for number in range(5, 10)),
    ]
    meter.refresh_from_db()
    assert (meter.register, meter.read_at) == (Decimal(106), daily(FIRST, [0] * 4)[-1][0])


def test_late_reading_puts_estimates_right_and_only_what_changed_is_written(now: datetime) -> None:
    meter = make_meter(now=now)
    measured(meter, daily(FIRST, [100, 101]), now=now)
    before = dict(MeterDay.objects.filter(meter=meter).values_list("date", "computed_at"))
    measured(meter, daily(FIRST + timedelta(days=5), [107]), now=now + timedelta(hours=1))
    assert told(meter)[2:6] == [
        ("03-03", "1.200", "spread"),
        ("03-04", "1.200", "spread"),
        ("03-05", "1.200", "spread"),
        ("03-06", "1.200", "spread"),
    ] or told(meter)[2:6] == [(f"03-0{number}", "1.500", "spread") for number in range(3, 7)]
    after = dict(MeterDay.objects.filter(meter=meter).values_list("date", "computed_at"))
    assert {day for day in before if after[day] != before[day]} == {date(2026, 3, number) for number in range(3, 10)}


def test_reading_between_two_that_stand_changes_both_sides_and_keeps_the_rest(now: datetime) -> None:
    meter = make_meter(now=now)
    measured(meter, daily(FIRST, [100]), now=now)
    measured(meter, daily(FIRST + timedelta(days=4), [108]), now=now)
    measured(meter, daily(FIRST + timedelta(days=2), [106]), now=now)
    assert told(meter)[:5] == [
        ("03-01", None, "read"),
        ("03-02", "3.000", "spread"),
        ("03-03", "3.000", "spread"),
        ("03-04", "1.000", "spread"),
        ("03-05", "1.000", "spread"),
    ]


def test_assessing_twice_changes_nothing(now: datetime) -> None:
    meter = make_meter(now=now)
    touched = read_meter(meter, daily(FIRST, [1, 2, 4]), now=now)
    assert assess([meter.device_id], days_touched=touched, now=now).days > 0
    assert assess([meter.device_id], days_touched=touched, now=now) == Assessed()
    assert assess([meter.device_id], days_touched=[], now=now) == Assessed()


def test_invalid_readings_do_not_count(now: datetime) -> None:
    meter = make_meter(now=now)
    read_meter(meter, daily(FIRST, [5000]), now=now, quality="F")
    measured(meter, daily(FIRST + timedelta(days=1), [10, 12]), now=now)
    assert told(meter)[:2] == [("03-02", None, "read"), ("03-03", "2.000", "read")]


def test_hours_give_night_and_least_hour(now: datetime) -> None:
    meter = make_meter(now=now, multiplier=Decimal(10))
    day = FIRST
    measured(meter, [*hourly(day, 5, [0.02] * 24), *hourly(day + timedelta(days=1), 5.48, [0.5] * 2)], now=now)
    row = MeterDay.objects.get(meter=meter, date=day)
    assert (row.night_usage, row.least_hour) == (Decimal("0.400"), Decimal("0.200"))
    assert MeterDay.objects.get(meter=meter, date=day + timedelta(days=1)).least_hour is None


def test_register_that_grew_was_moved_and_one_that_stands_was_read(now: datetime) -> None:
    meter = make_meter(now=now)
    readings = daily(FIRST, [10, 12, 12])
    measured(meter, readings, now=now)
    meter.refresh_from_db()
    assert (meter.moved_at, meter.read_at) == (readings[1][0], readings[2][0])


def test_exchange_of_a_meter_is_split_and_recomputed(now: datetime) -> None:
    meter = make_meter(now=now)
    measured(meter, daily(FIRST, [100, 8]), now=now)
    assert MeterDay.objects.get(meter=meter, date=FIRST + timedelta(days=1)).reversed_by == 92
    at = daily(FIRST + timedelta(days=1), [0], hour=10)[0][0]
    exchange_meter(SYSTEM, meter_id=meter.id, at=at, last_register=Decimal(120), first_register=Decimal(3), now=now)
    row = MeterDay.objects.get(meter=meter, date=FIRST + timedelta(days=1))
    assert (row.usage, row.reversed_by) == (Decimal(25), None)
    with pytest.raises(Conflict):
        exchange_meter(SYSTEM, meter_id=meter.id, at=at, last_register=Decimal(1), first_register=Decimal(1), now=now)
    with pytest.raises(Invalid):
        exchange_meter(
            SYSTEM,
            meter_id=meter.id,
            at=now + timedelta(hours=1),
            last_register=Decimal(1),
            first_register=Decimal(1),
            now=now,
        )
    with pytest.raises(NotFound):
        exchange_meter(
            plain_actor(), meter_id=meter.id, at=at, last_register=Decimal(1), first_register=Decimal(1), now=now
        )


def test_missing_yesterday_is_estimated_by_the_tick_and_not_for_ever(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    meter = make_meter(now=now)
    measured(meter, daily(FIRST, [1, 2, 3]), now=now)
    later = now + timedelta(days=3)
    monkeypatch.setattr(clock, "city_now", lambda: later)
    close_days()
    assert told(meter)[-1] == ("03-12", "1.000", "estimated")
    much_later = now + timedelta(days=200)
    monkeypatch.setattr(clock, "city_now", lambda: much_later)
    close_days()
    assert MeterDay.objects.filter(meter=meter).order_by("-date")[0].date < date(2026, 5, 6)


def zone_with(now: datetime) -> tuple[int, Meter, Meter, Meter]:
    zone = make_zone(now=now)
    inlet = make_meter(now=now)
    users = [make_meter(now=now, zone_code="DMA-1", category="居民") for _ in range(2)]
    set_borders(SYSTEM, zone_id=zone, inlets=[inlet.id])
    return zone, inlet, users[0], users[1]


def test_zone_s_loss_is_what_came_in_less_what_was_used(now: datetime) -> None:
    zone, inlet, first, second = zone_with(now)
    for meter, step in ((inlet, 10), (first, 4), (second, 3)):
        measured(meter, daily(FIRST, [100, 100 + step]), now=now)
    row = ZoneDay.objects.get(zone=zone, date=FIRST + timedelta(days=1))
    assert (row.supplied, row.used, row.loss, row.customers, row.complete) == (
        Decimal(10),
        Decimal(7),
        Decimal(3),
        2,
        True,
    )
    estimated = ZoneDay.objects.get(zone=zone, date=FIRST + timedelta(days=3))
    assert estimated.complete is False
    assert str(row).endswith("3.000")


def test_late_reading_of_a_customer_changes_the_zone_s_loss(now: datetime) -> None:
    zone, inlet, first, second = zone_with(now)
    for meter, step in ((inlet, 10), (first, 4)):
        measured(meter, daily(FIRST, [100, 100 + step]), now=now)
    day = FIRST + timedelta(days=1)
    assert ZoneDay.objects.get(zone=zone, date=day).complete is False
    measured(second, daily(FIRST, [100, 105]), now=now)
    assert ZoneDay.objects.get(zone=zone, date=day).loss == 1


def test_zone_above_counts_the_customers_below_and_its_own_borders(now: datetime) -> None:
    top = make_zone("TOP", now=now)
    lower = make_zone("LOW", now=now, parent="TOP")
    source, between = make_meter(now=now), make_meter(now=now)
    user = make_meter(now=now, zone_code="LOW")
    set_borders(SYSTEM, zone_id=top, inlets=[source.id])
    set_borders(SYSTEM, zone_id=lower, inlets=[between.id])
    for meter, step in ((source, 20), (between, 12), (user, 11)):
        measured(meter, daily(FIRST, [0, step]), now=now)
    day = FIRST + timedelta(days=1)
    assert [ZoneDay.objects.get(zone=zone, date=day).loss for zone in (top, lower)] == [9, 1]


def test_night_flow_is_that_of_the_border_meters(now: datetime) -> None:
    zone, inlet, _, _ = zone_with(now)
    steps = [1.0, 1.0, 0.4, 0.6, *([1.0] * 20)]
    measured(inlet, hourly(FIRST, 10, steps), now=now)
    assert ZoneDay.objects.get(zone=zone, date=FIRST).night_flow == Decimal("0.400")


def test_borders_must_be_meters_of_the_zone_s_supply(now: datetime) -> None:
    zone = make_zone(now=now)
    gas = make_meter(now=now, supply=Supply.GAS)
    with pytest.raises(NotFound):
        set_borders(SYSTEM, zone_id=zone, inlets=[gas.id])


def test_number_of_statements_does_not_grow_with_meters(now: datetime) -> None:
    def count(number: int) -> int:
        meters = [make_meter(now=now) for _ in range(number)]
        for meter in meters:
            touched = read_meter(meter, daily(FIRST, [1, 2, 3]), now=now)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assess([meter.device_id for meter in meters], days_touched=touched, now=now)
        return len(queries)

    assert count(8) <= count(1) + 2


def test_recorded_readings_become_days_through_the_queue(
    now: datetime, run_queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "city_now", lambda: now)
    meter = make_meter(now=now)
    read_meter(meter, daily(FIRST, [1, 2]), now=now)
    assert run_queue() > 0
    assert told(meter)[1] == ("03-02", "1.000", "read")


@pytest.mark.parametrize(
    "payload",
    [
        {"device_type": "gauge.air", "device_ids": [1], "hours": ["2026-03-10T00:00:00+00:00"]},
        {"device_type": "metering.water_meter", "device_ids": None, "hours": []},
        {"device_type": "metering.water_meter", "device_ids": [1], "hours": None},
    ],
)
def test_event_of_others_is_passed_over(payload: dict[str, Any]) -> None:
    assess_recorded(payload)
    assert not MeterDay.objects.exists()


def test_meters_are_read_in_turns(now: datetime) -> None:
    with CaptureQueriesContext(connection) as queries:
        assess([make_meter(now=now).device_id], days_touched=[FIRST], now=now)
    assert any("pg_advisory_xact_lock" in query["sql"] for query in queries)
    assert assessing.AT_ONCE > 0
