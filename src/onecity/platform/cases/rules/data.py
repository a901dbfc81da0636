"""A case's own data: values of the fields that its type declares."""

from collections.abc import Mapping, Sequence

from onecity.kernel.text import zh
from onecity.platform.cases.declare import DataField, Value


def check_data(fields: Sequence[DataField], data: Mapping[str, object]) -> dict[str, str]:
    """Return what is wrong, by field; nothing, when every value is of a declared field and of its kind."""
    known = {item.code: item for item in fields}
    faults = {f"data.{name}": zh("此类案件没有这个数据项") for name in data if name not in known}
    for name, value in data.items():
        if name in known and value is not None and not _fits(known[name], value):
            faults[f"data.{name}"] = zh("数据项的值不符合要求")
    return faults


def shown_data(fields: Sequence[DataField], data: Mapping[str, Value]) -> list[tuple[str, str]]:
    """Return a case's data as (name, text) pairs for people, in the order of declaration; unset values are left out."""
    return [(item.name, _text(item, data[item.code])) for item in fields if data.get(item.code) not in {None, ""}]


def _fits(field: DataField, value: object) -> bool:
    if field.kind == "flag":
        return isinstance(value, bool)
    if field.kind == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, str) and (field.kind == "text" or value in dict(field.choices))


def _text(field: DataField, value: Value) -> str:
    if isinstance(value, bool):
        return zh("是") if value else zh("否")
    return dict(field.choices).get(str(value), str(value))
