"""What differs between two versions of an entry."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Said = str | int | bool | None | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs. what: name of the item, or of the field; aspect: which part of a field, empty for all of
    it. before, after: None where it was not there."""

    kind: Literal["item", "field"]
    change: Literal["added", "removed", "changed"]
    what: str
    aspect: str = ""
    before: Said = None
    after: Said = None


def differences(
    before: Mapping[str, Said],
    *,
    after: Mapping[str, Said],
    fields_before: Sequence[Mapping[str, Said]],
    fields_after: Sequence[Mapping[str, Said]],
) -> list[Difference]:
    """Return what differs, items first, then fields in the order of the later version, those taken out last.

    before, after: the same keys. fields: mappings with the key `name` among others.
    """
    found = [
        Difference("item", "changed", key, "", before[key], after[key]) for key in after if before[key] != after[key]
    ]
    old = {field["name"]: field for field in fields_before}
    new = {field["name"]: field for field in fields_after}
    for name, field in new.items():
        known = old.get(name)
        if known is None:
            found.append(Difference("field", "added", str(name), "", None, field["title"]))
            continue
        found += [
            Difference("field", "changed", str(name), aspect, known[aspect], value)
            for aspect, value in field.items()
            if known[aspect] != value
        ]
    found += [
        Difference("field", "removed", str(name), "", field["title"], None)
        for name, field in old.items()
        if name not in new
    ]
    return found
