"""What all modules declared to cases."""

from functools import cache

from onecity.kernel.registry import Registry, declared
from onecity.platform.cases.declare import Action, CaseType, Classification, Condition, Panel, Source
from onecity.platform.identity.declare import Permission


@cache
def case_types() -> Registry[CaseType]:
    """Return every declared case type."""
    return declared(CaseType)


@cache
def actions() -> Registry[Action]:
    """Return every declared action."""
    return declared(Action)


@cache
def conditions() -> dict[str, Condition]:
    """Return every declared condition function by the name that expressions use."""
    return {item.code.rpartition(".")[2]: item for item in declared(Condition)}


@cache
def classifications() -> Registry[Classification]:
    """Return every declared classification."""
    return declared(Classification)


@cache
def sources() -> Registry[Source]:
    """Return every declared source."""
    return declared(Source)


@cache
def panels() -> Registry[Panel]:
    """Return every declared panel of the case page."""
    return declared(Panel)


@cache
def permission_codes() -> frozenset[str]:
    """Return the codes of all declared permissions, which posts of tasks must be among."""
    return frozenset(item.code for item in declared(Permission))


@cache
def permission_names() -> dict[str, str]:
    """Return the names of all declared permissions by code."""
    return {item.code: item.name for item in declared(Permission)}
