"""The common 物模型 shape (TSL): properties, events and services with `identifier`, `dataType` and `specs`.

What clouds and makers exchange; there is no published standard of it, so whatever cannot be said in it is left out.
Source: House rule, after what device makers deliver.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from onecity.kernel.units import UNITS
from onecity.platform.iot.declare import Argument, DeviceType, ObservedProperty, Severity, ValueKind
from onecity.platform.iot.rules.type_documents.writing import Document

_KINDS: Final = {
    "int": ValueKind.INTEGER,
    "int32": ValueKind.INTEGER,
    "long": ValueKind.INTEGER,
    "float": ValueKind.NUMBER,
    "double": ValueKind.NUMBER,
    "decimal": ValueKind.NUMBER,
    "bool": ValueKind.BOOLEAN,
    "boolean": ValueKind.BOOLEAN,
    "enum": ValueKind.ENUMERATION,
    "text": ValueKind.TEXT,
    "string": ValueKind.TEXT,
    "date": ValueKind.TEXT,
    "struct": ValueKind.OBJECT,
    "array": ValueKind.OBJECT,
}
_TYPES: Final = {
    ValueKind.NUMBER: "double",
    ValueKind.INTEGER: "int",
    ValueKind.BOOLEAN: "bool",
    ValueKind.ENUMERATION: "enum",
    ValueKind.TEXT: "text",
    ValueKind.OBJECT: "struct",
}
_SEVERITIES: Final = {
    "info": Severity.NOTICE,
    "alert": Severity.MINOR,
    "alarm": Severity.MINOR,
    "error": Severity.MAJOR,
}
_WORDS: Final = {
    Severity.NOTICE: "info",
    Severity.MINOR: "alert",
    Severity.MAJOR: "error",
    Severity.CRITICAL: "error",
}
_BY_SYMBOL: Final = {unit.symbol: unit.code for unit in UNITS.values() if unit.symbol} | {"°C": "Cel", "℃": "Cel"}
_NATURAL: Final = frozenset({"post", "set", "get"})


def is_common_shape(document: Mapping[str, object]) -> bool:
    """Say whether a document is of that shape and not of our own."""
    items = [item for name in ("properties", "events", "services") for item in _objects(document.get(name))]
    return "services" in document or any("identifier" in item for item in items)


def from_common_shape(document: Mapping[str, object], *, name: str) -> Document:
    """Return the same in our own shape; `read_type` says what is wrong with it. name: if the document has none."""
    profile = document.get("profile")
    named = profile.get("name") if isinstance(profile, Mapping) else None
    # `post`, `set` and `get` of all properties stand in every such document and say nothing
    services = [item for item in _objects(document.get("services")) if item.get("identifier") not in _NATURAL]
    events = [item for item in _objects(document.get("events")) if item.get("identifier") not in _NATURAL]
    return {
        "name": str(named or document.get("name") or name),
        "properties": [
            {**_value(item), **({"writable": True} if "w" in str(item.get("accessMode", "r")) else {})}
            for item in _objects(document.get("properties"))
        ],
        "events": [
            {
                **_named(item),
                "severity": _SEVERITIES.get(str(item.get("type", "info")), Severity.NOTICE).value,
                "fields": [_value(field) for field in _objects(item.get("outputData"))],
            }
            for item in events
        ],
        "commands": [
            {
                **_named(item),
                "arguments": [_value(field) for field in _objects(item.get("inputData"))],
                "confirmation": "accepted" if item.get("callType") == "async" else "done",
            }
            for item in services
        ],
    }


def to_common_shape(kind: DeviceType) -> Document:
    """Return a type in the common shape; wire names and time-outs cannot be said in it."""
    return {
        "profile": {"name": kind.name, "version": str(kind.edition)},
        "properties": [
            {**_told(item, item.unit.code), "accessMode": "rw" if item.writable else "r", "required": False}
            for item in kind.properties
        ],
        "events": [
            {
                "identifier": item.code,
                "name": item.name,
                "type": _WORDS[item.severity],
                "outputData": [_told(field, field.unit) for field in item.fields],
            }
            for item in kind.events
        ],
        "services": [
            {
                "identifier": item.code,
                "name": item.name,
                "callType": "async" if item.confirmation == "accepted" else "sync",
                "inputData": [_told(field, field.unit) for field in item.takes],
                "outputData": [],
            }
            for item in kind.commands
        ],
    }


def _told(item: ObservedProperty | Argument, unit: str) -> Document:
    specs: Document = {}
    if item.lowest is not None:
        specs["min"] = f"{item.lowest:g}"
    if item.highest is not None:
        specs["max"] = f"{item.highest:g}"
    if unit not in {"", "1"}:
        specs["unit"] = (UNITS[unit].symbol if unit in UNITS else "") or unit
    for choice in item.choices:
        specs[str(choice.value)] = choice.name
    return {"identifier": item.code, "name": item.name, "dataType": {"type": _TYPES[item.kind], "specs": specs}}


def _value(item: Mapping[str, object]) -> Document:
    data = item.get("dataType")
    shape = data if isinstance(data, Mapping) else {}
    kind = _KINDS.get(str(shape.get("type", "")).lower())
    given = shape.get("specs")
    specs = given if isinstance(given, Mapping) else {}
    found: Document = {**_named(item), "kind": kind.value if kind else str(shape.get("type"))}
    if kind in {ValueKind.NUMBER, ValueKind.INTEGER}:
        found |= {name: number for name, number in _bounds(specs).items() if number is not None}
        unit = str(specs.get("unit") or "").strip()
        found |= {"unit": _BY_SYMBOL.get(unit, unit)} if unit else {}
    if kind in {ValueKind.BOOLEAN, ValueKind.ENUMERATION}:
        found["choices"] = [
            {"value": int(key), "name": str(name)} for key, name in specs.items() if str(key).lstrip("-").isdecimal()
        ]
    return found


def _bounds(specs: Mapping[str, object]) -> dict[str, float | None]:
    return {"lowest": _number(specs.get("min")), "highest": _number(specs.get("max"))}


def _number(value: object) -> float | None:
    try:
        return float(str(value)) if value not in {None, ""} else None
    except ValueError:
        return None


def _named(item: Mapping[str, object]) -> Document:
    return {"code": str(item.get("identifier", "")), "name": str(item.get("name") or item.get("identifier", ""))}


def _objects(items: object) -> list[Mapping[str, object]]:
    if not isinstance(items, Sequence) or isinstance(items, str):
        return []
    return [item for item in items if isinstance(item, Mapping)]
