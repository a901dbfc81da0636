"""Real time, and the city's time.

The city's time is what deadlines, readings and pages go by. In production it is real time. A demonstration sets another
start and speed in a small file that all processes read, so that a year of old readings meets living deadlines. Audit,
tokens, sessions and locks always use real time.
"""

import json
import os
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

CITY_ZONE = ZoneInfo("Asia/Shanghai")
_REREAD_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class CityTime:
    """The city's time as a line: at `real_start` it was `city_start`, and it runs `speed` times as fast.

    speed: ≥ 0; 0 stands still.
    """

    real_start: datetime
    city_start: datetime
    speed: float

    def at(self, real: datetime) -> datetime:
        """Return the city's time at the real instant `real`."""
        return self.city_start + (real - self.real_start) * self.speed

    def real_at(self, city: datetime) -> datetime | None:
        """Return the real instant at which the city's time is `city`; None while it stands still."""
        if self.speed == 0:
            return None
        return self.real_start + (city - self.city_start) / self.speed

    def with_speed(self, speed: float, *, real: datetime) -> "CityTime":
        """Return a line that runs on from the city's time at `real`, at another speed."""
        return CityTime(real_start=real, city_start=self.at(real), speed=speed)


class _Source:
    """The file that holds the city's time, read again when it changes; no file means real time."""

    def __init__(self) -> None:
        self.path: Path | None = None
        self._line: CityTime | None = None
        self._stamp: tuple[int, int] | None = None
        self._read_at = 0.0

    def line(self) -> CityTime | None:
        tick = time.monotonic()
        if self.path is not None and tick - self._read_at > _REREAD_SECONDS:
            self._read_at = tick
            self._reread(self.path)
        return self._line

    def forget(self) -> None:
        self._line, self._stamp, self._read_at = None, None, 0.0

    def _reread(self, path: Path) -> None:
        try:
            status = path.stat()
        except FileNotFoundError:
            self._line, self._stamp = None, None
            return
        stamp = (status.st_mtime_ns, status.st_ino)
        if stamp != self._stamp:
            self._line, self._stamp = _decode(path.read_text(encoding="utf-8")), stamp


_source = _Source()


def use_file(path: Path | None) -> None:
    """Name the file that holds the city's time; None is real time. Called once when a process starts."""
    _source.path = path
    _source.forget()


def real_now() -> datetime:
    """Return the real time, in UTC: for audit, tokens, sessions and locks. Only edges call this."""
    return datetime.now(UTC)


def city_now() -> datetime:
    """Return the city's time, in UTC: for deadlines, readings and pages. Only edges call this."""
    line, real = _source.line(), real_now()
    return line.at(real) if line else real


def city_date(moment: datetime) -> date:
    """Return the day on which `moment` falls in the city: in UTC it is still yesterday until eight in the morning.

    moment: aware. The only way from an instant to a day, see tests/architecture.
    """
    return moment.astimezone(CITY_ZONE).date()


def city_time() -> CityTime | None:
    """Return the demonstration's line of time; None when the city lives in real time."""
    return _source.line()


def set_city_time(line: CityTime, *, path: Path) -> None:
    """Write the demonstration's line of time so that every process sees it within a second."""
    text = json.dumps(
        {"real_start": line.real_start.isoformat(), "city_start": line.city_start.isoformat(), "speed": line.speed}
    )
    draft = path.with_suffix(f".{os.getpid()}.tmp")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)
    _source.forget()


def real_seconds(city_span: timedelta) -> float:
    """Return how many real seconds the city needs for `city_span`; infinite while it stands still."""
    line = _source.line()
    speed = line.speed if line else 1.0
    return city_span.total_seconds() / speed if speed else float("inf")


def _decode(text: str) -> CityTime:
    data = json.loads(text)
    return CityTime(
        real_start=datetime.fromisoformat(data["real_start"]),
        city_start=datetime.fromisoformat(data["city_start"]),
        speed=float(data["speed"]),
    )
