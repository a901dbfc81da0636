"""Codes of information resources (信息资源代码) and the identifiers of GB/T 21063.5.

307014001/000123
|||  |    |
|||  |    serial number within the class, of variable length
||目  细目 (of variable length)
|项
类
"""

import re
from dataclasses import dataclass
from typing import Final

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh

LENGTHS: Final = {1: 1, 2: 3, 3: 6}
"""Digits down to 类, 项 and 目; a 细目 has more than six."""
DISTRICT_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_CLASS: Final = re.compile(r"[0-9]+")
_SERIAL: Final = re.compile(r"[0-9A-Za-z]{1,12}")
_FRONT: Final = re.compile(r"[0-9]{2}[0A-HJ-NP-Z][0-9]{3}")
LARGEST_DEPARTMENT: Final = 999


class BadResourceCode(Invalid):
    """The text is not a code of an information resource."""

    code = "exchange.bad_resource_code"
    message = zh("信息资源代码应由分类代码和顺序号组成，中间以“{separator}”分隔")


class BadProviderNumber(Invalid):
    """A provider's number does not fit into a front code."""

    code = "exchange.bad_provider_number"
    message = zh("前段码由省级代码两位、行政层级一位和部门序号三位组成，不能由所给内容生成")


@dataclass(frozen=True, slots=True)
class ResourceCode:
    """A code and its two parts."""

    class_code: str
    serial: str


def class_level(class_code: str) -> int:
    """Return the level of a class by its digits: 1 类, 2 项, 3 目, 4 细目; 0 for a text that is no class code.

    Source: 政务信息资源目录编制指南, classification.
    """
    if not _CLASS.fullmatch(class_code):
        return 0
    size = len(class_code)
    return next((level for level, digits in LENGTHS.items() if digits == size), 4 if size > LENGTHS[3] else 0)


def parent_class(class_code: str) -> str:
    """Return the class above, empty for a 类; a 细目 lies under its 目.

    Raises: ValueError for a text that is no class code.
    """
    level = class_level(class_code)
    if not level:
        raise ValueError("not a class code")
    return class_code[: LENGTHS[level - 1]] if level > 1 else ""


def compose(class_code: str, *, serial: int, digits: int, separator: str) -> str:
    """Return the code of the `serial`th resource of a class.

    digits: the least that the serial number has. separator: what the city writes between the parts.
    Source: 政务信息资源目录编制指南, resource code; the separator and the digits are parameters.
    """
    if not class_level(class_code):
        raise BadResourceCode(params={"separator": separator})
    return f"{class_code}{separator}{serial:0{digits}d}"


def parse(text: str, *, separator: str) -> ResourceCode:
    """Read a code.

    Raises: BadResourceCode.
    """
    class_code, found, serial = text.strip().partition(separator)
    if not found or not class_level(class_code) or not _SERIAL.fullmatch(serial):
        raise BadResourceCode(params={"separator": separator})
    return ResourceCode(class_code, serial)


def front_code(*, province_digits: str, district_letter: str, department: int) -> str:
    """Return a provider's front code (前段码): province, level, department.

    district_letter: 0 for the province itself, else a letter without I and O. department: 1–999.
    Raises: BadProviderNumber.
    Source: GB/T 21063.5, front code as one local rule shows it; all three parts are parameters.
    """
    code = f"{province_digits}{district_letter}{department:03d}"
    if not 1 <= department <= LARGEST_DEPARTMENT or not _FRONT.fullmatch(code):
        raise BadProviderNumber
    return code


def identifier(front: str, *, back: str) -> str:
    """Return the identifier as it is written: front code and back code (后段码), with a stroke between."""
    return f"{front}/{back}"
