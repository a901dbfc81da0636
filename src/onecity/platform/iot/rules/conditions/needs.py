"""What a condition asks of readings: one function of one property over one window."""

import re
from dataclasses import dataclass
from typing import Final

from onecity.platform.iot.declare import Period
from onecity.platform.iot.rules.instants import DAY, SECOND

LONGEST_WINDOW: Final = 7 * DAY
"""House rule: what is further back than a week is history, not a condition."""
LONGEST_DURATION: Final = 3_660 * DAY
"""Ten years; CEL's own bound is 10,000."""
DAY_BACK: Final = DAY
"""House rule: `last` without a window looks back for one day."""
_PROPERTY: Final = re.compile(r"([A-Za-z][A-Za-z0-9_.\-]{0,79})(?:/([a-z_]{1,10}))?(?:/([A-Za-z]{1,20}))?")
_DURATION: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?)(h|ms|m|s|us|µs|ns)")
_WHOLE: Final = re.compile(r"-?(?:[0-9]+(?:\.[0-9]+)?(?:h|ms|m|s|us|µs|ns))+")
_UNITS: Final = {"h": 3600.0 * SECOND, "m": 60.0 * SECOND, "s": 1.0 * SECOND, "ms": 1000.0, "us": 1.0, "µs": 1.0}


@dataclass(frozen=True, slots=True)
class Observed:
    """A property as conditions name it: `code`, `code/period` or `code/period/kind of value`."""

    property_code: str
    period: str = Period.REAL_TIME.value
    sub_value: str = ""

    def __str__(self) -> str:
        if self.sub_value:
            return f"{self.property_code}/{self.period}/{self.sub_value}"
        return self.property_code if self.period == Period.REAL_TIME.value else f"{self.property_code}/{self.period}"


@dataclass(frozen=True, slots=True)
class Need:
    """A function over readings. window: microseconds. device: key of a named device, "" for the one being judged."""

    function: str
    observed: Observed
    window: int
    device: str = ""

    @property
    def label(self) -> str:
        """What people read beside its value."""
        name = f"{self.function}({self.observed}, {written(self.window)})"
        return f"{self.device}.{name}" if self.device else name

    @property
    def newest_only(self) -> bool:
        """Say whether just the newest reading matters, however long the window."""
        return self.function in {"age", "last", "seen"}


def observed_of(text: str) -> Observed | None:
    """Return the property that a text names; None if it names none."""
    found = _PROPERTY.fullmatch(text)
    if found is None:
        return None
    code, period, sub_value = found.groups()
    if period is not None and period not in set(Period):
        return None
    return Observed(code, period or Period.REAL_TIME.value, sub_value or "")


def duration_of(text: str) -> int | None:
    """Return a duration literal in microseconds; None if CEL does not know it, or it is finer than that.

    Source: CEL language definition, Duration: decimal numbers with the units h, m, s, ms, us, ns.
    """
    if not _WHOLE.fullmatch(text):
        return None
    parts = _DURATION.findall(text)
    if any(unit == "ns" for _, unit in parts):
        return None
    value = sum(float(number) * _UNITS[unit] for number, unit in parts)
    if value != int(value) or value > LONGEST_DURATION:
        return None
    return -int(value) if text.startswith("-") else int(value)


def written(window: int) -> str:
    """Return a duration as CEL writes it, in the largest unit that fits."""
    for size, unit in ((3600 * SECOND, "h"), (60 * SECOND, "m"), (SECOND, "s")):
        if window % size == 0:
            return f"{window // size}{unit}"
    return f"{window}us"
