"""Pages of sharing's lists, newest first, with a count that never scans far."""

from typing import Final, TypeVar

from django.db.models import Model, Q, QuerySet

from onecity.web.listing import Query
from onecity.web.paging import Count, Cursor, Page

Row = TypeVar("Row", bound=Model)
COUNTED_UP_TO: Final = 10_000


def cut(rows: "QuerySet[Row]", query: Query, *, at: str = "created_at") -> Page[Row]:
    """Cut a page out of rows that are read newest first by the instant in column `at`."""
    count = None if query.after else _count(rows)
    if query.after:
        moment, last = query.after.at, query.after.id
        rows = rows.filter(Q(**{f"{at}__lt": moment}) | Q(**{at: moment, "id__lt": last}))
    found = list(rows.order_by(f"-{at}", "-id")[: query.size + 1])
    shown = found[: query.size]
    if len(found) <= query.size:
        return Page(shown, None, count)
    return Page(shown, Cursor(getattr(shown[-1], at), shown[-1].pk), count)


def _count(rows: "QuerySet[Row]") -> Count:
    number = rows.order_by()[: COUNTED_UP_TO + 1].count()
    return Count(min(number, COUNTED_UP_TO), number > COUNTED_UP_TO)
