"""From registers to usage: rollover, gaps, estimates, exchanges, hours, reverse."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.domains.metering.rules.codes import Evidence
from onecity.domains.metering.rules.times import day_start
from onecity.domains.metering.rules.usage import DayUsage, Exchange, days, growth, shape, slots
from onecity.kernel.clock import city_date

CAPACITY = Decimal(100_000)
FIRST = date(2026, 3, 1)


def on(number: int) -> date:
    return FIRST + timedelta(days=number)


def told(found: list[DayUsage]) -> list[tuple[str | None, str]]:
    return [(None if item.usage is None else str(item.usage), item.evidence.value) for item in found]


def usages(registers: dict[int, str], until: int, **given_: object) -> list[DayUsage]:
    readings = {on(number): Decimal(text) for number, text in registers.items()}
    return days(readings, until=on(until), capacity=CAPACITY, **given_)  # type: ignore[arg-type]  # tests name options


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [("10.5", "12", "1.5"), ("99990", "5", "15"), ("50000", "5", "-49995"), ("99990", "99980", "-10"), ("7", "7", "0")],
)
def test_register_grows_begins_anew_or_goes_back(before: str, after: str, expected: str) -> None:
    assert growth(Decimal(before), Decimal(after), capacity=CAPACITY) == Decimal(expected)


def test_first_day_has_no_usage_and_following_ones_their_difference() -> None:
    assert told(usages({0: "10", 1: "12.5", 2: "12.5"}, 2)) == [(None, "read"), ("2.500", "read"), ("0.000", "read")]


def test_gap_is_spread_evenly_and_nothing_is_lost_by_rounding() -> None:
    found = usages({0: "10", 3: "11"}, 3)
    assert told(found[1:]) == [("0.333", "spread"), ("0.333", "spread"), ("0.334", "spread")]
    assert [item.register for item in found] == [Decimal(10), None, None, Decimal(11)]


def test_days_after_the_last_reading_are_estimated_by_the_last_three() -> None:
    found = usages({0: "0", 1: "1", 2: "3", 3: "6", 4: "10"}, 6)
    assert told(found[-2:]) == [("3.000", "estimated"), ("3.000", "estimated")]


def test_late_reading_puts_estimates_right() -> None:
    assert sum(item.usage for item in usages({0: "0", 1: "1", 4: "10"}, 4) if item.usage is not None) == 10


def test_estimate_needs_something_known() -> None:
    assert told(usages({0: "5"}, 1)) == [(None, "read"), (None, "estimated")]
    assert told(usages({0: "5"}, 1, before=[Decimal(2), Decimal(4)])) == [(None, "read"), ("3.000", "estimated")]
    assert usages({}, 3) == []


def test_exchange_of_a_meter_is_split() -> None:
    exchange = Exchange(on(1), last=Decimal(120), first=Decimal(3))
    assert told(usages({0: "100", 1: "8"}, 1, exchanges=[exchange]))[1] == ("25.000", "read")


def test_multiplier_counts_in_usage_and_not_in_the_register() -> None:
    found = usages({0: "1", 1: "2"}, 1, multiplier=Decimal(80))
    assert (found[1].usage, found[1].register) == (Decimal(80), Decimal(2))


def test_register_that_goes_back_is_told_and_nothing_is_charged() -> None:
    found = usages({0: "50", 1: "47"}, 1)
    assert (found[1].usage, found[1].reversed_by) == (Decimal(0), Decimal(3))


@given(st.lists(st.integers(0, 50), min_size=2, max_size=40), st.data())
def test_usage_adds_up_whatever_is_missing(steps: list[int], data: st.DataObject) -> None:
    registers = {on(number): Decimal(sum(steps[: number + 1])) for number in range(len(steps))}
    kept = data.draw(st.sets(st.sampled_from(sorted(registers)), min_size=2))
    readings = {day: registers[day] for day in kept}
    found = days(readings, until=max(kept), capacity=CAPACITY)
    assert [item.day for item in found] == [min(kept) + timedelta(days=n) for n in range(len(found))]
    total = sum((item.usage for item in found if item.usage is not None), Decimal(0))
    assert total == readings[max(kept)] - readings[min(kept)]


def points(*given_: tuple[float, str]) -> list[tuple[datetime, Decimal]]:
    return [(day_start(FIRST) + timedelta(hours=hour), Decimal(text)) for hour, text in given_]


def test_hours_are_read_between_readings() -> None:
    found = slots(points((1.5, "10"), (2.5, "12"), (4.5, "13")), start=day_start(FIRST) + timedelta(hours=2), count=4)
    assert found == [Decimal("1.000"), Decimal("0.250"), Decimal("0.250"), Decimal("0.250")]


def test_readings_too_far_apart_tell_nothing_of_hours() -> None:
    assert slots(points((0, "10"), (5, "12")), start=day_start(FIRST), count=2) == [None, None]
    assert slots(points((1, "10")), start=day_start(FIRST), count=2) == [None, None]


def test_register_that_goes_back_tells_nothing_of_its_slots() -> None:
    assert slots(points((0, "10"), (0.5, "9")), start=day_start(FIRST), count=1) == [None]


def test_shape_of_a_day_is_its_night_and_least_hour() -> None:
    steady = points(*((hour, str(Decimal("0.1") * hour)) for hour in range(25)))
    found = shape(steady, day=FIRST, multiplier=Decimal(10))
    assert (found.night, found.least_hour) == (Decimal("2.000"), Decimal("1.000"))
    short = shape(steady[:10], day=FIRST)
    assert (short.night, short.least_hour) == (Decimal("0.200"), None)
    assert shape([], day=FIRST).night is None


def test_days_are_the_city_s() -> None:
    assert city_date(datetime.fromisoformat("2026-03-01T16:30:00+00:00")) == date(2026, 3, 2)
    assert Evidence("read") is Evidence.READ
