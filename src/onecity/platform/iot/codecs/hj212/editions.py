"""The editions of the standard, told apart by the Flag field, and what each means by a data flag.

Flag, one byte in decimal:   V5 V4 V3 V2 V1 V0 D A
                             |               | |
                             edition         | 1: an answer is wanted
                                             1: PNUM and PNO are there
"""

from enum import IntEnum
from types import MappingProxyType
from typing import Final

from onecity.kernel.text import zh

ANSWER_WANTED: Final = 0b01
IN_PARTS: Final = 0b10
_EDITION_SHIFT: Final = 2


class Edition(IntEnum):
    """The value of the version bits. 2025 is known by its catalogue page and one implementation only."""

    HJ_2005 = 0
    HJ_2017 = 1
    HJ_2025 = 2

    @property
    def flag_bits(self) -> int:
        """The edition's share of the Flag field."""
        return self << _EDITION_SHIFT


_BY_VERSION: Final = {edition.value: edition for edition in Edition}


def edition_of(flag: int | None) -> Edition:
    """Return the edition that a Flag field names.

    flag: 0..255, or None where the packet has none, as many units of 2005 do. A version above those known is read by
    the newest edition whose text is known, 2017.
    Source: HJ 212-2017, 6 (Flag); house rule for unknown versions.
    """
    if flag is None:
        return Edition.HJ_2005
    return _BY_VERSION.get(flag >> _EDITION_SHIFT, Edition.HJ_2017)


_FLAGS_2017: Final = MappingProxyType(
    {
        "N": zh("在线监控（监测）仪器仪表工作正常"),
        "F": zh("在线监控（监测）仪器仪表停运"),
        "M": zh("在线监控（监测）仪器仪表处于维护期间产生的数据"),
        "S": zh("手工输入的设定值"),
        "D": zh("在线监控（监测）仪器仪表故障"),
        "C": zh("在线监控（监测）仪器仪表处于校准状态"),
        "T": zh("在线监控（监测）仪器仪表采样数值超过测量上限"),
        "B": zh("在线监控（监测）仪器仪表与数采仪通讯异常"),
    }
)
# Known from implementations, not from the text of 2005: README, "Doubts".
_FLAGS_2005: Final = MappingProxyType(
    {
        "N": zh("正常"),
        "P": zh("电源故障"),
        "F": zh("停运"),
        "B": zh("监测仪故障"),
        "D": zh("数采通道关闭"),
        "C": zh("校准"),
        "H": zh("超过测量上限"),
        "L": zh("低于测量下限"),
    }
)


def flag_meaning(letter: str, *, edition: Edition) -> str | None:
    """Return what a data flag means, in Chinese; None for a letter that the edition does not define.

    The standard lets the table grow: an unknown letter is kept, never taken for N. B and D differ between editions.
    Source: HJ 212-2017, 6 (数据标记).
    """
    return (_FLAGS_2005 if edition is Edition.HJ_2005 else _FLAGS_2017).get(letter)
