"""Whether figures fit together: parts and whole, districts and city, quarters and halves, growth told and computed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, Literal

from onecity.platform.registers.rules.economy.comparing import Line, SeriesKind, growth
from onecity.platform.registers.rules.economy.periods import Period, year_before

Check = Literal["parts", "divisions", "growth", "quarters", "falling"]
GROWTH_PLACES: Final = 1
"""Decimals to which bulletins print growth."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not fit together. expected, found: in the series' unit, or percent for growth.

    of: codes of the parts or divisions that were added up.
    """

    check: Check
    series: str
    division_code: str
    period: Period
    expected: Decimal
    found: Decimal
    of: Sequence[str] = field(default=())


@dataclass(frozen=True, slots=True)
class Traits:
    """What of a series decides how it is checked. parts: codes of the series that add up to it; empty if none must."""

    kind: SeriesKind
    decimals: int
    parts: Sequence[str] = ()


LineOf = tuple[str, str]
"""A series' code and a division's."""


def check_together(
    lines: Mapping[LineOf, Line], *, stated: Mapping[LineOf, Line], traits: Mapping[str, Traits]
) -> list[Finding]:
    """Return what does not fit together among lines that came together, such as those of one table.

    stated: growth that the table tells, percent. traits: of every series of `lines`.
    """
    found: list[Finding] = []
    for (series, division), line in lines.items():
        own = traits[series]
        parts = {part: lines.get((part, division), {}) for part in own.parts}
        found += check_sums(line, parts, decimals=own.decimals, check="parts", series=series, division_code=division)
        if own.kind == "flow":
            found += check_flow(line, decimals=own.decimals, series=series, division_code=division)
        told = stated.get((series, division), {})
        found += check_growth(line, told, kind=own.kind, decimals=own.decimals, series=series, division_code=division)
    return found


def rounding_room(terms: int, *, decimals: int) -> Decimal:
    """Return how far a printed sum may lie from the printed whole: half a last digit for each term and for the whole.

    Source: house rule (yearbooks: 部分数据合计数由于单位取舍不同而产生的计算误差均未作机械调整).
    """
    return Decimal(terms + 1) * Decimal(5).scaleb(-decimals - 1)


def sums_to(whole: Decimal, parts: Sequence[Decimal], *, decimals: int) -> bool:
    """Say whether parts add up to the whole within the room that rounding needs."""
    return abs(whole - sum(parts, Decimal(0))) <= rounding_room(len(parts), decimals=decimals)


def check_sums(
    whole: Line, parts: Mapping[str, Line], *, decimals: int, check: Check, series: str, division_code: str
) -> list[Finding]:
    """Return the periods in which the parts are all known and do not add up to the whole; ordered."""
    found = []
    for period in sorted(whole):
        if not parts or not all(period in line for line in parts.values()):
            continue
        figures = [line[period] for line in parts.values()]
        if not sums_to(whole[period], figures, decimals=decimals):
            total = sum(figures, Decimal(0))
            found.append(Finding(check, series, division_code, period, whole[period], total, tuple(parts)))
    return found


def check_growth(
    line: Line, stated: Line, *, kind: SeriesKind, decimals: int, series: str, division_code: str
) -> list[Finding]:
    """Return the periods whose stated growth cannot come from the figures, however they were rounded.

    The figures may each be off by half a last digit; growth that only constant prices explain shows here as well, so a
    finding is a question, not a verdict.
    """
    found = []
    room = rounding_room(0, decimals=decimals)
    for period, told in sorted(stated.items()):
        now, before = line.get(period), line.get(year_before(period))
        computed = growth(now, before, kind=kind)
        if computed is None or now is None or before is None:
            continue
        points = kind in {"rate", "index"}
        width = 2 * room if points else (room + abs(now / before) * room) / before * 100
        if abs(computed - told) > width + rounding_room(0, decimals=GROWTH_PLACES):
            found.append(Finding("growth", series, division_code, period, told, computed))
    return found


def check_flow(line: Line, *, decimals: int, series: str, division_code: str) -> list[Finding]:
    """Return where a flow's quarters do not add up to its half and year, and where it falls while it accumulates.

    Source: house rule.
    """
    found = []
    for period in sorted(line):
        quarters = _quarters(period)
        figures = [line[quarter] for quarter in quarters if quarter in line]
        if quarters and len(figures) == len(quarters) and not sums_to(line[period], figures, decimals=decimals):
            total = sum(figures, Decimal(0))
            names = tuple(quarter.code for quarter in quarters)
            found.append(Finding("quarters", series, division_code, period, line[period], total, names))
        earlier = _shorter(line, period)
        if earlier is not None and line[period] < line[earlier]:
            found.append(
                Finding("falling", series, division_code, period, line[earlier], line[period], (earlier.code,))
            )
    return found


def _quarters(period: Period) -> tuple[Period, ...]:
    """Return the quarters of which a longer period consists; empty for a single quarter and for odd months."""
    if period.kind in {"month", "quarter"} or period.last_month % 3 or period.last_month == 3:
        return ()
    first = 3 if period.kind == "half" and period.number == 2 else 1
    return tuple(Period(period.year, "quarter", number) for number in range(first, period.last_month // 3 + 1))


def _shorter(line: Line, period: Period) -> Period | None:
    """Return the nearest shorter cumulative period of the same year that has a figure."""
    if period.kind != "cumulative":
        return None
    names = (Period(period.year, "cumulative", month) for month in range(period.number - 1, 0, -1))
    return next((name for name in names if name in line), None)
