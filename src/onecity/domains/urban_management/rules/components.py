"""Lines of component surveys: how columns are called, what a line must hold, how an identifier is made and checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import Final

from onecity.domains.urban_management.rules.classes import parse_class
from onecity.kernel.errors import Invalid
from onecity.kernel.identifiers.component_code import parse_component_code
from onecity.kernel.text import zh

MOST_SERIAL: Final = 999_999
STATES: Final = {"完好": "whole", "破损": "broken", "丢失": "lost", "废弃": "abandoned"}
# Column names of files: Chinese as surveys print them, and the interface names seen in municipal systems.
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "code": ("部件标识码", "标识码", "ObjID"),
    "class_code": ("部件类别", "类别编码", "ClassCode"),
    "name": ("部件名称", "名称", "ObjName"),
    "authority": ("主管部门", "DeptName1"),
    "owner": ("权属单位", "权属部门", "DeptName2"),
    "keeper": ("养护单位", "养护部门", "DeptName3"),
    "state": ("部件状态", "状态", "ObjState"),
    "surveyed": ("普查日期", "初始时间", "ORDate"),
    "source": ("数据来源", "DataSource"),
    "note": ("备注", "Note"),
    "longitude": ("经度", "longitude", "X"),
    "latitude": ("纬度", "latitude", "Y"),
}


@dataclass(frozen=True, slots=True)
class ComponentLine:
    """A component as surveyed. class_code: `C` and four digits. code, state: empty where unsaid. Degrees: WGS 84."""

    class_code: str
    longitude: float
    latitude: float
    code: str = ""
    name: str = ""
    state: str = ""
    authority: str = ""
    owner: str = ""
    keeper: str = ""
    surveyed: date | None = None
    source: str = ""
    note: str = ""


def named(row: Mapping[str, object]) -> dict[str, str]:
    """Return a file's row by our names; columns of other names are left out, values are trimmed texts."""
    plain = {str(name).strip(): _text(value) for name, value in row.items()}
    return {ours: next((plain[name] for name in names if name in plain), "") for ours, names in COLUMNS.items()}


def line_of(values: Mapping[str, str]) -> ComponentLine:
    """Read a line.

    Raises: Invalid naming the fields at fault.
    Source: CJ/T 214 (identifier, class); the attributes are those seen in a municipal interface.
    """
    faults: dict[str, str] = {}
    code, class_code = values.get("code", ""), _class(values.get("class_code", ""), values.get("code", ""))
    if not class_code:
        faults["class_code"] = zh("部件类别应为部件小类编码，如 C0101")
    longitude, latitude = _degrees(values.get("longitude", ""), 180), _degrees(values.get("latitude", ""), 90)
    if longitude is None or latitude is None:
        faults["longitude"] = zh("经纬度缺失或超出范围")
    said = values.get("state", "")
    state = STATES.get(said, "")
    if said and not state:
        faults["state"] = zh("部件状态应为完好、破损、丢失或废弃")
    surveyed, dated = _day(values.get("surveyed", ""))
    if not dated:
        faults["surveyed"] = zh("普查日期应写作 2026-03-01")
    if code and class_code and (fault := code_fault(code, class_code=class_code)):
        faults["code"] = fault
    if faults or longitude is None or latitude is None:
        raise Invalid(fields=faults)
    words = {name: values.get(name, "")[:80] for name in ("name", "authority", "owner", "keeper")}
    source, note = values.get("source", "")[:40], values.get("note", "")[:200]
    return ComponentLine(
        class_code, longitude, latitude, code, state=state, surveyed=surveyed, source=source, note=note, **words
    )


def code_fault(code: str, *, class_code: str) -> str:
    """Return what is wrong with an identifier: its form, or a class part that is another class's; "" for nothing.

    Source: CJ/T 214, component identifier: division 6, big class 2, small class 2, serial 6.
    """
    try:
        parsed = parse_component_code(code)
    except Invalid as fault:
        return fault.template if not fault.params else fault.sentence()
    if parsed.big_class + parsed.small_class != class_code[1:5]:
        return zh("标识码中的类别与部件类别不一致")
    return "" if int(parsed.serial) else zh("标识码的顺序号不能为零")


def made_code(division_code: str, *, class_code: str, serial: int) -> str:
    """Return the identifier of the serial-th component of a class in a district (first six digits).

    Raises: Invalid beyond the last running number. Source: CJ/T 214.
    """
    if not 1 <= serial <= MOST_SERIAL:
        raise Invalid(zh("该区县该类部件的顺序号已用完"))
    return f"{division_code[:6]}{class_code[1:5]}{serial:06}"


def _class(text: str, code: str) -> str:
    """Return a small class of components; from the identifier where the column is empty."""
    given = text if text.startswith("C") else f"C{text}" if text else f"C{code[6:10]}"
    try:
        parsed = parse_class(given)
    except ValueError:
        return ""
    return given if parsed.kind == "component" and parsed.small and not parsed.condition else ""


def _degrees(text: str, most: int) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if isfinite(value) and abs(value) <= most else None


def _day(text: str) -> tuple[date | None, bool]:
    if not text:
        return None, True
    try:
        return date.fromisoformat(text[:10]), True
    except ValueError:
        return None, False


def _text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value).strip()
