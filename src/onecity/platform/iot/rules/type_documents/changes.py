"""What one edition of a type changed against another, and whether devices and rules of the old one still fit."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from onecity.platform.iot.declare import DeviceType
from onecity.platform.iot.rules.type_documents.writing import written_type

What = Literal["added", "removed", "changed"]
_LISTS: Final = {"properties": "code", "events": "code", "commands": "code", "mappings": "protocol"}
_FACTS: Final = ("name", "icon", "silent_after_s")
_BREAKING: Final = frozenset({"unit", "kind", "choices"})


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. place: such as `properties.pm2_5.unit`. breaks: what was stored may not fit any more."""

    place: str
    what: What
    before: object
    after: object
    breaks: bool = False


def changes_between(old: DeviceType, new: DeviceType) -> list[Change]:
    """Return what differs, in the order of the document."""
    before, after = written_type(old), written_type(new)
    found = [Change(name, "changed", before[name], after[name]) for name in _FACTS if before[name] != after[name]]
    for name, key in _LISTS.items():
        found += _items(name, _by(before[name], key), _by(after[name], key))
    return found


def _items(name: str, old: Mapping[str, Mapping[str, object]], new: Mapping[str, Mapping[str, object]]) -> list[Change]:
    found = [
        Change(f"{name}.{code}", "removed", item, None, breaks=True) for code, item in old.items() if code not in new
    ]
    for code, item in new.items():
        if code not in old:
            found.append(Change(f"{name}.{code}", "added", None, item))
        else:
            found += _inside(f"{name}.{code}", old[code], item)
    return found


def _inside(place: str, old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[Change]:
    for field in dict.fromkeys([*old, *new]):
        if old.get(field) != new.get(field):
            yield Change(f"{place}.{field}", "changed", old.get(field), new.get(field), breaks=field in _BREAKING)


def _by(items: object, key: str) -> dict[str, Mapping[str, object]]:
    assert isinstance(items, list)
    return {str(item[key]): item for item in items}
