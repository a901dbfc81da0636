"""What a station reports: serial number, times, its class, and elements each under the time that stands before it."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Final, NamedTuple

from onecity.platform.iot.codecs import bcd
from onecity.platform.iot.codecs.faults import Fault
from onecity.platform.iot.codecs.sl651 import elements
from onecity.platform.iot.codecs.sl651.elements import Element
from onecity.platform.iot.codecs.sl651.frames import Frame

BEIJING: Final = timezone(timedelta(hours=8))
CLASSES: Final = {
    0x50: "P",
    0x48: "H",
    0x4B: "K",
    0x5A: "Z",
    0x44: "D",
    0x54: "T",
    0x4D: "M",
    0x47: "G",
    0x51: "Q",
    0x49: "I",
    0x4F: "O",
}
"""Classes of stations by their byte. Source: SL 651-2014, table of 遥测站分类码."""
_CLASSLESS: Final = frozenset({*range(0x40, 0x44), *range(0x45, 0x52)})
_KEEP_ALIVE: Final = 0x2F
_ELEMENTLESS: Final = frozenset({_KEEP_ALIVE, *range(0x40, 0x46), *range(0x47, 0x52)})
# The same codes name settings there, not what was measured.
_NO_VALUES: Final = frozenset({elements.STATION, elements.PICTURE, elements.BY_HAND, elements.STATUS, elements.STEP})
_GROUP: Final = timedelta(minutes=5)
_ASCII_HEAD: Final = re.compile(r"([0-9A-Fa-f]{4})(\d{12})\s*")
_MISSING: Final = re.compile("M+")


class Value(NamedTuple):
    """One value. at: when it was observed, for a group its beginning. is_group: it stands for five minutes."""

    name: str
    value: Decimal | None
    at: datetime
    is_group: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """What a station said. sent_at: by its clock. station_class: one letter, "" where the report has none.

    rest: bytes behind the last element that could be read; empty if the report is whole.
    """

    serial: int
    sent_at: datetime | None
    station: str = ""
    station_class: str = ""
    values: list[Value] = field(default_factory=list)
    status: int | None = None
    picture: bytes = b""
    by_hand: bytes = b""
    rest: bytes = b""


class NoReport(ValueError):
    """The body cannot be read. fault: why."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(fault.value)


def report(frame: Frame) -> Report:
    """Read what a frame from a station says.

    Raises: NoReport.
    Source: SL 651-2014, 6.5 (报文正文) and 6.6; times are Beijing's and carry two digits of the year.
    """
    return _ascii_report(frame) if frame.is_ascii else _report(frame)


def _report(frame: Frame) -> Report:
    body = frame.body
    if len(body) < 8:
        raise NoReport(Fault.BAD_LENGTH)
    serial, sent_at, body = int.from_bytes(body[:2]), instant(body[2:8]), body[8:]
    station, station_class = "", ""
    if body[:2] == b"\xf1\xf1" and len(body) >= 7:
        station, body = body[2:7].hex().upper(), body[7:]
        if body and frame.function not in _CLASSLESS and body[0] in CLASSES:
            station_class, body = CLASSES[body[0]], body[1:]
    if frame.function in _ELEMENTLESS:
        return Report(serial, sent_at, station, station_class, rest=body)
    cut = elements.take(body)
    return _told(Report(serial, sent_at, station, station_class, rest=cut.rest), cut.elements)


def _told(head: Report, found: list[Element]) -> Report:
    """Put each element under the last observation time before it."""
    at = head.sent_at
    by_guide = {element.guide: element.data for element in found}
    values: list[Value] = []
    for element in found:
        if element.guide == elements.OBSERVED_AT:
            at = instant(element.data) or at
        elif at is not None and element.guide not in _NO_VALUES:
            values += _values(element, at)
    status = by_guide.get(elements.STATUS, b"")
    return Report(
        head.serial,
        head.sent_at,
        by_guide[elements.STATION].hex().upper() if elements.STATION in by_guide else head.station,
        head.station_class,
        values,
        int.from_bytes(status) if len(status) == 4 else None,
        by_guide.get(elements.PICTURE, b""),
        by_guide.get(elements.BY_HAND, b""),
        head.rest,
    )


def _values(element: Element, at: datetime) -> list[Value]:
    if element.guide == elements.RAIN_GROUPS:
        return [
            Value(element.name, value, at + (number - 1) * _GROUP, is_group=True) for number, value in _each(element)
        ]
    if element.guide in elements.LEVEL_GROUPS:
        return [Value(element.name, value, at + number * _GROUP) for number, value in _each(element)]
    return [Value(element.name, elements.number(element), at)]


def _each(element: Element) -> "list[tuple[int, Decimal | None]]":
    return list(enumerate(elements.groups(element)))


def instant(data: bytes) -> datetime | None:
    """Read YYMMDDhhmm or YYMMDDhhmmss, Beijing time of this century; None where it is no time."""
    return _moment(bcd.digits(data) or "")


def _moment(text: str) -> datetime | None:
    try:
        return datetime.strptime("20" + text.ljust(12, "0"), "%Y%m%d%H%M%S").replace(tzinfo=BEIJING)
    except ValueError:
        return None


def _ascii_report(frame: Frame) -> Report:
    text = frame.body.decode("ascii", "replace")
    head = _ASCII_HEAD.match(text)
    if head is None:
        raise NoReport(Fault.BAD_LENGTH)
    words = text[head.end() :].split()
    sent_at, station, station_class = _moment(head[2]), "", ""
    if len(words) >= 2 and words[0] == "ST":
        station, words = words[1], words[2:]
        if words and words[0] in CLASSES.values() and frame.function not in _CLASSLESS and len(words) % 2:
            station_class, words = words[0], words[1:]
    at, values, status = sent_at, list[Value](), None
    for name, word in zip(words[::2], words[1::2], strict=False):
        if name == "TT":
            at = _moment(word) or at
        elif name == "ZT" and re.fullmatch("[0-9A-Fa-f]{8}", word):
            status = int(word, 16)
        elif at is not None:
            values += _ascii_values(name, word, at)
    rest = words[-1].encode() if len(words) % 2 else b""
    return Report(int(head[1], 16), sent_at, station, station_class, values, status, rest=rest)


def _ascii_values(name: str, word: str, at: datetime) -> list[Value]:
    guide = elements.CODES.get(name, 0)
    if (guide == elements.RAIN_GROUPS or guide in elements.LEVEL_GROUPS) and re.fullmatch("(?:[0-9A-Fa-f]{2})+", word):
        return _values(Element(name, guide, bytes.fromhex(word)), at)
    if _MISSING.fullmatch(word):
        return [Value(name, None, at)]
    return [Value(name, Decimal(word), at)] if re.fullmatch(r"-?\d+(?:\.\d+)?", word) else []
