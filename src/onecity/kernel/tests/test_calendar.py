from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.kernel.calendar import WorkCalendar, WorkPeriod
from onecity.kernel.clock import CITY_ZONE

MORNING = WorkPeriod(time(8, 30), time(11, 30))
AFTERNOON = WorkPeriod(time(13), time(17, 30))
# The National Day week of 2025 as an example: eight days off, two days made up.
HOLIDAYS = frozenset(date(2025, 10, day) for day in range(1, 9))
MAKE_UP_DAYS = frozenset({date(2025, 9, 28), date(2025, 10, 11)})
OFFICE = WorkCalendar(periods=(MORNING, AFTERNOON), holidays=HOLIDAYS, make_up_days=MAKE_UP_DAYS)

days_near = st.dates(date(2025, 1, 1), date(2026, 12, 31))
NAIVE = datetime(2025, 10, 9, 10)  # noqa: DTZ001 what is refused must first exist
# Whole minutes meet the edges of working periods, microseconds everything between.
offsets = st.one_of(
    st.integers(0, 61 * 1_440 - 1).map(lambda minutes: timedelta(minutes=minutes)),
    st.integers(0, 61 * 86_400_000_000 - 1).map(lambda count: timedelta(microseconds=count)),
)
instants = offsets.map(lambda offset: datetime(2025, 9, 1, tzinfo=CITY_ZONE) + offset)


@st.composite
def calendars(draw: st.DrawFn) -> WorkCalendar:
    """Any calendar: one to three periods, any weekend that leaves a day, holidays and make-up days."""
    minutes = sorted(draw(st.lists(st.integers(0, 1439), min_size=2, max_size=6, unique=True)))
    clocks = [time(minute // 60, minute % 60) for minute in minutes]
    periods = tuple(WorkPeriod(*pair) for pair in zip(clocks[::2], clocks[1::2], strict=False))
    holidays = draw(st.frozensets(days_near, max_size=20))
    return WorkCalendar(
        periods=periods,
        weekend=frozenset(draw(st.sets(st.integers(0, 6), max_size=6))),
        holidays=holidays,
        make_up_days=draw(st.frozensets(days_near, max_size=20)) - holidays,
    )


def at(day: int, hour: int, minute: int = 0, *, month: int = 10) -> datetime:
    return datetime(2025, month, day, hour, minute, tzinfo=CITY_ZONE)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2025, 9, 26), True),
        (date(2025, 9, 27), False),
        (date(2025, 9, 28), True),
        (date(2025, 10, 1), False),
        (date(2025, 10, 8), False),
        (date(2025, 10, 9), True),
        (date(2025, 10, 11), True),
        (date(2025, 10, 12), False),
    ],
)
def test_working_day_follows_week_holidays_and_make_up_days(day: date, works: bool) -> None:
    assert OFFICE.is_working_day(day) is works


@pytest.mark.parametrize(
    ("instant", "works"),
    [
        (at(9, 8, 29), False),
        (at(9, 8, 30), True),
        (at(9, 11, 29), True),
        (at(9, 11, 30), False),
        (at(9, 13), True),
        (at(9, 17, 30), False),
        (at(12, 10), False),
        (datetime(2025, 10, 9, 0, 30, tzinfo=UTC), True),
        (datetime(2025, 10, 9, 10, 0, tzinfo=UTC), False),
    ],
)
def test_working_time_follows_the_periods_in_shanghai(instant: datetime, works: bool) -> None:
    assert OFFICE.is_working_time(instant) is works


def test_day_length_is_the_sum_of_the_periods() -> None:
    assert OFFICE.day_length == timedelta(hours=7, minutes=30) // timedelta(microseconds=1)


def hours_between(first: datetime, second: datetime) -> float:
    return (OFFICE.mark(second) - OFFICE.mark(first)) / 3_600_000_000


def test_ruler_counts_working_time_only() -> None:
    assert hours_between(at(9, 9), at(9, 10)) == 1
    assert hours_between(at(9, 11), at(9, 13, 30)) == 1
    assert hours_between(at(9, 17), at(10, 9)) == 1
    assert hours_between(at(30, 17, month=9), at(9, 9)) == 1
    assert hours_between(at(10, 17), at(13, 9)) == 1 + 7.5


def test_mark_is_read_back_as_its_first_instant() -> None:
    assert OFFICE.instant(OFFICE.mark(at(9, 12))) == at(9, 11, 30)
    assert OFFICE.instant(OFFICE.mark(at(12, 12))) == at(11, 17, 30)
    assert OFFICE.instant(OFFICE.mark(at(9, 10))) == at(9, 10)
    assert OFFICE.instant(OFFICE.mark(at(9, 10))).tzinfo is UTC


def test_instant_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        OFFICE.mark(NAIVE)
    with pytest.raises(ValueError, match="time zone"):
        OFFICE.is_working_time(NAIVE)


@pytest.mark.parametrize(("start", "end"), [(time(9), time(9)), (time(17), time(9))])
def test_period_must_end_after_its_start(start: time, end: time) -> None:
    with pytest.raises(ValueError, match="ends after its start"):
        WorkPeriod(start, end)


def test_calendar_without_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one period"):
        WorkCalendar(periods=())
    with pytest.raises(ValueError, match="in order"):
        WorkCalendar(periods=(AFTERNOON, MORNING))
    with pytest.raises(ValueError, match="in order"):
        WorkCalendar(periods=(MORNING, WorkPeriod(time(11), time(12))))
    with pytest.raises(ValueError, match="weekend"):
        WorkCalendar(periods=(MORNING,), weekend=frozenset(range(7)))
    with pytest.raises(ValueError, match="weekend"):
        WorkCalendar(periods=(MORNING,), weekend=frozenset({7}))
    with pytest.raises(ValueError, match="not both"):
        WorkCalendar(periods=(MORNING,), holidays=HOLIDAYS, make_up_days=HOLIDAYS)


def test_holiday_on_a_free_day_and_make_up_on_a_working_day_change_nothing() -> None:
    plain = WorkCalendar(periods=(MORNING,))
    odd = WorkCalendar(
        periods=(MORNING,), holidays=frozenset({date(2025, 10, 11)}), make_up_days=frozenset({date(2025, 10, 10)})
    )
    assert plain.mark(at(20, 12)) == odd.mark(at(20, 12))


def test_calendars_with_the_same_days_are_equal() -> None:
    twin = WorkCalendar(periods=(MORNING, AFTERNOON), holidays=HOLIDAYS, make_up_days=MAKE_UP_DAYS)
    assert twin == OFFICE
    assert hash(twin) == hash(OFFICE)


@given(calendars(), instants, instants)
def test_ruler_agrees_with_counting_day_by_day(calendar: WorkCalendar, first: datetime, second: datetime) -> None:
    start, end = min(first, second), max(first, second)
    counted = timedelta(0)
    day = start.date()
    while day <= end.date():
        if calendar.is_working_day(day):
            for period in calendar.periods:
                opens = datetime.combine(day, period.start, tzinfo=CITY_ZONE)
                closes = datetime.combine(day, period.end, tzinfo=CITY_ZONE)
                counted += max(min(closes, end) - max(opens, start), timedelta(0))
        day += timedelta(days=1)
    assert calendar.mark(end) - calendar.mark(start) == counted // timedelta(microseconds=1)


@given(calendars(), instants, st.integers(1, 10**12))
def test_instant_of_a_mark_stands_at_it_and_none_earlier_does(
    calendar: WorkCalendar, start: datetime, further: int
) -> None:
    mark = calendar.mark(start) + further
    found = calendar.instant(mark)
    assert calendar.mark(found) == mark
    assert calendar.mark(found - timedelta(microseconds=1)) == mark - 1
    assert found > start
