"""Pages by key over rows that have a time of creation."""

from typing import Final, TypeVar

from django.db.models import Model, Q, QuerySet

from onecity.web.paging import Count, Cursor, Page

Row = TypeVar("Row", bound=Model)
COUNTED_UP_TO: Final = 10_000


def page_of(rows: QuerySet[Row], *, after: Cursor | None, size: int) -> Page[Row]:
    """Return one page, newest first; counted on the first page, up to `COUNTED_UP_TO`."""
    count = None if after else _count(rows)
    if after:
        rows = rows.filter(Q(created_at__lt=after.at) | Q(created_at=after.at, id__lt=after.id))
    page = list(rows.order_by("-created_at", "-id")[: size + 1])
    last = page[size - 1] if len(page) > size else None
    following = Cursor(last.created_at, last.pk) if last else None  # type: ignore[attr-defined]  # all have it
    return Page(page[:size], following, count)


def _count(rows: QuerySet[Row]) -> Count:
    number = rows.order_by()[: COUNTED_UP_TO + 1].count()
    return Count(min(number, COUNTED_UP_TO), open_ended=number > COUNTED_UP_TO)
