"""What a command's arguments must be: typed, within bounds, none missing and none too many."""

from collections.abc import Mapping, Sequence
from typing import Final

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.iot.declare import Argument, ValueKind

WRONG_KIND: Final = zh("参数类型不符")
OUT_OF_BOUNDS: Final = zh("参数超出允许的范围")
NEEDED: Final = zh("缺少参数")
UNKNOWN: Final = zh("没有这个参数")
TOO_LONG: Final = zh("参数过长")
DEEPEST: Final = 8


def checked(takes: Sequence[Argument], given: Mapping[str, object]) -> dict[str, object]:
    """Return the arguments as they are sent: whole numbers as such, those not given left out.

    Raises: Invalid naming each argument that is wrong.
    """
    known = {item.code: item for item in takes}
    faults = {code: UNKNOWN for code in given if code not in known}
    found: dict[str, object] = {}
    for code, item in known.items():
        if code not in given or given[code] is None:
            if item.needed:
                faults[code] = NEEDED
            continue
        value = given[code]
        fault = fault_of(item, value)
        if fault:
            faults[code] = fault
        else:
            found[code] = int(value) if item.kind is ValueKind.INTEGER and isinstance(value, float) else value
    if faults:
        raise Invalid(fields=faults)
    return found


def fault_of(item: Argument, value: object) -> str:
    """Return what is wrong with a value; "" if nothing is."""
    if item.kind is ValueKind.BOOLEAN:
        return "" if isinstance(value, bool) else WRONG_KIND
    if item.kind is ValueKind.TEXT:
        return _text_fault(item, value)
    if item.kind is ValueKind.OBJECT:
        return "" if isinstance(value, dict | list) and _depth(value) <= DEEPEST else WRONG_KIND
    return _number_fault(item, value)


def typed(item: Argument, text: str) -> object:
    """Return what a person typed as a value of the argument's kind; the text itself where it is none."""
    if item.kind is ValueKind.BOOLEAN:
        return {"true": True, "1": True, "on": True, "false": False, "0": False}.get(text.lower(), text)
    if item.kind in {ValueKind.NUMBER, ValueKind.INTEGER, ValueKind.ENUMERATION}:
        try:
            return int(text) if text.lstrip("+-").isdecimal() else float(text)
        except ValueError:
            return text
    return text


def _text_fault(item: Argument, value: object) -> str:
    if not isinstance(value, str) or "\0" in value:
        return WRONG_KIND
    return TOO_LONG if len(value) > item.longest else ""


def _number_fault(item: Argument, value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < float("inf"):
        return WRONG_KIND
    if item.kind is not ValueKind.NUMBER and value != int(value):
        return WRONG_KIND
    if item.kind is ValueKind.ENUMERATION:
        return "" if value in {choice.value for choice in item.choices} else OUT_OF_BOUNDS
    low, high = item.lowest, item.highest
    return OUT_OF_BOUNDS if (low is not None and value < low) or (high is not None and value > high) else ""


def _depth(value: object, so_far: int = 1) -> int:
    inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    return so_far if not inner or so_far > DEEPEST else max(_depth(item, so_far + 1) for item in inner)
