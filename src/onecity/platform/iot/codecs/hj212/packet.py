"""A packet as read: its fields by name, the data area as items, nothing thrown away."""

import re
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import NamedTuple

from onecity.platform.iot.codecs.hj212.editions import ANSWER_WANTED, Edition, edition_of
from onecity.platform.iot.codecs.hj212.times import instant

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


def number(text: str) -> float | None:
    """Read a decimal number; None for anything else, such as an empty value, `NaN`, `1_0` or one too great to hold.

    Zero has no sign: some instruments write `-0.0`.
    """
    if not _NUMBER.fullmatch(text):
        return None
    value = float(text) + 0.0
    return value if isfinite(value) else None


class SubValue(NamedTuple):
    """One `factor-kind=text` of the data area; `kind` is empty for a plain `name=text`."""

    kind: str
    text: str

    @property
    def number(self) -> float | None:
        """The value where it is a decimal number."""
        return number(self.text)


class Item(NamedTuple):
    """A factor with its sub-values, or a plain field with one.

    name: factor code (`a21026`), equipment (`SB1`) or field name (`DataTime`), as sent.
    """

    name: str
    values: tuple[SubValue, ...]

    @property
    def is_factor(self) -> bool:
        """Say whether these are sub-values of a factor."""
        return bool(self.values) and self.values[0].kind != ""

    def text(self, kind: str = "") -> str | None:
        """Return the text of the sub-value of this kind; None if there is none."""
        return next((value.text for value in self.values if value.kind == kind), None)


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet. Fields that the sender left out are None.

    st: system code. cn: command, four digits. mn: device. pw: password. qn: request number, a time with milliseconds.
    pnum, pno: how many parts, and which this is, from 1. extra: header fields that the standard does not name.
    Source: HJ 212-2017, 6 (数据段结构).
    """

    st: str
    cn: str
    mn: str
    pw: str | None = None
    qn: str | None = None
    flag: int | None = None
    pnum: int | None = None
    pno: int | None = None
    items: tuple[Item, ...] = ()
    extra: tuple[tuple[str, str], ...] = ()

    @property
    def edition(self) -> Edition:
        """The edition by whose tables this packet is read."""
        return edition_of(self.flag)

    @property
    def answer_wanted(self) -> bool:
        """Say whether the sender waits for an answer."""
        return self.flag is not None and bool(self.flag & ANSWER_WANTED)

    @property
    def is_part(self) -> bool:
        """Say whether this is one of several parts of a split packet."""
        return self.pno is not None and self.pnum is not None and self.pnum > 1

    @property
    def sent_at(self) -> datetime | None:
        """The instant in the request number, UTC."""
        return instant(self.qn) if self.qn else None

    @property
    def data_at(self) -> datetime | None:
        """The data's own time, UTC: of sampling for real-time data, else the START of the period."""
        return self.time("DataTime")

    def field(self, name: str) -> str | None:
        """Return the text of a plain field of the data area, such as QnRtn; None if it is not there."""
        return next((item.text() for item in self.items if item.name == name and not item.is_factor), None)

    def time(self, name: str) -> datetime | None:
        """Return a plain time field (DataTime, BeginTime, SystemTime …) in UTC; None if absent or no time."""
        text = self.field(name)
        return instant(text) if text is not None else None
