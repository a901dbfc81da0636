"""How a type's properties and commands look."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext

from onecity.kernel.text import zh
from onecity.platform.iot.declare import Argument, Command, Confirmation, DeviceType, ObservedProperty
from onecity.platform.iot.forms.types import VALUE_KINDS
from onecity.platform.iot.views.shown import symbol

KINDS: Final = dict(VALUE_KINDS)
CONFIRMATIONS: Final = {
    Confirmation.SENT: zh("下发即完成"),
    Confirmation.ACCEPTED: zh("设备受理即完成"),
    Confirmation.DONE: zh("设备执行后完成"),
}


@dataclass(frozen=True, slots=True)
class PropertyRow:
    """A property as the table shows it."""

    item: ObservedProperty
    kind: str
    unit: str
    range: str


@dataclass(frozen=True, slots=True)
class ArgumentRow:
    """An argument as the table shows it."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class CommandRow:
    """A command as the table shows it."""

    item: Command
    arguments: tuple[ArgumentRow, ...]
    confirmation: str


def property_rows(kind: DeviceType) -> list[PropertyRow]:
    """Return a type's properties."""
    return [
        PropertyRow(item, KINDS[item.kind], symbol(item.unit.code) if item.unit.code != "1" else "", bounds(item))
        for item in kind.properties
    ]


def command_rows(kind: DeviceType) -> list[CommandRow]:
    """Return a type's commands."""
    return [
        CommandRow(
            item,
            tuple(ArgumentRow(argument.name, argument_text(argument)) for argument in item.takes),
            CONFIRMATIONS[item.confirmation],
        )
        for item in kind.commands
    ]


def argument_text(item: Argument) -> str:
    """Return what an argument may be, in a few words."""
    parts = [gettext(KINDS[item.kind]), bounds(item), symbol(item.unit), "" if item.needed else gettext("可选")]
    return " ".join(part for part in parts if part)


def bounds(item: ObservedProperty | Argument) -> str:
    """Return the values that are possible, in a few signs; "" where nothing bounds them."""
    if item.choices:
        return "，".join(f"{choice.value}={gettext(choice.name)}" for choice in item.choices)
    low, high = item.lowest, item.highest
    if low is None and high is None:
        return ""
    if high is None:
        return f"≥ {low:g}"
    return f"≤ {high:g}" if low is None else f"{low:g} – {high:g}"
