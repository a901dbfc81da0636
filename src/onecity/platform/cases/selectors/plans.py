"""How a list is read: a conversation with the database that pages and hot roads hold each in their own way.

A plan yields statements and is sent their rows; what it returns is the page. Search and filters first test the newest
rows that the actor may see, which finds whatever is frequent; what is rare is found through the search index. How many
of the tested rows matched tells how far back a page reaches, so the index is asked for those weeks first.
"""

from collections.abc import Generator, Sequence
from typing import Any, Final

from onecity.platform.cases.rules.terms import WEEK, pairs
from onecity.platform.cases.selectors.statements import (
    Statement,
    Wanted,
    by_number,
    by_phone,
    by_terms,
    count,
    count_distinct,
    last_walked,
    walk,
)
from onecity.web.paging import Count, Cursor

Row = Sequence[Any]
Rows = Sequence[Row]
PlanOf = Generator[Statement, Rows, "Found"]

WINDOW: Final = 250
WIDE_WINDOW: Final = 1_000
MOST_WEEKS: Final = 80
TRIES: Final = 2
MARGIN: Final = 2  # how many pages the weeks that are asked first should hold
MOST_WALKED: Final = 20_000
COUNTED_ONE_BY_ONE: Final = 5_000
SHORTEST_NUMBER: Final = 14
_AT, _ID = 17, 0


class Found:
    """Rows of a page, and where the next one begins; None after the last."""

    def __init__(self, rows: Rows, next_cursor: Cursor | None) -> None:
        self.rows = rows
        self.next = next_cursor


def list_plan(wanted: Wanted) -> PlanOf:
    """Return the plan of a list without a search for a number."""
    if wanted.plain:
        rows = yield walk(wanted, window=wanted.size + 1)
        return _page(rows, wanted)
    window = WIDE_WINDOW if wanted.everything else WINDOW
    rows = yield walk(wanted, window=window)
    if len(rows) > wanted.size:
        return _page(rows, wanted)
    end = yield last_walked(wanted, window=window)
    if not end:
        return _page(rows, wanted)
    if _selective(wanted):
        return (yield from _through_index(wanted, hits=len(rows), edge=end[0]))
    return (yield from _walk_on(wanted, rows=rows, end=end[0], walked=window))


def number_plan(wanted: Wanted, *, number: str) -> PlanOf:
    """Return the plan of a search by a case number or its beginning, division and day at least."""
    rows = yield by_number(wanted, number=number)
    return _page(rows, wanted)


def phone_plan(wanted: Wanted, *, hashes: Sequence[str]) -> PlanOf:
    """Return the plan of a search by the reporter's phone number."""
    rows = yield by_phone(wanted, hashes=hashes)
    return _page(rows, wanted)


def count_plan(wanted: Wanted, *, disjoint: bool) -> Generator[Statement, Rows, Count]:
    """Return the plan of a count by counters; exact for one key and for disjoint ones.

    Keys that overlap are counted case by case while they hold few; beyond that the largest one is a number that is
    surely reached.
    """
    rows = yield count(wanted)
    numbers = [int(row[1]) for row in rows]
    if len(numbers) <= 1 or disjoint:
        return Count(sum(numbers))
    if sum(numbers) <= COUNTED_ONE_BY_ONE:
        rows = yield count_distinct(wanted)
        return Count(int(rows[0][0]))
    return Count(max(numbers), open_ended=True)


def _selective(wanted: Wanted) -> bool:
    """Say whether the search index can narrow the list: by a pair of characters or a fact, seldom by a type alone."""
    if any(pairs(word) for word in wanted.words):
        return True
    filters = wanted.filters
    named = (filters.class_code, filters.source_code, filters.opened_by, filters.handler_id, filters.division_code)
    tested_by_row = wanted.words or filters.stage_code or filters.light
    return bool(wanted.terms()) and (any(named) or not tested_by_row)


def _through_index(wanted: Wanted, *, hits: int, edge: Row) -> PlanOf:
    """Ask the search index for as many weeks as a page should reach back, once more if they held less, then for all.

    hits: how many rows of the window matched. edge: instant and id of the window's last row, and its newest instant.
    """
    oldest, _, newest = edge
    reach = max(newest - oldest, WEEK / 7)
    for _ in range(TRIES):
        if not hits:
            break
        reach *= MARGIN * (wanted.size + 1) / hits
        if reach > MOST_WEEKS * WEEK:
            break
        rows = yield by_terms(wanted, period=(newest - reach, newest))
        if len(rows) > wanted.size:
            return _page(rows, wanted)
        hits = len(rows)
    rows = yield by_terms(wanted)
    return _page(rows, wanted)


def _walk_on(wanted: Wanted, *, rows: Rows, end: Row, walked: int) -> PlanOf:
    """Test older rows, a window at a time, until the page is full, nothing is left, or enough has been tested."""
    gathered = list(rows)
    cursor = Cursor(at=end[0], id=end[1])
    while len(gathered) <= wanted.size and walked < MOST_WALKED:
        further = _after(wanted, cursor)
        window = min(WINDOW * 16, MOST_WALKED - walked)
        gathered.extend((yield walk(further, window=window)))
        walked += window
        last = yield last_walked(further, window=window)
        if not last:
            return _page(gathered, wanted)
        cursor = Cursor(at=last[0][0], id=last[0][1])
    return _page(gathered, wanted) if len(gathered) > wanted.size else Found(gathered, cursor)


def _after(wanted: Wanted, cursor: Cursor) -> Wanted:
    return Wanted(wanted.keys, wanted.filters, wanted.type_ids, wanted.words, cursor, wanted.size)


def _page(rows: Rows, wanted: Wanted) -> Found:
    shown = rows[: wanted.size]
    more = len(rows) > wanted.size
    return Found(shown, Cursor(at=shown[-1][_AT], id=shown[-1][_ID]) if more else None)
