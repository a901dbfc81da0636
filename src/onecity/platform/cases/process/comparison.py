"""What differs between two diagrams, element by element."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, is_dataclass
from typing import Literal

from onecity.platform.cases.process.elements import Diagram


@dataclass(frozen=True, slots=True)
class Difference:
    """An element that was added, removed or changed. fields: what changed, as (name, before, after)."""

    element: str
    name: str
    kind: Literal["added", "removed", "changed"]
    fields: tuple[tuple[str, str, str], ...] = ()


def differences(before: Diagram, after: Diagram) -> list[Difference]:
    """Return what differs, in the order of element ids."""
    old, new = _elements(before), _elements(after)
    found: list[Difference] = []
    for key in sorted({*old, *new}):
        if key not in old:
            found.append(Difference(key, _name(new[key]), "added"))
        elif key not in new:
            found.append(Difference(key, _name(old[key]), "removed"))
        elif old[key] != new[key]:
            found.append(Difference(key, _name(new[key]), "changed", _changed(old[key], new[key])))
    return found


def _elements(diagram: Diagram) -> Mapping[str, object]:
    flows = {flow.id: flow for flow in diagram.flows}
    return {**diagram.user_tasks, **diagram.service_tasks, **diagram.gateways, **diagram.ends, **flows}


def _name(element: object) -> str:
    return str(getattr(element, "name", ""))


def _changed(old: object, new: object) -> tuple[tuple[str, str, str], ...]:
    if not is_dataclass(old) or isinstance(old, type) or not is_dataclass(new) or isinstance(new, type):
        return ()
    before, after = asdict(old), asdict(new)
    names = sorted({*before, *after})
    return tuple(
        (name, _text(before.get(name)), _text(after.get(name))) for name in names if before.get(name) != after.get(name)
    )


def _text(value: object) -> str:
    if isinstance(value, list | tuple):
        return "；".join(_text(item) for item in value)
    if isinstance(value, dict):
        return "，".join(f"{key}={item}" for key, item in value.items() if item not in {"", False, None})
    return "" if value is None else str(value)
