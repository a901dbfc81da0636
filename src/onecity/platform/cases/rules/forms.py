"""Forms of tasks: a small part of JSON Schema, read once, asked of people, checked on what they give.

A form is an object schema: `properties` of type string, number, integer or boolean, each with `title`, and as they fit
`enum`, `maxLength`, `format` (date, textarea), `minimum`, `maximum`; `required` names those that must be given.
Source: JSON Schema 2020-12, validation vocabulary.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import Final, Literal

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.cases.declare import Value
from onecity.platform.cases.rules.faults import Fault

FieldType = Literal["string", "number", "integer", "boolean"]
LONGEST_TEXT: Final = 2000
_TYPES: Final[Mapping[str, FieldType]] = {
    "string": "string",
    "number": "number",
    "integer": "integer",
    "boolean": "boolean",
}
_KNOWN: Final = frozenset({"type", "title", "description", "enum", "maxLength", "minimum", "maximum", "format"})
_FORMATS: Final = frozenset({"", "date", "textarea"})


@dataclass(frozen=True, slots=True)
class FormField:
    """One field. choices: the allowed texts; empty for free ones. most: characters. low, high: for numbers."""

    name: str
    title: str
    type: FieldType
    required: bool = False
    hint: str = ""
    choices: tuple[str, ...] = ()
    format: str = ""
    most: int = LONGEST_TEXT
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """A form: its fields in order."""

    name: str
    fields: tuple[FormField, ...]


class FormRefused(Invalid):
    """Values do not fit the form; the fields say which."""

    code = "form_refused"
    message = zh("表单内容不符合要求")


def read_form(name: str, schema: object) -> tuple[Form | None, list[Fault]]:
    """Read a schema; None and what is wrong, if it is not of the part of JSON Schema that is known here."""
    place = f"settings.forms.{name}"
    properties = schema.get("properties") if isinstance(schema, Mapping) else None
    if not isinstance(schema, Mapping) or not isinstance(properties, Mapping) or schema.get("type") != "object":
        return None, [Fault(place, zh("表单应为 JSON Schema 的 object，并有 properties"))]
    required = schema.get("required", [])
    faults: list[Fault] = []
    fields: list[FormField] = []
    for key, item in properties.items():
        field = _field(str(key), item, required=isinstance(required, Sequence) and key in required)
        if field is None:
            faults.append(Fault(f"{place}.{key}", zh("字段“{key}”用了不支持的写法"), {"key": key}))
        else:
            fields.append(field)
    return (None, faults) if faults else (Form(name, tuple(fields)), [])


def check_form(form: Form, values: Mapping[str, object]) -> dict[str, Value]:
    """Return the values that a form takes, as plain values; an absent optional one is left out.

    Raises: FormRefused naming each field at fault, also one that the form does not have.
    """
    faults = {name: zh("表单没有这个字段") for name in values if name not in {item.name for item in form.fields}}
    taken: dict[str, Value] = {}
    for item in form.fields:
        value = values.get(item.name)
        if value is None or value == "":
            if item.required:
                faults[item.name] = zh("此项必填")
            continue
        fault = _fault(item, value)
        if fault:
            faults[item.name] = fault
        elif isinstance(value, str | int | float):
            taken[item.name] = value
    if faults:
        raise FormRefused(fields=faults)
    return taken


def _field(name: str, schema: object, *, required: bool) -> FormField | None:
    if not isinstance(schema, Mapping) or not name.isidentifier() or set(schema) - _KNOWN:
        return None
    kind = _TYPES.get(str(schema.get("type")))
    choices = schema.get("enum", [])
    form_of = str(schema.get("format", ""))
    most = schema.get("maxLength", LONGEST_TEXT)
    if kind is None or not isinstance(choices, list) or form_of not in _FORMATS or not isinstance(most, int):
        return None
    return FormField(
        name=name,
        title=str(schema.get("title", name)),
        type=kind,
        required=required,
        hint=str(schema.get("description", "")),
        choices=tuple(map(str, choices)),
        format=form_of,
        most=min(most, LONGEST_TEXT),
        low=_number(schema.get("minimum")),
        high=_number(schema.get("maximum")),
    )


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _fault(item: FormField, value: object) -> str:
    """Say what is wrong with a given value; nothing, when it fits."""
    if item.type == "boolean":
        return "" if isinstance(value, bool) else zh("应为是或否")
    if item.type == "string":
        return _text_fault(item, value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return zh("应为数值")
    return _number_fault(item, value)


def _number_fault(item: FormField, value: float) -> str:
    if not isfinite(value):
        return zh("应为数值")
    if item.type == "integer" and not float(value).is_integer():
        return zh("应为整数")
    if (item.low is not None and value < item.low) or (item.high is not None and value > item.high):
        return zh("数值超出范围")
    return ""


def _text_fault(item: FormField, value: object) -> str:
    if not isinstance(value, str):
        return zh("应为文字")
    if len(value) > item.most:
        return zh("内容过长")
    if item.choices and value not in item.choices:
        return zh("没有这个选项")
    if item.format == "date" and not _is_date(value):
        return zh("日期应写成 2026-03-01 的形式")
    return ""


def _is_date(text: str) -> bool:
    try:
        return len(text) == 10 and bool(date.fromisoformat(text))
    except ValueError:
        return False
