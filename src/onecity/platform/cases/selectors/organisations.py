"""Names of organisations, for lists and forms."""

from onecity.platform.cases.selectors.remembered import Remembered
from onecity.platform.identity.api import organisations


def _load(_: None) -> dict[int, str]:
    return {item.id: item.short_name or item.name for item in organisations()}


_names: Remembered[None, dict[int, str]] = Remembered(_load)


def organisation_name(organisation_id: int | None) -> str:
    """Return an organisation's short name; empty for none."""
    return _names[None].get(organisation_id, "") if organisation_id is not None else ""


def organisation_choices() -> list[tuple[int, str]]:
    """Return all active organisations as (id, short name), in tree order."""
    return list(_names[None].items())
