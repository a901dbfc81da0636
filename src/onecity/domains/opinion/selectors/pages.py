"""Pages by key over any table that is listed by an instant and its id, the newest first."""

from typing import Final, TypeVar

from django.db.models import Model, Q, QuerySet

from onecity.web.listing import Query
from onecity.web.paging import Count, Cursor, Page

COUNTED_UP_TO: Final = 10_000
Row = TypeVar("Row", bound=Model)


def page_of(rows: QuerySet[Row], query: Query, *, at: str) -> Page[Row]:
    """Return the page of `rows` that a query asks for. at: name of the instant by which they are listed."""
    count = None if query.after else _counted(rows)
    if query.after:
        rows = rows.filter(Q(**{f"{at}__lt": query.after.at}) | Q(**{at: query.after.at, "pk__lt": query.after.id}))
    found = list(rows.order_by(f"-{at}", "-pk")[: query.size + 1])
    last = found[query.size - 1] if len(found) > query.size else None
    return Page(found[: query.size], Cursor(getattr(last, at), last.pk) if last else None, count)


def _counted(rows: QuerySet[Row]) -> Count:
    number = rows.order_by()[: COUNTED_UP_TO + 1].count()
    return Count(min(number, COUNTED_UP_TO), open_ended=number > COUNTED_UP_TO)
