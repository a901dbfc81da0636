"""Names of organisations, for lists and forms."""

from onecity.platform.cases.selectors.remembered import Remembered
from onecity.platform.identity.api import organisations


def _load(_: None) -> dict[int, str]:
    return {item.id: item.short_name or item.name for item in organisations()}


def _load_parents(_: None) -> dict[int, int | None]:
    return {item.id: item.parent_id for item in organisations()}


_parents: Remembered[None, dict[int, int | None]] = Remembered(_load_parents)
_names: Remembered[None, dict[int, str]] = Remembered(_load)


def organisation_name(organisation_id: int | None) -> str:
    """Return an organisation's short name; empty for none."""
    return _names[None].get(organisation_id, "") if organisation_id is not None else ""


def organisation_above(organisation_id: int, *, levels: int) -> int:
    """Return the organisation so many levels up; the topmost one where the tree is not that high."""
    current = organisation_id
    for _ in range(levels):
        above = _parents[None].get(current)
        if above is None:
            break
        current = above
    return current


def organisation_choices() -> list[tuple[int, str]]:
    """Return all active organisations as (id, short name), in tree order."""
    return list(_names[None].items())
