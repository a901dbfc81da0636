"""From a type of device to its document: what is as it would be anyway is left out."""

from collections.abc import Sequence

from onecity.kernel.units import ONE
from onecity.platform.iot.declare import (
    Argument,
    Choice,
    Command,
    Confirmation,
    DeviceEvent,
    DeviceType,
    ObservedProperty,
    ProtocolMapping,
    Severity,
    ValueKind,
)

Document = dict[str, object]


def written_type(kind: DeviceType) -> Document:
    """Return the document of a type; `read_type` gives the type back."""
    return {
        "name": kind.name,
        "icon": kind.icon,
        "silent_after_s": kind.silent_after_s,
        "properties": [_property(item) for item in kind.properties],
        "events": [_event(item) for item in kind.events],
        "commands": [_command(item) for item in kind.commands],
        "mappings": [_mapping(item) for item in kind.mappings],
    }


def _property(item: ObservedProperty) -> Document:
    plain = 1 if item.kind is ValueKind.NUMBER else 0
    return {
        "code": item.code,
        "name": item.name,
        "kind": item.kind.value,
        **_given("unit", item.unit.code, ONE.code),
        **_given("decimals", item.decimals, plain),
        **_given("lowest", item.lowest, None),
        **_given("highest", item.highest, None),
        **_choices(item.choices),
        **_given("writable", item.writable, plain=False),
    }


def _argument(item: Argument) -> Document:
    return {
        "code": item.code,
        "name": item.name,
        "kind": item.kind.value,
        **_given("unit", item.unit, ""),
        **_given("lowest", item.lowest, None),
        **_given("highest", item.highest, None),
        **_choices(item.choices),
        **_given("needed", item.needed, plain=True),
        **_given("longest", item.longest, 200),
    }


def _event(item: DeviceEvent) -> Document:
    return {
        "code": item.code,
        "name": item.name,
        **_given("severity", item.severity.value, Severity.NOTICE.value),
        **_some("fields", [_argument(field) for field in item.fields]),
    }


def _command(item: Command) -> Document:
    return {
        "code": item.code,
        "name": item.name,
        **_some("arguments", [_argument(argument) for argument in item.takes]),
        **_given("confirmation", item.confirmation.value, Confirmation.DONE.value),
        **_given("timeout_s", item.timeout_s, 120),
        **_given("retries", item.retries, 0),
    }


def _mapping(item: ProtocolMapping) -> Document:
    return {
        "protocol": item.protocol.value,
        "fields": [
            {"name": field.name, "property": field.property_code, **_given("scale", field.scale, 1.0)}
            for field in item.fields
        ],
    }


def _choices(choices: Sequence[Choice]) -> Document:
    return _some("choices", [{"value": item.value, "name": item.name} for item in choices])


def _some(name: str, items: Sequence[Document]) -> Document:
    return {name: list(items)} if items else {}


def _given(name: str, value: object, plain: object) -> Document:
    return {} if value == plain else {name: value}
