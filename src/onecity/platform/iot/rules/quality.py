"""What a reading's quality letter means, whatever protocol it came by.

The letters of HJ 212-2017 are the platform's own; what other editions and protocols say is put into them, or gets one
of the platform's further letters. A letter that nobody knows is kept as it came and never taken for a good one.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from onecity.kernel.text import zh

GOOD: Final = "N"
NO_NUMBER: Final = "X"

QUALITIES: Final[Mapping[str, str]] = MappingProxyType(
    {
        GOOD: zh("正常"),
        "T": zh("超过测量上限"),
        "L": zh("低于测量下限"),
        "M": zh("维护期间数据"),
        "S": zh("手工输入"),
        "C": zh("校准"),
        "F": zh("停运"),
        "D": zh("仪器故障"),
        "B": zh("仪器通讯异常"),
        "P": zh("电源故障"),
        "O": zh("通道关闭"),
        NO_NUMBER: zh("无有效数值"),
    }
)
"""Meanings by letter. Source: HJ 212-2017, table 8 (数据标记); L, P, O, X: house rule."""

JUDGED: Final = frozenset({GOOD, "T", "L"})
"""Readings that thresholds are held against. Source: House rule: maintenance and faults raise no excess alarm."""

FAULTY: Final = frozenset({"F", "D", "B", "P"})
"""Readings that make their device count as faulty. Source: House rule."""

_OF_2005: Final = MappingProxyType({"B": "D", "D": "O", "H": "T"})


def code(letter: str) -> int:
    """Return the number under which a quality letter is stored.

    letter: one ASCII character; "" stands for none given, which claims nothing wrong.
    """
    return ord(letter or GOOD)


def letter(stored: int) -> str:
    """Return the letter of a stored number."""
    return chr(stored)


def meaning(stored: int) -> str:
    """Return what a stored number means, in Chinese (the message id)."""
    return QUALITIES.get(chr(stored), zh("未知标记"))


def from_hj212(flag: str, *, edition_2005: bool) -> str:
    """Return the platform's letter for a data flag.

    edition_2005: B and D meant other things before 2017. Flags of several characters keep their first.
    Source: HJ 212-2017, table 8 (数据标记).
    """
    first = flag[:1]
    if not first or not first.isascii():
        return GOOD if not first else "?"
    return _OF_2005.get(first, first) if edition_2005 else first
