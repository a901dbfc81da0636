"""Pages of database rows by key: newest first, the next page begins after the last row's instant and id."""

from typing import Final, TypeVar

from django.db.models import Model, Q, QuerySet

from onecity.web.paging import Count, Cursor, Page

Row = TypeVar("Row", bound=Model)
COUNTED_UP_TO: Final = 10_000


def page_of(
    rows: QuerySet[Row], *, after: Cursor | None, size: int, by: str = "created_at", count: Count | None = None
) -> Page[Row]:
    """Return one page. by: the instant in whose order the rows stand; with the id it must have an index."""
    if after:
        rows = rows.filter(Q(**{f"{by}__lt": after.at}) | Q(**{by: after.at, "id__lt": after.id}))
    found = list(rows.order_by(f"-{by}", "-id")[: size + 1])
    last = found[size - 1] if len(found) > size else None
    return Page(found[:size], Cursor(getattr(last, by), last.pk) if last else None, count)


def counted_page(rows: QuerySet[Row], *, after: Cursor | None, size: int, by: str = "created_at") -> Page[Row]:
    """Return one page, the first with a count."""
    return page_of(rows, after=after, size=size, by=by, count=None if after else counted(rows))


def counted(rows: QuerySet[Row]) -> Count:
    """Return how many rows there are, looking at `COUNTED_UP_TO` at most."""
    number = rows.order_by()[: COUNTED_UP_TO + 1].count()
    return Count(min(number, COUNTED_UP_TO), open_ended=number > COUNTED_UP_TO)
