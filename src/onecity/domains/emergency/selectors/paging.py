"""Pages by key of any table of this module."""

from typing import Final, TypeVar

from django.db.models import Model, Q, QuerySet

from onecity.web.listing import Query
from onecity.web.paging import Count, Cursor, Page

COUNTED_UP_TO: Final = 10_000
Row = TypeVar("Row", bound=Model)


def paged(rows: QuerySet[Row], query: Query, *, at: str) -> Page[Row]:
    """Return a page of `rows`, the newest by column `at` first; the first page says how many there are."""
    count = None
    if query.after is None:
        number = rows.order_by()[: COUNTED_UP_TO + 1].count()
        count = Count(min(number, COUNTED_UP_TO), open_ended=number > COUNTED_UP_TO)
    else:
        rows = rows.filter(Q(**{f"{at}__lt": query.after.at}) | Q(**{at: query.after.at, "id__lt": query.after.id}))
    found = list(rows.order_by(f"-{at}", "-id")[: query.size + 1])
    last = found[query.size - 1] if len(found) > query.size else None
    return Page(found[: query.size], Cursor(getattr(last, at), last.pk) if last else None, count)
