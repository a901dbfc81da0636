"""How much of what a month's readings should be came, and how much of it can be used."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

HOUR: Final = timedelta(hours=1)
_TENTH: Final = Decimal("0.1")
Stretch = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Transmission:
    """Hourly values of one outlet over a stretch of time: expected, received, and effective ones."""

    expected: int
    received: int
    effective: int

    @property
    def transmission_rate(self) -> Decimal | None:
        """Per cent of the expected values that came (传输率); None where none was expected."""
        return _percent(min(self.received, self.expected), self.expected)

    @property
    def effective_rate(self) -> Decimal | None:
        """Per cent of the received values that count (有效率); None where none came."""
        return _percent(self.effective, self.received)

    @property
    def effective_transmission_rate(self) -> Decimal | None:
        """Product of both (有效传输率): the per cent of the expected values that came and count.

        Source: House rule, from background: transmission rate × effective rate.
        """
        return _percent(min(self.effective, self.expected), self.expected)


def expected_hours(span: Stretch, *, stops: Iterable[Stretch]) -> int:
    """Return how many whole hours of a stretch lie outside all reported standstills.

    span: from one hour's start to another's. An hour that a standstill touches is not expected.
    """
    begins, ends = span
    whole = int((ends - begins) / HOUR)
    if whole <= 0:
        return 0
    stopped: set[int] = set()
    for first, last in stops:
        low, high = max(first, begins), min(last, ends)
        if low < high:
            stopped.update(range(int((low - begins) / HOUR), -int(-((high - begins) / HOUR) // 1)))
    return whole - len([number for number in stopped if number < whole])


def _percent(part: int, of: int) -> Decimal | None:
    if not of:
        return None
    return (Decimal(100 * part) / Decimal(of)).quantize(_TENTH, ROUND_HALF_UP)
