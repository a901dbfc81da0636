"""Classes of the national economy's industries: section letter, division of two digits, down to a class of four."""

import re
from collections.abc import Mapping
from typing import Final

from onecity.kernel.text import zh

SECTIONS: Final[Mapping[str, tuple[str, int, int]]] = {
    "A": (zh("农、林、牧、渔业"), 1, 5),
    "B": (zh("采矿业"), 6, 12),
    "C": (zh("制造业"), 13, 43),
    "D": (zh("电力、热力、燃气及水生产和供应业"), 44, 46),
    "E": (zh("建筑业"), 47, 50),
    "F": (zh("批发和零售业"), 51, 52),
    "G": (zh("交通运输、仓储和邮政业"), 53, 60),
    "H": (zh("住宿和餐饮业"), 61, 62),
    "I": (zh("信息传输、软件和信息技术服务业"), 63, 65),
    "J": (zh("金融业"), 66, 69),
    "K": (zh("房地产业"), 70, 70),
    "L": (zh("租赁和商务服务业"), 71, 72),
    "M": (zh("科学研究和技术服务业"), 73, 75),
    "N": (zh("水利、环境和公共设施管理业"), 76, 79),
    "O": (zh("居民服务、修理和其他服务业"), 80, 82),
    "P": (zh("教育"), 83, 83),
    "Q": (zh("卫生和社会工作"), 84, 85),
    "R": (zh("文化、体育和娱乐业"), 86, 90),
    "S": (zh("公共管理、社会保障和社会组织"), 91, 96),
    "T": (zh("国际组织"), 97, 97),
}
"""Section → name, first and last division."""
_CODE: Final = re.compile(r"([A-T])?(\d{2})\d{0,2}|([A-T])")


def is_industry(code: str) -> bool:
    """Say whether a code can be one: a section, a division of it, or a group or class in such a division.

    Groups and classes are not looked up: the list of them is data of the standard's office.
    Source: GB/T 4754-2017, sections and divisions.
    """
    return bool(section_of(code))


def section_of(code: str) -> str:
    """Return the letter of the section that a code lies in; empty for what is no code.

    Source: GB/T 4754-2017, sections and divisions.
    """
    found = _CODE.fullmatch(code)
    if found is None:
        return ""
    letter, digits, alone = found.groups()
    if alone:
        return str(alone)
    division = int(digits)
    section = next((name for name, (_, first, last) in SECTIONS.items() if first <= division <= last), "")
    return section if letter in {None, section} else ""
