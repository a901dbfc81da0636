"""Puts the parts of a report together; bounded, because anybody may begin reports and never end them."""

from dataclasses import dataclass, field
from typing import Final, NamedTuple

from onecity.platform.iot.codecs.sl651.frames import Control, Frame

MOST_BYTES: Final = 262_144
PATIENCE_S: Final = 60.0
_HEAD_SIZE: Final = 2


class Joined(NamedTuple):
    """Where a report in parts stands. whole: the frame with all of its body. missing: a number to ask for, or 0.

    serial: the report's, known from its first part.
    """

    whole: Frame | None = None
    missing: int = 0
    serial: int = 0


@dataclass(slots=True)
class _Open:
    since: float
    size: int = 0
    parts: dict[int, bytes] = field(default_factory=dict)


class Joiner:
    """Keeps the reports of one line that are not whole: one for a station and function. Times are monotonic seconds."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, int, int], _Open] = {}

    def take(self, frame: Frame, *, seconds: float) -> Joined | None:
        """Take a part; None while more are to come, or where the part makes no sense.

        A part that comes again counts once. The last part makes the report whole or says which one is missing.
        """
        part = frame.part
        if part is None or not 1 <= part.number <= part.total:
            return None
        key = (frame.station, frame.function, part.total)
        self.forget(seconds=seconds)
        report = self._open.setdefault(key, _Open(seconds))
        if part.number not in report.parts:
            report.parts[part.number] = frame.body
            report.size += len(frame.body)
        if report.size > MOST_BYTES:
            del self._open[key]
            return None
        if frame.end != Control.ETX and len(report.parts) < part.total:
            return None
        return self._ended(key, report, frame, total=part.total)

    def forget(self, *, seconds: float) -> int:
        """Drop reports that began too long ago; returns how many."""
        old = [key for key, report in self._open.items() if report.since < seconds - PATIENCE_S]
        for key in old:
            del self._open[key]
        return len(old)

    def _ended(self, key: tuple[str, int, int], report: _Open, frame: Frame, *, total: int) -> Joined:
        serial = int.from_bytes(report.parts.get(1, b"")[:_HEAD_SIZE])
        missing = next((number for number in range(1, total + 1) if number not in report.parts), 0)
        if missing:
            return Joined(missing=missing, serial=serial)
        del self._open[key]
        body = b"".join(report.parts[number] for number in range(1, total + 1))
        return Joined(whole=frame._replace(body=body, part=None), serial=serial)
