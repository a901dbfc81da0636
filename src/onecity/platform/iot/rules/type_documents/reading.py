"""From a document to a type of device; whatever is wrong is named by its place."""

import re
from collections.abc import Mapping
from typing import Final

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.kernel.units import ONE, UNITS, Unit
from onecity.platform.iot.declare import (
    Argument,
    Choice,
    Command,
    Confirmation,
    DeviceEvent,
    DeviceType,
    ObservedProperty,
    Protocol,
    ProtocolMapping,
    Severity,
    ValueKind,
    WireField,
)
from onecity.platform.iot.rules.type_documents.parts import Faults, Part

CODE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,49}")
UCUM: Final = re.compile(r"[!-~]{1,20}")
MOST_DECIMALS: Final = 9
LONGEST_PATIENCE_S: Final = 366 * 86_400
NUMERIC: Final = frozenset({ValueKind.NUMBER, ValueKind.INTEGER})


class BadDocument(Invalid):
    """The document is no type of device; `fields` name what is wrong by its place."""

    code = "iot.bad_type"
    message = zh("物模型有误")


def read_type(code: str, *, edition: int, content: Mapping[str, object]) -> DeviceType:
    """Return the type of device that a document describes.

    Raises: BadDocument.
    """
    faults = Faults()
    part = Part(content, "", faults)
    kind = DeviceType(
        code=code,
        name=part.text("name"),
        properties=part.each("properties", _property),
        mappings=part.each("mappings", _mapping, most=20),
        commands=part.each("commands", _command),
        silent_after_s=part.integer("silent_after_s", 7200, lowest=10, highest=LONGEST_PATIENCE_S),
        icon=part.text("icon", "router", longest=30),
        events=part.each("events", _event),
        edition=edition,
    )
    _check_whole(part, kind)
    if faults.found:
        raise BadDocument(fields=faults.found)
    return kind


def _check_whole(part: Part, kind: DeviceType) -> None:
    part.unique("properties", [item.code for item in kind.properties])
    part.unique("events", [item.code for item in kind.events])
    part.unique("commands", [item.code for item in kind.commands])
    part.unique("mappings", [item.protocol for item in kind.mappings], inside="protocol")
    known = {item.code for item in kind.properties}
    for number, mapping in enumerate(kind.mappings):
        inner = Part({}, f"mappings.{number}", part.faults)
        inner.unique("fields", [item.name for item in mapping.fields], inside="name")
        for place, item in enumerate(mapping.fields):
            if item.property_code not in known:
                inner.fault(f"fields.{place}.property", zh("物模型没有这个属性"))


def _property(part: Part) -> ObservedProperty:
    kind = part.choice("kind", ValueKind, ValueKind.NUMBER)
    lowest, highest = _bounds(part, kind)
    return ObservedProperty(
        code=_code(part),
        name=part.text("name"),
        unit=_unit(part, kind),
        decimals=part.integer("decimals", 1 if kind is ValueKind.NUMBER else 0, lowest=0, highest=MOST_DECIMALS),
        kind=kind,
        lowest=lowest,
        highest=highest,
        choices=_choices(part, kind),
        writable=part.flag("writable", default=False),
    )


def _argument(part: Part) -> Argument:
    kind = part.choice("kind", ValueKind, ValueKind.NUMBER)
    lowest, highest = _bounds(part, kind)
    unit = _unit(part, kind)
    return Argument(
        code=_code(part),
        name=part.text("name"),
        kind=kind,
        unit="" if unit == ONE else unit.code,
        lowest=lowest,
        highest=highest,
        choices=_choices(part, kind),
        needed=part.flag("needed", default=True),
        longest=part.integer("longest", 200, lowest=1, highest=4096),
    )


def _event(part: Part) -> DeviceEvent:
    found = DeviceEvent(
        code=_code(part),
        name=part.text("name"),
        severity=part.choice("severity", Severity, Severity.NOTICE),
        fields=part.each("fields", _argument, most=50),
    )
    part.unique("fields", [item.code for item in found.fields])
    return found


def _command(part: Part) -> Command:
    found = Command(
        code=_code(part),
        name=part.text("name"),
        arguments=part.each("arguments", _argument, most=50),
        confirmation=part.choice("confirmation", Confirmation, Confirmation.DONE),
        timeout_s=part.integer("timeout_s", 120, lowest=1, highest=7 * 86_400),
        retries=part.integer("retries", 0, lowest=0, highest=20),
    )
    part.unique("arguments", [item.code for item in found.arguments])
    return found


def _mapping(part: Part) -> ProtocolMapping:
    return ProtocolMapping(part.choice("protocol", Protocol, Protocol.MQTT), part.each("fields", _wire_field))


def _wire_field(part: Part) -> WireField:
    scale = part.number("scale")
    if scale is not None and scale <= 0:
        part.fault("scale", zh("换算系数应大于零"))
    return WireField(part.text("name"), part.text("property"), 1.0 if scale is None else scale)


def _code(part: Part) -> str:
    code = part.text("code", longest=50)
    if code and not CODE.fullmatch(code):
        part.fault("code", zh("编码由字母、数字和下划线组成，以字母开头，不超过50个字符"))
    return code


def _bounds(part: Part, kind: ValueKind) -> tuple[float | None, float | None]:
    lowest, highest = part.number("lowest"), part.number("highest")
    if kind not in NUMERIC and (lowest, highest) != (None, None):
        part.fault("lowest", zh("只有数值才有范围"))
    if lowest is not None and highest is not None and lowest > highest:
        part.fault("highest", zh("上限不能低于下限"))
    return lowest, highest


def _unit(part: Part, kind: ValueKind) -> Unit:
    code = part.text("unit", "", longest=20)
    if not code or code == ONE.code:
        return ONE
    if kind not in NUMERIC:
        part.fault("unit", zh("只有数值才有计量单位"))
    elif not UCUM.fullmatch(code):
        part.fault("unit", zh("计量单位应为 UCUM 代码"))
    return UNITS.get(code) or Unit(code, code, code)


def _choices(part: Part, kind: ValueKind) -> tuple[Choice, ...]:
    found = part.each("choices", _choice, most=200)
    if kind is ValueKind.ENUMERATION and not found:
        part.fault("choices", zh("枚举至少要有一个取值"))
    if kind not in {ValueKind.ENUMERATION, ValueKind.BOOLEAN} and found:
        part.fault("choices", zh("只有枚举和布尔才有取值名称"))
    part.unique("choices", [item.value for item in found], inside="value")
    return found


def _choice(part: Part) -> Choice:
    return Choice(part.integer("value", 0, lowest=-(2**31), highest=2**31 - 1), part.text("name"))
