"""Reporting periods: what they are, how statistical tables write them, what lies before them."""

import re
import unicodedata
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

PeriodKind = Literal["year", "half", "quarter", "month", "cumulative"]

PERIOD_KINDS: Final[Mapping[str, PeriodKind]] = {
    "year": "year",
    "half": "half",
    "quarter": "quarter",
    "month": "month",
    "cumulative": "cumulative",
}
_MOST: Final = {"year": 1, "half": 2, "quarter": 4, "month": 12, "cumulative": 12}
_MONTHS_OF_ONE: Final = {"year": 12, "half": 6, "quarter": 3, "month": 1}


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A reporting period.

    number: which half, quarter or month; 1 for a year; for `cumulative` the last month of January–month.
    Raises: ValueError if there is no such period.
    """

    year: int
    kind: PeriodKind
    number: int = 1

    def __post_init__(self) -> None:
        if not (1900 <= self.year <= 2200 and 1 <= self.number <= _MOST[self.kind]):
            raise ValueError(f"there is no {self.kind} {self.number} of {self.year}")

    @property
    def last_month(self) -> int:
        """The month with which the period ends."""
        return self.number if self.kind == "cumulative" else self.number * _MONTHS_OF_ONE[self.kind]

    @property
    def ends_on(self) -> date:
        """The period's last day."""
        return date(self.year, self.last_month, monthrange(self.year, self.last_month)[1])

    @property
    def code(self) -> str:
        """A short text for addresses and files, such as 2023, 2023H1, 2023Q3, 2023M06, 2023T06 (January to June)."""
        mark = {"year": "", "half": "H", "quarter": "Q", "month": "M", "cumulative": "T"}[self.kind]
        width = 2 if self.kind in {"month", "cumulative"} else 1
        return f"{self.year}{mark}{self.number:0{width}d}" if mark else str(self.year)


def year_before(period: Period) -> Period:
    """Return the same period of the year before."""
    return Period(period.year - 1, period.kind, period.number)


def period_before(period: Period) -> Period | None:
    """Return the period of the same length just before; None for a cumulative one, which has none."""
    if period.kind == "cumulative":
        return None
    if period.number > 1:
        return Period(period.year, period.kind, period.number - 1)
    return Period(period.year - 1, period.kind, _MOST[period.kind])


_NUMERALS: Final = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_DIGITS: Final = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_DASHES: Final = re.compile(r"[-‐‑‒–—―−～~至到]+")
_YEAR: Final = r"(?P<year>(?:19|20|21)\d\d)"
_FORMS: Final[tuple[tuple[re.Pattern[str], PeriodKind], ...]] = (
    (re.compile(rf"{_YEAR}(?:年?度?|年?全年|年[末底])"), "year"),
    (re.compile(rf"{_YEAR}年?(?P<half>上|下)半年(?:末|底)?"), "half"),
    (re.compile(rf"{_YEAR}H(?P<number>[12])"), "half"),
    (re.compile(rf"{_YEAR}年?(?:第)?(?P<number>[1-4])季度?(?:末|底)?"), "quarter"),
    (re.compile(rf"{_YEAR}Q(?P<number>[1-4])"), "quarter"),
    (re.compile(rf"{_YEAR}年?前(?P<quarters>[2-4])个?季度"), "cumulative"),
    (re.compile(rf"{_YEAR}[年./]?0?1-(?P<number>1[0-2]|0?[1-9])月?(?:累计|份)?"), "cumulative"),
    (re.compile(rf"{_YEAR}T(?P<number>1[0-2]|0[1-9])"), "cumulative"),
    (re.compile(rf"{_YEAR}年(?P<number>1[0-2]|0?[1-9])月(?:份|末|底)?"), "month"),
    (re.compile(rf"{_YEAR}(?:[./M-])(?P<number>1[0-2]|0?[1-9])"), "month"),
)
_NO_YEAR: Final = re.compile(r"(?:第?[1-4]季度?|[上下]半年|前[2-4]个?季度|0?1-\d{1,2}月?|\d{1,2}月(?:份|末)?|全年).*")


def read_period(text: str, *, default_year: int | None = None) -> Period | None:
    """Read a period as tables write it; None if the text is none.

    Read are 2023年, 2023年末, 2023年上半年, 2023年第一季度, 2023年前三季度, 2023年1-6月, 2023年6月, 2023.06, 2023Q1
    and their like with full-width or Chinese figures. default_year: for headings that leave the year to the title.
    Source: house rule (the forms that statistical bulletins use).
    """
    plain = _plain(text)
    if default_year is not None and _NO_YEAR.fullmatch(plain):
        plain = f"{default_year}年{plain}"
    for form, kind in _FORMS:
        found = form.fullmatch(plain)
        if found:
            return _period(found, kind)
    return None


def year_in(text: str) -> int | None:
    """Return the one year that a text names; None if it names none or several."""
    years = {int(year) for year in re.findall(r"(?<!\d)((?:19|20|21)\d\d)(?:年|$)", _plain(text))}
    return years.pop() if len(years) == 1 else None


def _plain(text: str) -> str:
    narrow = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    narrow = re.sub(r"十([一二])", lambda found: f"1{_NUMERALS[found[1]]}", narrow).replace("十月", "10月")
    return _DASHES.sub("-", narrow.translate(_DIGITS))


def _period(found: re.Match[str], kind: PeriodKind) -> Period:
    parts = found.groupdict()
    if "half" in parts:
        number = 1 if parts["half"] == "上" else 2
    elif "quarters" in parts:
        number = 3 * int(parts["quarters"])
    else:
        number = int(parts.get("number") or 1)
    return Period(int(parts["year"]), kind, number)
