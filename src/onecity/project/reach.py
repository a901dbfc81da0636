"""Who reaches what: every address and every operation of the city with its rule, as rows of the written matrix."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.urls import URLPattern, URLResolver, get_resolver
from ninja.constants import NOT_SET
from ninja.operation import PathView

from onecity.platform.identity.registries import builtin_roles
from onecity.project.interface import api
from onecity.project.roads import ROADS
from onecity.web.access import Access, access_of
from onecity.web.api import Needs

STRANGER: Final = "stranger"
MEMBER: Final = "member"
OPEN, DOOR, REFUSED = "open", "door", "refused"
_PLACE: Final = re.compile(r"<(?:(\w+):)?(\w+)>")
_SAMPLES: Final = {
    "int": "1",
    "str": "none",
    "slug": "none",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "path": "a/b",
}


@dataclass(frozen=True, slots=True)
class Door:
    """One address with the method it is called by, an example of it, and its rule.

    Pages are called by GET: the rule is asked before the method is looked at.
    """

    method: str
    route: str
    example: str
    rule: Access | None
    hot: bool = False


def roles() -> list[str]:
    """Return the columns of the matrix: a stranger, a member without roles, and each built-in role."""
    return [STRANGER, MEMBER, *[role.code for role in builtin_roles()]]


def permissions_of(role: str) -> tuple[str, ...]:
    """Return what a column's role may do."""
    return next((item.permissions for item in builtin_roles() if item.code == role), ())


def expected(rule: Access | None, role: str) -> str:
    """Return what a role meets at an address with this rule."""
    if rule is None:
        return REFUSED
    if rule.kind == "public":
        return OPEN
    if role == STRANGER:
        return DOOR
    return OPEN if rule.kind == "signed_in" or rule.permission in permissions_of(role) else REFUSED


def doors() -> list[Door]:
    """Return every address of pages, interface and hot roads, in order."""
    found = [*_pages(get_resolver().url_patterns, ""), *_operations(), *_roads()]
    return sorted(found, key=lambda door: (door.route, door.method))


def matrix() -> list[list[str]]:
    """Return the matrix: a heading, then a row for each address."""
    rows = [["method", "route", *roles()]]
    for door in doors():
        rows.append([door.method, door.route, *[expected(door.rule, role) for role in roles()]])
    return rows


def _pages(patterns: list[Any], before: str) -> Iterator[Door]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _pages(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            rule = access_of(pattern.callback)
            if rule is None or rule.kind != "operation":
                yield Door("GET", f"/{route}", f"/{_PLACE.sub(_sample, route)}", rule)


def _operations() -> Iterator[Door]:
    for prefix, router in api._routers:
        for path, view in router.path_operations.items():
            assert isinstance(view, PathView)
            for operation in view.operations:
                auth = operation.auth_param
                needs = auth if isinstance(auth, Needs) else None
                if auth is not NOT_SET and needs is None:
                    raise TypeError(f"{path}: operations take needs(...) or for_everyone()")
                route = "/api/" + f"{prefix}{path}".lstrip("/")
                example = re.sub(r"{(?:(\w+):)?(\w+)}", _sample, route)
                for method in operation.methods:
                    yield Door(method, route, example, needs.access if needs else None)


def _roads() -> Iterator[Door]:
    for road in ROADS:
        yield Door(road.method, road.path, re.sub(r"{(\w+)(:path)?}", "1", road.path), road.access, hot=True)


def _sample(found: re.Match[str]) -> str:
    return _SAMPLES[found.group(1) or "str"]
