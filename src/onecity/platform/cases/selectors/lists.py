"""Lists and counts of cases as an actor sees them."""

from collections.abc import Generator
from typing import Any, TypeVar

from django.db import connection

from onecity.kernel.actor import EVERYTHING, Actor, ScopeKey
from onecity.kernel.errors import NotFound
from onecity.kernel.text import zh
from onecity.platform.cases.contracts import CaseFilter, CaseRow
from onecity.platform.cases.models import Case
from onecity.platform.cases.permissions import LOOK, VIEW
from onecity.platform.cases.selectors.classes import class_name
from onecity.platform.cases.selectors.plans import (
    SHORTEST_NUMBER,
    PlanOf,
    Row,
    Rows,
    count_plan,
    list_plan,
    number_plan,
    phone_plan,
)
from onecity.platform.cases.selectors.scopes import covers, organisation_keys
from onecity.platform.cases.selectors.statements import Statement, Wanted, words_of
from onecity.platform.cases.selectors.types import type_of, types, visible_types
from onecity.platform.cases.selectors.versions import version
from onecity.platform.identity.api import search_hashes
from onecity.web.paging import PAGE_SIZE, Count, Cursor, Page

R = TypeVar("R")


def cases(
    actor: Actor,
    *,
    filters: CaseFilter = CaseFilter(),  # noqa: B008  # frozen
    search: str = "",
    after: Cursor | None = None,
    size: int = PAGE_SIZE,
) -> Page[CaseRow]:
    """Return the cases that the actor may see, newest first.

    search: words in title, description or address; a number, or its beginning with the day; a reporter's phone.
    """
    wanted = wanted_list(actor, filters=filters, search=search, after=after, size=size)
    if not wanted.keys:
        return Page(rows=[], count=Count(0))
    found = hold(plan_of(actor, wanted, search=search))
    total = None
    if after is None:
        total = _count_shown(wanted, len(found.rows), more=found.next is not None)
    return Page(rows=[case_row(row) for row in found.rows], next=found.next, count=total)


def count_cases(actor: Actor, *, filters: CaseFilter = CaseFilter()) -> Count:  # noqa: B008  # frozen
    """Return how many cases of a status and a type the actor may see; other filters are not counted by."""
    wanted = wanted_list(actor, filters=filters)
    return hold(count_plan(wanted, disjoint=_disjoint(wanted.keys))) if wanted.keys else Count(0)


def wanted_list(
    actor: Actor, *, filters: CaseFilter, search: str = "", after: Cursor | None = None, size: int = PAGE_SIZE
) -> Wanted:
    """Return what a list shows to an actor: his scopes without those inside others, and the types he may see."""
    allowed = visible_types(actor)
    if filters.type_code:
        allowed = tuple(item for item in allowed if item.code == filters.type_code)
    narrowed = len(allowed) < len(types())
    return Wanted(
        keys=outermost(actor.scopes(VIEW)),
        filters=filters,
        type_ids=tuple(item.id for item in allowed) if narrowed else None,
        words=words_of(search),
        after=after,
        size=size,
    )


def outermost(keys: frozenset[ScopeKey]) -> tuple[ScopeKey, ...]:
    """Return the keys that lie inside no other, in order; `*` alone if it is among them."""
    if EVERYTHING in keys:
        return (EVERYTHING,)
    kept = []
    for key in sorted(keys):
        above = (
            set(organisation_keys(int(key[2:]))) - {key}
            if key.startswith("o:")
            else {ScopeKey(key[:size]) for size in (8, 11) if size < len(key)}
        )
        if not above & keys:
            kept.append(key)
    return tuple(kept)


def plan_of(actor: Actor, wanted: Wanted, *, search: str) -> PlanOf:
    """Return the plan of a list: by number, by phone, or by words."""
    plain = search.strip()
    if plain.isascii() and plain.isdigit():
        if SHORTEST_NUMBER <= len(plain) <= 19:
            return number_plan(wanted, number=plain)
        if len(plain) == 11 and plain.startswith("1") and actor.may(LOOK):
            return phone_plan(wanted, hashes=search_hashes(plain))
    return list_plan(wanted)


def hold(plan: "Generator[Statement, Rows, R]") -> R:
    """Run a plan on Django's connection."""
    try:
        statement = next(plan)
        while True:
            statement = plan.send(_rows(statement))
    except StopIteration as end:
        result: R = end.value
        return result


def case_row(row: Row) -> CaseRow:
    """Read a row of `statements.COLUMNS`."""
    (
        case_id, number, type_id, title, scheme, class_code, source, urgency, status, stage, light, organisation,
        handler, division, address, longitude, latitude, opened_at, due_at, closed_at, version_id,
    ) = row  # fmt: skip
    kind = type_of(type_id)
    return CaseRow(
        id=case_id,
        number=number,
        type_code=kind.code,
        type_name=kind.name,
        title=title,
        class_code=class_code,
        class_name=class_name(scheme, class_code),
        source_code=source,
        urgency=urgency,
        status=status,
        stage_code=stage,
        stage_name=version(version_id).settings.stage_name(stage),
        light=light,
        organisation_id=organisation,
        handler_id=handler,
        division_code=division,
        address=address,
        location=(longitude, latitude) if longitude is not None else None,
        opened_at=opened_at,
        due_at=due_at,
        closed_at=closed_at,
    )


def _rows(statement: Statement) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement.sql, statement.values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _count_shown(wanted: Wanted, shown: int, *, more: bool) -> Count:
    """Return the count of a list's first page: exact by counters, or by what is shown, else a number surely reached."""
    if not more:
        return Count(shown)
    if _counted(wanted):
        return hold(count_plan(wanted, disjoint=_disjoint(wanted.keys)))
    return Count(shown, open_ended=True)


def _counted(wanted: Wanted) -> bool:
    """Say whether counters know the list: nothing narrows it but status and type."""
    filters = wanted.filters
    return not wanted.words and filters == CaseFilter(status=filters.status, type_code=filters.type_code)


def _disjoint(keys: tuple[ScopeKey, ...]) -> bool:
    """Say whether no case is seen under two of these keys: it lies in one division, but may have several bodies."""
    return len(keys) <= 1 or all(key.startswith("d:") for key in keys)


def may_read_files(actor: Actor, case_id: int) -> bool:
    """Say whether the actor may read the files of a case: whoever sees the case."""
    row = Case.objects.filter(id=case_id).values_list("scope_keys", "case_type_id").first()
    return (
        row is not None
        and covers(actor, VIEW, keys=frozenset(row[0]))
        and row[1] in {item.id for item in visible_types(actor)}
    )


def number_of(actor: Actor, case_id: int) -> str:
    """Return the number of a case that the actor may see, by its id.

    Raises: NotFound.
    """
    row = Case.objects.filter(id=case_id).values_list("number", "scope_keys").first()
    if row is None or not covers(actor, VIEW, keys=frozenset(row[1])):
        raise NotFound(zh("没有这个案件，或您无权查看"))
    return str(row[0])
