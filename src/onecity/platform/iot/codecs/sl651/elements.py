"""Elements of SL 651: guide codes, their letters in ASCII, and how their data are written."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final, NamedTuple

from onecity.platform.iot.codecs import bcd

OBSERVED_AT: Final = 0xF0
STATION: Final = 0xF1
BY_HAND: Final = 0xF2
PICTURE: Final = 0xF3
RAIN_GROUPS: Final = 0xF4
LEVEL_GROUPS: Final = range(0xF5, 0xFD)
STEP: Final = 0x04
STATUS: Final = 0x45
_EXTENSION: Final = 0xFF

_NAMED: Final = {
    0x02: "AI",
    0x03: "C",
    0x08: "FL",
    0x0E: "H",
    0x10: "M10",
    0x11: "M20",
    0x12: "M30",
    0x13: "M40",
    0x14: "M50",
    0x15: "M60",
    0x16: "M80",
    0x17: "M100",
    0x18: "MST",
    0x1A: "P1",
    0x1B: "P2",
    0x1C: "P3",
    0x1D: "P6",
    0x1E: "P12",
    0x1F: "PD",
    0x20: "PJ",
    0x21: "PN01",
    0x22: "PN05",
    0x23: "PN10",
    0x24: "PN30",
    0x25: "PR",
    0x26: "PT",
    0x27: "Q",
    0x33: "UC",
    0x34: "UE",
    0x35: "US",
    0x36: "VA",
    0x37: "VJ",
    0x38: "VT",
    0x39: "Z",
    0x3A: "ZB",
    0x3B: "ZU",
    STATUS: "ZT",
    0x46: "PH",
    0x47: "DO",
    0x48: "COND",
    0x49: "TURB",
    0x4A: "CODMN",
    0x4C: "NH4N",
    0x4D: "TP",
    0x4E: "TN",
    RAIN_GROUPS: "DRP",
}
_ROWS: Final = {0x28: "Q", 0x3C: "Z", 0x58: "WP", 0x60: "SYL", 0x68: "SBL", 0xF5: "DRZ"}
NAMES: Final[dict[int, str]] = {
    **_NAMED,
    **{first + number: f"{letters}{number + 1}" for first, letters in _ROWS.items() for number in range(8)},
    **{0x70 + number: f"VT{phase}" for number, phase in enumerate("ABC")},
    **{0x73 + number: f"VI{phase}" for number, phase in enumerate("ABC")},
}
"""By guide code: the letters that name the element in ASCII. Source: SL 651-2014, appendix C (编码要素及标识符)."""
CODES: Final = {name: code for code, name in NAMES.items()}


@dataclass(frozen=True, slots=True)
class Element:
    """One element. name: letters, or X and the guide code in hexadecimal where there are none. data: as sent."""

    name: str
    guide: int
    data: bytes
    decimals: int = 0


class Cut(NamedTuple):
    """Elements that could be read, and what stands behind them when one does not fit."""

    elements: list[Element]
    rest: bytes


def name_of(guide: int) -> str:
    """Return the letters of a guide code."""
    return NAMES.get(guide, f"X{guide:02X}")


def take(body: bytes) -> Cut:
    """Cut elements one behind the other, by the length bits that each carries and never by a table.

    Source: SL 651-2014, 6.4 (编码要素标识符): the second byte holds length, five bits, and decimals, three.
    """
    found: list[Element] = []
    at = 0
    while at + 2 <= len(body):
        guide, extended = body[at], body[at] == _EXTENSION
        if extended and at + 3 > len(body):
            break
        shape = body[at + 1 + extended]
        begin = at + 2 + extended
        size = _fixed(guide, shape, left=len(body) - begin)
        if begin + size > len(body):
            break
        name = f"XFF{body[at + 1]:02X}" if extended else name_of(guide)
        found.append(Element(name, guide, body[begin : begin + size], shape & 7))
        at = begin + size
    return Cut(found, body[at:])


def _fixed(guide: int, shape: int, *, left: int) -> int:
    if guide == shape and guide in {OBSERVED_AT, STATION}:
        return 5
    if guide == shape and guide in {BY_HAND, PICTURE}:
        return left
    return shape >> 3


def number(element: Element) -> Decimal | None:
    """Read an element's number; None where all is F, which is missing, or a half byte is no digit.

    A leading FF is a minus.
    Source: SL 651-2014, 6.4.
    """
    data, sign = element.data, 1
    if len(data) > 1 and data[0] == 0xFF:
        data, sign = data[1:], -1
    found = bcd.number(data, decimals=element.decimals)
    return None if found is None else sign * found


def groups(element: Element) -> list[Decimal | None]:
    """Read the twelve values of an hour: 0.1 mm a byte of rain, 0.01 m two bytes of level; all F is missing.

    Source: SL 651-2014, appendix C, F4H and F5H … FCH.
    """
    size, decimals = (1, 1) if element.guide == RAIN_GROUPS else (2, 2)
    values = [element.data[at : at + size] for at in range(0, len(element.data), size)]
    missing = b"\xff" * size
    return [None if value == missing else Decimal(int.from_bytes(value)).scaleb(-decimals) for value in values]
