"""Noise: every limit, energy means, day and night, sudden noise at night."""

import csv
import math
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.domains.environment.rules.noise.areas import (
    AREA_NAMES,
    FIRST_LIMITS,
    FIRST_METHOD,
    Area,
    AreaLimits,
    limits_on,
    method_on,
)
from onecity.domains.environment.rules.noise.judging import hour_excess, judge_day, peak_excess
from onecity.domains.environment.rules.noise.levels import HourLevel, day_night_level, energy_mean, tenth
from onecity.domains.environment.rules.noise.times import noise_day, span_of

D = Decimal
LIMITS = {row.area: row for row in FIRST_LIMITS}
LEVELS = st.floats(min_value=20, max_value=130)


def hours(day: float, night: float, *, peak: float | None = None) -> list[HourLevel]:
    return [HourLevel(hour, day if 6 <= hour < 22 else night, peak) for hour in range(24)]


def test_every_limit_is_the_standard_s(standards: Path) -> None:
    with (standards / "governance" / "noise-limits.csv").open(encoding="utf-8") as file:
        told = {row["class"]: (D(row["day_dBA"]), D(row["night_dBA"])) for row in csv.DictReader(file)}
    assert told == {row.area.value: (row.day_db, row.night_db) for row in FIRST_LIMITS}
    assert set(AREA_NAMES) == set(Area)


@pytest.mark.parametrize("row", FIRST_LIMITS, ids=lambda row: row.area.value)
def test_level_at_the_limit_keeps_it_and_a_tenth_more_does_not(row: AreaLimits) -> None:
    kept = judge_day(hours(float(row.day_db), float(row.night_db)), limits=row, method=FIRST_METHOD)
    assert (kept.day_exceeds, kept.night_exceeds, kept.kept) == (D(0), D(0), True)
    loud = judge_day(hours(float(row.day_db) + 0.1, float(row.night_db) + 0.1), limits=row, method=FIRST_METHOD)
    assert (loud.day_exceeds, loud.night_exceeds, loud.kept) == (D("0.1"), D("0.1"), False)


@pytest.mark.parametrize(
    ("levels", "expected"),
    [([60.0], 60.0), ([60.0, 60.0], 60.0), ([60.0, 70.0], 67.4), ([50.0, 60.0, 70.0], 65.7), ([0.0, 80.0], 77.0)],
)
def test_energy_mean_of_known_levels(levels: list[float], expected: float) -> None:
    assert tenth(energy_mean(levels)) == D(str(expected))


def test_mean_of_nothing_is_none() -> None:
    assert energy_mean([]) is None
    assert tenth(None) is None


@given(st.lists(LEVELS, min_size=1, max_size=60))
def test_energy_mean_lies_between_the_mean_and_the_loudest(levels: list[float]) -> None:
    found = energy_mean(levels)
    assert found is not None
    assert math.fsum(levels) / len(levels) - 1e-6 <= found <= max(levels) + 1e-6


@given(st.lists(LEVELS, min_size=1, max_size=30), LEVELS)
def test_louder_minute_never_makes_the_hour_quieter(levels: list[float], louder: float) -> None:
    before = energy_mean(levels)
    after = energy_mean([*levels[:-1], max(levels[-1], louder)])
    assert before is not None
    assert after is not None
    assert after >= before - 1e-9


def test_day_night_level_counts_the_night_as_ten_decibels_louder() -> None:
    assert tenth(day_night_level(55, 45, hours_of_day=16, night_weight_db=10)) == D("55.0")
    assert tenth(day_night_level(60, 60, hours_of_day=16, night_weight_db=10)) == D("66.0")
    assert tenth(day_night_level(60, 60, hours_of_day=16, night_weight_db=0)) == D("60.0")


def test_sudden_noise_at_night_may_pass_the_limit_by_fifteen_decibels() -> None:
    row = LIMITS[Area.CLASS_2]
    kept = judge_day(hours(50, 40, peak=65.0), limits=row, method=FIRST_METHOD)
    assert (kept.peak, kept.peak_exceeds, kept.kept) == (D("65.0"), D(0), True)
    loud = judge_day(hours(50, 40, peak=65.1), limits=row, method=FIRST_METHOD)
    assert (loud.peak_exceeds, loud.kept) == (D("0.1"), False)


def test_loud_moment_of_the_day_is_no_sudden_noise() -> None:
    row = LIMITS[Area.CLASS_1]
    levels = [HourLevel(hour, 45.0 if 6 <= hour < 22 else 38.0, 95.0 if hour == 12 else 50.0) for hour in range(24)]
    assert judge_day(levels, limits=row, method=FIRST_METHOD).peak == D("50.0")
    assert peak_excess(D(95), hour=12, limits=row, method=FIRST_METHOD) is None
    assert peak_excess(D(61), hour=23, limits=row, method=FIRST_METHOD) == D(1)


def test_too_few_hours_leave_a_level_out() -> None:
    row = LIMITS[Area.CLASS_2]
    found = judge_day(hours(50, 40)[:17], limits=row, method=FIRST_METHOD)  # 00-05 night, 06-16: eleven hours of day
    assert (found.ld, found.ln, found.ldn, found.leq, found.day_hours, found.night_hours) == (
        None, D("40.0"), None, None, 11, 6,
    )  # fmt: skip
    assert (found.day_exceeds, found.night_exceeds, found.kept) == (None, D(-10), True)
    nothing = judge_day([], limits=row, method=FIRST_METHOD)
    assert (nothing.ld, nothing.ln, nothing.peak, nothing.kept) == (None, None, None, None)


def test_hour_is_held_against_the_limit_of_its_time() -> None:
    row = LIMITS[Area.CLASS_4A]
    assert hour_excess(D(60), hour=21, limits=row, method=FIRST_METHOD) == D(-10)
    assert hour_excess(D(60), hour=22, limits=row, method=FIRST_METHOD) == D(5)
    assert hour_excess(D(60), hour=5, limits=row, method=FIRST_METHOD) == D(5)


@pytest.mark.parametrize(
    ("at", "day"),
    [
        ("2026-03-09T22:00", date(2026, 3, 10)),
        ("2026-03-09T21:59", date(2026, 3, 9)),
        ("2026-03-09T16:00", date(2026, 3, 9)),
    ],
)
def test_night_belongs_to_the_day_before_it(at: str, day: date) -> None:
    begins = datetime.fromisoformat(at).replace(tzinfo=UTC)  # 22:00 UTC is 06:00 of the next day in the city
    assert noise_day(begins, method=FIRST_METHOD) == day
    first, last = span_of(day, method=FIRST_METHOD)
    assert first <= begins < last


def test_newest_limits_and_methods_that_have_begun_hold() -> None:
    newer = AreaLimits(Area.CLASS_2, D(58), D(48), "新版", date(2030, 1, 1))
    assert limits_on(date(2029, 12, 31), limits=[newer, *FIRST_LIMITS])[Area.CLASS_2].day_db == 60
    assert limits_on(date(2030, 1, 1), limits=[newer, *FIRST_LIMITS])[Area.CLASS_2].day_db == 58
    assert method_on(date(2026, 1, 1), methods=[FIRST_METHOD]) is FIRST_METHOD
    with pytest.raises(ValueError, match="no method"):
        method_on(date(2000, 1, 1), methods=[FIRST_METHOD])
