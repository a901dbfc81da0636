"""What the objects of an evaluation are called."""

from collections.abc import Mapping, Sequence

from onecity.domains.urban_management.rules.catalogue import Kind
from onecity.kernel.errors import NotFound
from onecity.platform.geo.api import divisions
from onecity.platform.identity.api import account, organisations

_GEO_LEVELS = {"6": 3, "9": 4, "12": 5}


def names_of(kind: Kind, level: str, keys: Sequence[str]) -> Mapping[str, str]:
    """Return the names of objects by key; whoever has no name is left out. level: digits of a region's code."""
    if kind == "department":
        return {str(item.id): item.short_name or item.name for item in organisations()}
    if kind == "region":
        wanted = _GEO_LEVELS.get(level)
        return {item.code: item.full_name or item.name for item in divisions(level=wanted)} if wanted else {}
    return {key: name for key in keys if (name := person_name(key))}


def person_name(key: str) -> str:
    """Return the name of an account by its actor key, such as `account:12`; "" for anybody else."""
    kind, _, number = key.partition(":")
    if kind != "account" or not number.isdigit():
        return ""
    try:
        return account(int(number)).full_name
    except NotFound:
        return ""
