"""What files tell of buildings, parcels of land and natural resources, and the form of each value."""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final, Literal

from onecity.kernel.text import zh

PlaceKind = Literal["building", "parcel", "resource"]
Form = Literal["text", "count", "area", "year", "day", "choice", "land_use"]

USES: Final[Mapping[str, str]] = {
    "residential": zh("住宅"),
    "commercial": zh("商业"),
    "office": zh("办公"),
    "industrial": zh("工业仓储"),
    "public": zh("公共服务"),
    "mixed": zh("综合"),
    "other": zh("其他"),
}
OWNERS: Final[Mapping[str, str]] = {"state": zh("国家所有"), "collective": zh("集体所有")}
RESOURCES: Final[Mapping[str, str]] = {
    "forest": zh("森林"),
    "grass": zh("草原"),
    "wetland": zh("湿地"),
    "water": zh("水流"),
    "mineral": zh("矿产"),
    "reserve": zh("自然保护地"),
}
LAND_USES: Final[Mapping[str, str]] = {
    "01": zh("耕地"),
    "02": zh("园地"),
    "03": zh("林地"),
    "04": zh("草地"),
    "05": zh("商服用地"),
    "06": zh("工矿仓储用地"),
    "07": zh("住宅用地"),
    "08": zh("公共管理与公共服务用地"),
    "09": zh("特殊用地"),
    "10": zh("交通运输用地"),
    "11": zh("水域及水利设施用地"),
    "12": zh("其他土地"),
}
"""First-level classes of GB/T 21010-2017; a code of four digits names a class within one of them."""


@dataclass(frozen=True, slots=True)
class PlaceField:
    """A property of a place. aliases: other names that files give it. choices: code → name, either may stand there."""

    name: str
    title: str
    form: Form = "text"
    required: bool = False
    longest: int = 120
    aliases: tuple[str, ...] = ()
    choices: Mapping[str, str] = field(default_factory=dict)


_AREA: Final = PlaceField("area_m2", zh("面积（平方米）"), "area", aliases=("建筑面积", "宗地面积", "面积", "area"))
FIELDS: Final[Mapping[PlaceKind, tuple[PlaceField, ...]]] = {
    "building": (
        PlaceField("code", zh("楼栋编码"), required=True, longest=40, aliases=("编码", "id")),
        PlaceField("name", zh("名称"), aliases=("楼栋名称",)),
        PlaceField("use", zh("用途"), "choice", required=True, choices=USES, aliases=("房屋用途",)),
        PlaceField("address", zh("地址"), longest=200, aliases=("住址",)),
        PlaceField("floors_above", zh("地上层数"), "count", aliases=("层数", "floors")),
        PlaceField("floors_below", zh("地下层数"), "count"),
        PlaceField("built_year", zh("建成年份"), "year", aliases=("建成年代",)),
        _AREA,
    ),
    "parcel": (
        PlaceField("code", zh("宗地代码"), required=True, longest=40, aliases=("编码", "id")),
        PlaceField("name", zh("名称"), aliases=("宗地名称", "坐落")),
        PlaceField("use_code", zh("土地用途代码"), "land_use", required=True, aliases=("地类编码", "用途代码")),
        PlaceField("owner", zh("土地所有权"), "choice", required=True, choices=OWNERS, aliases=("权属性质",)),
        _AREA,
        PlaceField("right_holder", zh("使用权人"), longest=160, aliases=("权利人",)),
        PlaceField("right_until", zh("使用期限至"), "day"),
    ),
    "resource": (
        PlaceField("code", zh("编码"), required=True, longest=40, aliases=("资源编码", "id")),
        PlaceField("name", zh("名称"), required=True, aliases=("资源名称",)),
        PlaceField("kind", zh("资源类型"), "choice", required=True, choices=RESOURCES, aliases=("类型",)),
        _AREA,
    ),
}


def properties_of(kind: PlaceKind, given: Mapping[str, object]) -> tuple[dict[str, str], dict[str, str]]:
    """Return a feature's values as canonical text, and what is wrong with them, both by field.

    given: the feature's properties under any of the fields' names; what no field knows is left aside.
    Source: GB/T 21010-2017 for the first-level classes of land use; house rule for the rest.
    """
    values, faults = {}, {}
    for item in FIELDS[kind]:
        text = _given(item, given)
        value, fault = _read(item, text)
        values[item.name] = value
        if not text and item.required:
            faults[item.name] = zh("该项不能为空")
        elif fault:
            faults[item.name] = fault
    return values, faults


def land_use_name(code: str) -> str:
    """Return the name of the first-level class in which a code of land use lies; empty for none."""
    return LAND_USES.get(code[:2], "") if len(code) in {2, 4} and code.isascii() and code.isdigit() else ""


def _given(item: PlaceField, given: Mapping[str, object]) -> str:
    for name in (item.name, item.title, *item.aliases):
        value = given.get(name)
        if value not in {None, ""}:
            plain = int(value) if isinstance(value, float) and value.is_integer() else value
            return unicodedata.normalize("NFKC", str(plain)).strip()
    return ""


def _read(item: PlaceField, text: str) -> tuple[str, str]:
    """Return canonical text and fault of a value."""
    if not text:
        return "", ""
    return _READERS[item.form](item, text)


def _text(item: PlaceField, text: str) -> tuple[str, str]:
    return text, "" if len(text) <= item.longest else zh("内容过长")


def _land_use(item: PlaceField, text: str) -> tuple[str, str]:
    return text, "" if land_use_name(text) else zh("不是土地利用现状分类的代码")


def _count(item: PlaceField, text: str) -> tuple[str, str]:
    low, high = (1800, 2200) if item.form == "year" else (0, 300)
    right = text.isascii() and text.isdigit() and low <= int(text) <= high
    return text, "" if right else zh("应为整数，且在合理范围内")


def _area(item: PlaceField, text: str) -> tuple[str, str]:
    try:
        value = Decimal(text.replace(",", ""))
    except InvalidOperation:
        return text, zh("面积应为数值")
    right = value.is_finite() and 0 <= value < Decimal(10) ** 10
    return (f"{value:.2f}", "") if right else (text, zh("面积应为数值"))


def _day(item: PlaceField, text: str) -> tuple[str, str]:
    try:
        return date.fromisoformat(text[:10]).isoformat(), ""
    except ValueError:
        return text, zh("日期应写成 2026-03-01 的形式")


def _choice(item: PlaceField, text: str) -> tuple[str, str]:
    code = next((code for code, name in item.choices.items() if text in {code, name}), "")
    return (code, "") if code else (text, zh("没有这个选项"))


_READERS: Final[Mapping[Form, Callable[[PlaceField, str], tuple[str, str]]]] = {
    "text": _text,
    "count": _count,
    "year": _count,
    "area": _area,
    "day": _day,
    "choice": _choice,
    "land_use": _land_use,
}
