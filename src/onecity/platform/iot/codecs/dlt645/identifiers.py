"""Data identifiers of DL/T 645-2007: what they name, how long their values are and where the point stands.

An identifier is written as eight hexadecimal characters, DI3 first: 00010000 is forward active energy, all tariffs.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final


class Form(Enum):
    """How a value is written. DEMAND: three bytes of kilowatt and the time YYMMDDhhmm."""

    NUMBER = "number"
    DEMAND = "demand"
    DIGITS = "digits"
    TEXT = "text"
    BITS = "bits"


@dataclass(frozen=True, slots=True)
class Item:
    """One value. size: bytes. unit: UCUM. signed: the top bit of the highest byte is a minus."""

    name: str
    size: int
    decimals: int = 0
    unit: str = ""
    signed: bool = False
    form: Form = Form.NUMBER


_ENERGY: Final = {
    0x00: ("组合有功电能", "kW.h", True),
    0x01: ("正向有功电能", "kW.h", False),
    0x02: ("反向有功电能", "kW.h", False),
    0x03: ("组合无功1电能", "kvar.h", False),
    0x04: ("组合无功2电能", "kvar.h", False),
    0x05: ("第一象限无功电能", "kvar.h", False),
    0x06: ("第二象限无功电能", "kvar.h", False),
    0x07: ("第三象限无功电能", "kvar.h", False),
    0x08: ("第四象限无功电能", "kvar.h", False),
    0x09: ("正向视在电能", "kV.A.h", False),
    0x0A: ("反向视在电能", "kV.A.h", False),
}
_VARIABLES: Final = {
    0x01: (Item("电压", 2, 1, "V"), (1, 2, 3)),
    0x02: (Item("电流", 3, 3, "A", signed=True), (1, 2, 3)),
    0x03: (Item("有功功率", 3, 4, "kW", signed=True), (0, 1, 2, 3)),
    0x04: (Item("无功功率", 3, 4, "kvar", signed=True), (0, 1, 2, 3)),
    0x05: (Item("视在功率", 3, 4, "kV.A"), (0, 1, 2, 3)),
    0x06: (Item("功率因数", 2, 3, "1", signed=True), (0, 1, 2, 3)),
    0x07: (Item("相角", 2, 1, "deg"), (1, 2, 3)),
}
_SINGLE: Final = {
    "9010": Item("正向有功总电能", 4, 2, "kW.h"),  # DL/T 645-1997
    "02800001": Item("零线电流", 3, 3, "A"),
    "02800002": Item("电网频率", 2, 2, "Hz"),
    "02800007": Item("表内温度", 2, 1, "Cel"),
    "04000101": Item("日期及星期", 4, form=Form.DIGITS),
    "04000102": Item("时间", 3, form=Form.DIGITS),
    "04000401": Item("通信地址", 6, form=Form.DIGITS),
    "04000402": Item("表号", 6, form=Form.DIGITS),
    "04000403": Item("资产管理编码", 32, form=Form.TEXT),
    "04000404": Item("额定电压", 6, form=Form.TEXT),
    "04000405": Item("额定电流", 6, form=Form.TEXT),
    "04000406": Item("最大电流", 6, form=Form.TEXT),
    "04000409": Item("电表有功常数", 3, unit="/kW.h"),
    "04000B01": Item("每月第1结算日", 2, form=Form.DIGITS),
    **{f"0400050{number}": Item(f"电表运行状态字{number}", 2, form=Form.BITS) for number in range(1, 8)},
}
_LAST_TARIFF, _LAST_SETTLEMENT = 0x3F, 0x0C
_ALL = 0xFF


def item_of(code: str) -> Item | None:
    """Return what one value under `code` looks like; None for a block or an identifier that is not known here.

    Source: DL/T 645-2007, appendix A (数据标识编码表).
    """
    if code in _SINGLE:
        return _SINGLE[code]
    kind, what, which, when = bytes.fromhex(code) if re.fullmatch("[0-9A-Fa-f]{8}", code) else (0xFF, 0, 0, 0)
    find = _KINDS.get(kind)
    return find(what, which, when) if find else None


def _energy(what: int, which: int, when: int) -> Item | None:
    if what not in _ENERGY or which > _LAST_TARIFF or when > _LAST_SETTLEMENT:
        return None
    name, unit, signed = _ENERGY[what]
    return Item(name, 4, 2, unit, signed=signed)


def _demand(what: int, which: int, when: int) -> Item | None:
    if not 1 <= what <= 0x0A or which > _LAST_TARIFF or when > _LAST_SETTLEMENT:
        return None
    return Item(f"{_ENERGY[what][0].removesuffix('电能')}最大需量及发生时间", 8, 4, "kW", form=Form.DEMAND)


def _variable(what: int, which: int, when: int) -> Item | None:
    found = _VARIABLES.get(what)
    return found[0] if found and which in found[1] and when == 0 else None


_KINDS: Final[dict[int, Callable[[int, int, int], Item | None]]] = {0x00: _energy, 0x01: _demand, 0x02: _variable}


def members(code: str, *, size: int) -> list[str]:
    """Return the identifiers of the values in a block, for an answer with `size` bytes behind the identifier.

    The block's FF runs over tariffs (DI1) or settlement days (DI0) of energy and demand, over phases of variables. A
    code that is no block is returned alone; an unknown one as an empty list.
    Source: DL/T 645-2007, appendix A: FF in one place means all values there.
    """
    if item_of(code):
        return [code]
    octets = bytes.fromhex(code)
    if len(octets) != 4 or octets[0] not in _KINDS or octets[1:].count(_ALL) != 1 or octets[1] == _ALL:
        return []
    place = octets.index(_ALL)
    codes = (bytes([*octets[:place], value, *octets[place + 1 :]]).hex().upper() for value in range(_LAST_TARIFF + 1))
    found: list[str] = []
    for each in codes:
        item = item_of(each)
        if item is None:
            continue
        size -= item.size
        if size < 0:
            break
        found.append(each)
    return found
