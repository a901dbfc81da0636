from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from onecity.kernel import clock
from onecity.kernel.clock import CityTime

REAL = datetime(2026, 3, 1, tzinfo=UTC)
CITY = datetime(2020, 3, 26, tzinfo=UTC)
FAST = CityTime(real_start=REAL, city_start=CITY, speed=60.0)


@pytest.fixture(autouse=True)
def real_time_afterwards() -> Iterator[None]:
    yield
    clock.use_file(None)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "city-time.json"
    clock.use_file(path)
    return path


def test_line_of_time_runs_at_its_speed() -> None:
    assert FAST.at(REAL + timedelta(minutes=1)) == CITY + timedelta(hours=1)
    assert FAST.real_at(CITY + timedelta(hours=1)) == REAL + timedelta(minutes=1)


def test_day_begins_at_the_citys_midnight() -> None:
    midnight = datetime(2026, 3, 1, 16, tzinfo=UTC)
    assert clock.city_date(midnight) == date(2026, 3, 2)
    assert clock.city_date(midnight - timedelta(microseconds=1)) == date(2026, 3, 1)


def test_line_that_stands_still_reaches_no_other_instant() -> None:
    still = CityTime(real_start=REAL, city_start=CITY, speed=0.0)
    assert still.at(REAL + timedelta(days=9)) == CITY
    assert still.real_at(CITY + timedelta(hours=1)) is None


def test_changed_speed_goes_on_from_the_same_instant() -> None:
    turn = REAL + timedelta(minutes=1)
    slow = FAST.with_speed(1.0, real=turn)
    assert slow.at(turn) == FAST.at(turn)
    assert slow.at(turn + timedelta(hours=1)) == FAST.at(turn) + timedelta(hours=1)


def test_without_a_file_the_city_lives_in_real_time() -> None:
    clock.use_file(None)
    assert clock.city_time() is None
    assert abs(clock.city_now() - clock.real_now()) < timedelta(seconds=5)
    assert clock.real_seconds(timedelta(minutes=1)) == 60


def test_missing_file_means_real_time(file: Path) -> None:
    assert clock.city_time() is None


def test_written_line_is_read_by_all(file: Path) -> None:
    clock.set_city_time(FAST, path=file)
    assert clock.city_time() == FAST
    assert clock.real_seconds(timedelta(hours=1)) == 60
    assert FAST.at(clock.real_now()) - clock.city_now() < timedelta(minutes=5)
    assert list(file.parent.iterdir()) == [file]


def test_city_that_stands_still_takes_forever(file: Path) -> None:
    clock.set_city_time(CityTime(real_start=REAL, city_start=CITY, speed=0.0), path=file)
    assert clock.city_now() == CITY
    assert clock.real_seconds(timedelta(seconds=1)) == float("inf")


def test_change_by_another_process_is_seen(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter(range(100))
    monkeypatch.setattr("onecity.kernel.clock.time.monotonic", lambda: next(ticks) + 1.0)
    clock.set_city_time(FAST, path=file)
    assert clock.city_time() == FAST
    assert clock.city_time() == FAST
    other = file.with_suffix(".other")
    other.write_text(file.read_text(encoding="utf-8").replace("60.0", "5.0"), encoding="utf-8")
    other.replace(file)
    line = clock.city_time()
    assert line is not None
    assert line.speed == 5.0
    file.unlink()
    assert clock.city_time() is None


def test_file_is_not_asked_at_every_look(file: Path) -> None:
    clock.set_city_time(FAST, path=file)
    assert clock.city_time() == FAST
    file.unlink()
    assert clock.city_time() == FAST
