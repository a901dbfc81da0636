from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.kernel.calendar import WorkCalendar
from onecity.kernel.clock import CITY_ZONE
from onecity.kernel.deadlines import Pause, TimeUnit, deadline, elapsed
from onecity.kernel.rounding import Exact
from onecity.kernel.tests.test_calendar import NAIVE, OFFICE, at, calendars, instants

MICROSECOND = timedelta(microseconds=1)

units = st.sampled_from(TimeUnit)
# Sixteenths of an hour and of a day are whole microseconds in every unit when a working day has whole minutes.
amounts = st.builds(Fraction, st.integers(0, 160), st.just(16))
pause_lists = st.lists(
    st.builds(lambda start, hours: Pause(start, start + timedelta(hours=hours)), instants, st.integers(0, 100)),
    max_size=4,
)


@pytest.mark.parametrize(
    ("start", "amount", "unit", "end"),
    [
        (at(9, 23), 2, TimeUnit.URGENT_HOUR, at(10, 1)),
        (at(1, 12), 2, TimeUnit.URGENT_DAY, at(3, 12)),
        (at(1, 12), 2, TimeUnit.NATURAL_DAY, at(3, 12)),
        (at(9, 9), 2, TimeUnit.WORK_HOUR, at(9, 11)),
        (at(9, 10, 30), 2, TimeUnit.WORK_HOUR, at(9, 14)),
        (at(9, 10, 30), 1, TimeUnit.WORK_HOUR, at(9, 11, 30)),
        (at(9, 16, 30), 4, TimeUnit.WORK_HOUR, at(10, 11, 30)),
        (at(30, 17, month=9), 1, TimeUnit.WORK_HOUR, at(9, 9)),
        (at(9, 20), 4, TimeUnit.WORK_HOUR, at(10, 14)),
        (at(10, 17), 1, TimeUnit.WORK_HOUR, at(11, 9)),
        (at(13, 10), 2, TimeUnit.WORK_DAY, at(15, 10)),
        (at(30, 10, month=9), 1, TimeUnit.WORK_DAY, at(9, 10)),
        (at(12, 12), 1, TimeUnit.WORK_DAY, at(13, 17, 30)),
        (at(13, 8, 30), 1, TimeUnit.WORK_DAY, at(13, 17, 30)),
        (at(13, 17, 30), 1, TimeUnit.WORK_DAY, at(14, 17, 30)),
        (at(13, 12), 1, TimeUnit.WORK_DAY, at(14, 11, 30)),
        (at(13, 8, 30), Decimal("0.5"), TimeUnit.WORK_DAY, at(13, 13, 45)),
        (at(12, 12), 0, TimeUnit.WORK_DAY, at(12, 12)),
    ],
)
def test_limit_ends_where_the_house_rule_says(start: datetime, amount: Exact, unit: TimeUnit, end: datetime) -> None:
    assert deadline(start, amount=amount, unit=unit, calendar=OFFICE) == end


def test_fifteen_work_days_cross_the_holiday() -> None:
    # 25, 26, 28 (made up), 29, 30 September, 9, 10, 11 (made up), 13 to 17, 20 and 21 October; the last ends on 22.
    end = deadline(at(25, 9, month=9), amount=15, unit=TimeUnit.WORK_DAY, calendar=OFFICE)
    assert end == at(22, 9)


def test_deadline_is_told_in_utc() -> None:
    for unit in TimeUnit:
        assert deadline(at(9, 9), amount=1, unit=unit, calendar=OFFICE).tzinfo is UTC


def paused(*pauses: tuple[datetime, datetime]) -> list[Pause]:
    return [Pause(*pause) for pause in pauses]


@pytest.mark.parametrize(
    ("pauses", "end"),
    [
        (paused((at(9, 9, 30), at(9, 10))), at(9, 11, 30)),
        (paused((at(9, 10), at(9, 14))), at(9, 15)),
        (paused((at(9, 10), at(9, 10))), at(9, 11)),
        (paused((at(9, 11), at(9, 14))), at(9, 11)),
        (paused((at(9, 11, 30), at(9, 13))), at(9, 11)),
        (paused((at(8, 8), at(9, 9, 30))), at(9, 11, 30)),
        (paused((at(7, 8), at(8, 8))), at(9, 11)),
        (paused((at(9, 10), at(9, 11)), (at(9, 9, 30), at(9, 10, 30))), at(9, 14)),
        (paused((at(9, 9), at(9, 11)), (at(9, 10), at(9, 10, 30))), at(9, 14, 30)),
        (paused((at(9, 10), at(9, 11)), (at(9, 13), at(9, 17))), at(9, 17, 30)),
        (paused((at(9, 10), at(9, 11)), (at(9, 13), at(9, 17, 15))), at(10, 8, 45)),
        (paused((at(9, 10), at(13, 10))), at(13, 11)),
    ],
)
def test_pause_moves_the_deadline_by_its_working_time(pauses: list[Pause], end: datetime) -> None:
    assert deadline(at(9, 9), amount=2, unit=TimeUnit.WORK_HOUR, calendar=OFFICE, pauses=pauses) == end


def test_pause_of_a_wall_clock_limit_counts_nights() -> None:
    pauses = paused((at(9, 10), at(10, 10)))
    assert deadline(at(9, 9), amount=2, unit=TimeUnit.URGENT_HOUR, calendar=OFFICE, pauses=pauses) == at(10, 11)


def test_elapsed_time_leaves_the_pauses_out() -> None:
    pauses = paused((at(9, 10), at(9, 14)), (at(9, 16), at(20, 9)))
    assert elapsed(at(9, 9), end=at(9, 15), unit=TimeUnit.WORK_HOUR, calendar=OFFICE, pauses=pauses) == 2
    assert elapsed(at(9, 9), end=at(9, 17), unit=TimeUnit.URGENT_HOUR, calendar=OFFICE, pauses=pauses) == 3


def test_elapsed_time_is_exact() -> None:
    assert elapsed(at(9, 8, 30), end=at(9, 9), unit=TimeUnit.WORK_DAY, calendar=OFFICE) == Fraction(1, 15)


def test_limits_without_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        deadline(at(9, 9), amount=-1, unit=TimeUnit.WORK_DAY, calendar=OFFICE)
    with pytest.raises(ValueError, match="backwards"):
        elapsed(at(9, 9), end=at(9, 8), unit=TimeUnit.WORK_DAY, calendar=OFFICE)
    with pytest.raises(ValueError, match="ends after"):
        Pause(at(9, 9), at(9, 8))
    for start, end in ((NAIVE, at(9, 9)), (at(9, 9), NAIVE)):
        with pytest.raises(ValueError, match="time zone"):
            Pause(start, end)


@pytest.mark.parametrize("unit", TimeUnit)
def test_start_without_zone_is_refused(unit: TimeUnit) -> None:
    for amount in (0, 1):
        with pytest.raises(ValueError, match="time zone"):
            deadline(NAIVE, amount=amount, unit=unit, calendar=OFFICE)
    with pytest.raises(ValueError, match="time zone"):
        elapsed(NAIVE, end=NAIVE, unit=unit, calendar=OFFICE)


def test_units_have_the_words_of_the_rules() -> None:
    assert [unit.label for unit in TimeUnit] == ["紧急工作时", "工作时", "工作日", "紧急工作日", "自然日"]


@given(calendars(), instants, amounts, units, pause_lists)
def test_elapsed_time_at_the_deadline_is_the_limit(
    calendar: WorkCalendar, start: datetime, amount: Fraction, unit: TimeUnit, pauses: list[Pause]
) -> None:
    end = deadline(start, amount=amount, unit=unit, calendar=calendar, pauses=pauses)
    assert end >= start
    assert elapsed(start, end=end, unit=unit, calendar=calendar, pauses=pauses) == amount


@given(calendars(), instants, amounts, units, pause_lists)
def test_just_before_the_deadline_the_limit_is_not_used_up(
    calendar: WorkCalendar, start: datetime, amount: Fraction, unit: TimeUnit, pauses: list[Pause]
) -> None:
    end = deadline(start, amount=amount, unit=unit, calendar=calendar, pauses=pauses)
    if end > start:
        assert elapsed(start, end=end - MICROSECOND, unit=unit, calendar=calendar, pauses=pauses) < amount


@given(calendars(), instants, amounts, amounts, units, pause_lists)
def test_longer_limit_ends_later(
    calendar: WorkCalendar, start: datetime, first: Fraction, second: Fraction, unit: TimeUnit, pauses: list[Pause]
) -> None:
    shorter = deadline(start, amount=min(first, second), unit=unit, calendar=calendar, pauses=pauses)
    longer = deadline(start, amount=max(first, second), unit=unit, calendar=calendar, pauses=pauses)
    assert shorter < longer if first != second else shorter == longer


@given(calendars(), instants, instants, amounts, units, pause_lists)
def test_later_start_ends_no_earlier(
    calendar: WorkCalendar, first: datetime, second: datetime, amount: Fraction, unit: TimeUnit, pauses: list[Pause]
) -> None:
    early = deadline(min(first, second), amount=amount, unit=unit, calendar=calendar, pauses=pauses)
    late = deadline(max(first, second), amount=amount, unit=unit, calendar=calendar, pauses=pauses)
    assert early <= late


@given(calendars(), instants, amounts, amounts, units)
def test_limits_add_up(
    calendar: WorkCalendar, start: datetime, first: Fraction, second: Fraction, unit: TimeUnit
) -> None:
    half_way = deadline(start, amount=first, unit=unit, calendar=calendar)
    in_steps = deadline(half_way, amount=second, unit=unit, calendar=calendar)
    assert in_steps == deadline(start, amount=first + second, unit=unit, calendar=calendar)


@given(calendars(), instants, instants, instants, units, pause_lists)
def test_elapsed_times_add_up(
    calendar: WorkCalendar, a: datetime, b: datetime, c: datetime, unit: TimeUnit, pauses: list[Pause]
) -> None:
    first, middle, last = sorted((a, b, c))

    def between(start: datetime, end: datetime) -> Fraction:
        return elapsed(start, end=end, unit=unit, calendar=calendar, pauses=pauses)

    assert between(first, middle) + between(middle, last) == between(first, last)


def test_limit_of_ten_thousand_days_counts_the_week() -> None:
    plain = WorkCalendar(periods=OFFICE.periods)
    start = datetime(2025, 10, 13, 9, tzinfo=CITY_ZONE)
    end = deadline(start, amount=10_000, unit=TimeUnit.WORK_DAY, calendar=plain)
    assert end.astimezone(CITY_ZONE).date() == date(2025, 10, 13) + timedelta(weeks=2_000)
