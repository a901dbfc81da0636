"""The demonstration's time: begins where the city pack says, stands still while the demonstration is stopped."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec

from onecity.demo.packs import Strict
from onecity.kernel import clock
from onecity.kernel.clock import CityTime

SPEEDS: Final = (0.0, 1.0, 10.0, 60.0, 600.0)
FASTEST: Final = 3600.0


class Stopped(Strict, frozen=True):
    """Where the city's time stood when it was last seen, and how fast it ran."""

    city: datetime
    speed: float


def begin(file: Path, *, start: datetime, speed: float, now: datetime) -> CityTime:
    """Start the city's time anew, or let it go on from where it was last seen. now: real time.

    speed: of a new one; a time that goes on keeps its own.
    """
    last = _last_seen(file)
    line = CityTime(real_start=now, city_start=last.city if last else start, speed=last.speed if last else speed)
    clock.set_city_time(line, path=file)
    return line


def remember(file: Path, *, now: datetime) -> None:
    """Note where the city's time is, so that it goes on from here after the demonstration was stopped or killed."""
    line = clock.city_time()
    if line is None:
        return
    draft = _memory(file).with_suffix(".tmp")
    draft.write_bytes(msgspec.json.encode(Stopped(line.at(now), line.speed)))
    draft.replace(_memory(file))


def set_speed(file: Path, *, speed: float, now: datetime) -> CityTime:
    """Let the city's time run on at another speed, 0 to stand still, at most `FASTEST`. now: real time."""
    line = clock.city_time()
    assert line is not None, "only a demonstration has a city time"
    changed = line.with_speed(min(max(speed, 0.0), FASTEST), real=now)
    clock.set_city_time(changed, path=file)
    return changed


def go_forward(file: Path, *, hours: float, now: datetime) -> CityTime:
    """Move the city's time `hours` > 0 ahead. now: real time."""
    line = clock.city_time()
    assert line is not None, "only a demonstration has a city time"
    here = line.with_speed(line.speed, real=now)
    moved = CityTime(here.real_start, here.city_start + timedelta(hours=hours), here.speed)
    clock.set_city_time(moved, path=file)
    return moved


def _memory(file: Path) -> Path:
    return file.with_name("city-time-seen.json")


def _last_seen(file: Path) -> Stopped | None:
    try:
        return msgspec.json.decode(_memory(file).read_bytes(), type=Stopped)
    except (FileNotFoundError, msgspec.DecodeError):
        return None
