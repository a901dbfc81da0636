"""Units of statistical tables: a thing that is counted, and by how many at once (亿元, 万人, 百万千瓦时)."""

from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Final

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh

_TIMES: Final = {"十": 10, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}
_DIGITS: Final = 60
_BASES: Final = {
    "元": ("元", "1"),
    "人民币元": ("元", "1"),
    "美元": ("美元", "1"),
    "港元": ("港元", "1"),
    "欧元": ("欧元", "1"),
    "人": ("人", "1"),
    "人次": ("人次", "1"),
    "户": ("户", "1"),
    "个": ("个", "1"),
    "家": ("个", "1"),
    "所": ("个", "1"),
    "辆": ("辆", "1"),
    "台": ("台", "1"),
    "套": ("套", "1"),
    "件": ("件", "1"),
    "张": ("张", "1"),
    "吨": ("吨", "1"),
    "公斤": ("吨", "0.001"),
    "千克": ("吨", "0.001"),
    "吨标准煤": ("吨标准煤", "1"),
    "千瓦时": ("千瓦时", "1"),
    "千瓦": ("千瓦", "1"),
    "公里": ("公里", "1"),
    "千米": ("公里", "1"),
    "米": ("公里", "0.001"),
    "平方公里": ("平方米", "1000000"),
    "平方千米": ("平方米", "1000000"),
    "平方米": ("平方米", "1"),
    "公顷": ("平方米", "10000"),
    "立方米": ("立方米", "1"),
    "吨公里": ("吨公里", "1"),
    "人公里": ("人公里", "1"),
    "元/人": ("元/人", "1"),
    "人/平方公里": ("人/平方公里", "1"),
    "张/千人": ("张/千人", "1"),
    "%": ("%", "1"),
    "‰": ("‰", "1"),
    "百分点": ("百分点", "1"),
    "上年=100": ("上年=100", "1"),
    "上年同期=100": ("上年=100", "1"),
    "上月=100": ("上月=100", "1"),
    "倍": ("倍", "1"),
    "岁": ("岁", "1"),
    "平方米/人": ("平方米/人", "1"),
}


class UnknownUnit(Invalid):
    """The text is no unit of the catalogue."""

    code = "unknown_unit"
    message = zh("没有计量单位“{unit}”")


class OtherThing(Invalid):
    """The units count different things; no scale leads from one to the other."""

    code = "other_thing"
    message = zh("计量单位“{unit}”不能换算为“{wanted}”")


@dataclass(frozen=True, slots=True)
class Measured:
    """A unit taken apart: `times` of `thing`."""

    thing: str
    times: Decimal


def measured(unit: str) -> Measured:
    """Take a unit apart.

    Raises: UnknownUnit.
    Source: house rule (the units that statistical yearbooks use).
    """
    text = "".join(unit.split())
    for base in sorted(_BASES, key=len, reverse=True):
        front = text.removesuffix(base)
        if text.endswith(base) and all(sign in _TIMES for sign in front):
            thing, times = _BASES[base]
            return Measured(thing, Decimal(times) * _product(front))
    raise UnknownUnit(params={"unit": unit})


def in_unit(value: Decimal, *, unit: str, wanted: str) -> Decimal:
    """Return a value given in one unit as it stands in another, exactly.

    Raises: UnknownUnit; OtherThing.
    """
    here, there = measured(unit), measured(wanted)
    if here.thing != there.thing:
        raise OtherThing(params={"unit": unit, "wanted": wanted})
    with localcontext(prec=_DIGITS):
        return value * here.times / there.times


def _product(front: str) -> Decimal:
    times = Decimal(1)
    for sign in front:
        times *= _TIMES[sign]
    return times
