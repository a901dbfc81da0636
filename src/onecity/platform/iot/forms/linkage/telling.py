"""What an edition says, as its form begins with it."""

from collections.abc import Mapping

from onecity.platform.iot.contracts.linkage import LinkageText
from onecity.platform.iot.forms.linkage.names import SAID
from onecity.platform.iot.rules.conditions.parts import parts_of


def told(text: LinkageText, *, keys: Mapping[int, str]) -> dict[str, object]:
    """Return what an edition says as the form begins with it. keys: of the devices that it names, by id."""
    parts = parts_of(text.parts) if text.parts is not None else None
    said: dict[str, object] = {
        "mode": text.mode,
        "type_code": text.type_code,
        "group_id": str(text.group_id or ""),
        "device_keys": "\n".join(keys[number] for number in text.device_ids if number in keys),
        "how": "parts" if parts else "expert",
        "condition": text.condition,
        "ending": text.ending,
        "hold_min": text.hold_s / 60,
        "end_hold_min": text.end_hold_s / 60,
        "step_s": text.step_s,
        "late_s": text.late_s,
        "note": text.note,
    }
    if parts:
        said |= {"join": parts.join, "quantity": parts.quantity, "number": parts.number}
        for place, row in enumerate(parts.rows):
            values = (row.function, row.property, row.window_s / 60, row.compare, row.value, row.end_value)
            names = ("function", "property", "window", "compare", "value", "end")
            said |= {f"p{place}_{name}": value for name, value in zip(names, values, strict=True)}
    for place, action in enumerate(text.actions):
        said[f"a{place}_kind"] = action.kind
        said |= {f"a{place}_{name}": getattr(action, name) for name in SAID}
    return said


def beginning() -> dict[str, object]:
    """Return what a new rule's form begins with."""
    return {
        "mode": "each",
        "how": "parts",
        "join": "and",
        "quantity": "exists",
        "a0_kind": "alarm",
        "a0_severity": "minor",
    }
