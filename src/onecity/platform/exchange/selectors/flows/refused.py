"""Reading refused rows."""

from dataclasses import dataclass
from datetime import datetime

from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotFound
from onecity.platform.exchange.models import RefusedRow
from onecity.platform.exchange.permissions import MEND_ROWS
from onecity.platform.identity import api as identity
from onecity.web.keyset import counted_page
from onecity.web.paging import Cursor, Page


@dataclass(frozen=True, slots=True)
class RefusedQuery:
    """What a list of refused rows is asked for. reason: code of a check."""

    flow_id: int | None = None
    run_id: int | None = None
    state: str = ""
    reason: str = ""
    since: datetime | None = None
    until: datetime | None = None
    after: Cursor | None = None
    size: int = 20


def refused_rows(actor: Actor, query: RefusedQuery) -> Page[RefusedRow]:
    """Return refused rows that the actor may handle, newest first."""
    rows = RefusedRow.objects.filter(identity.row_scope(actor, MEND_ROWS).q()).select_related("flow", "run__version")
    for name in ("flow_id", "run_id", "state"):
        if getattr(query, name):
            rows = rows.filter(**{name: getattr(query, name)})
    if query.reason:
        rows = rows.filter(reason_codes__contains=[query.reason])
    if query.since:
        rows = rows.filter(created_at__gte=query.since)
    if query.until:
        rows = rows.filter(created_at__lt=query.until)
    return counted_page(rows, after=query.after, size=query.size)


def refused_row(actor: Actor, row_id: int) -> RefusedRow:
    """Return one refused row that the actor may handle. Raises: NotFound."""
    rows = RefusedRow.objects.select_related("flow__published", "run__version")
    found = rows.filter(identity.row_scope(actor, MEND_ROWS).q(), id=row_id).first()
    if found is None:
        raise NotFound
    return found


def open_rows(actor: Actor, *, flow_id: int, size: int) -> list[int]:
    """Return the ids of a flow's rows that wait for people, the oldest first."""
    rows = RefusedRow.objects.filter(identity.row_scope(actor, MEND_ROWS).q(), flow_id=flow_id)
    return list(
        rows.filter(state__in=["waiting", "mended"]).order_by("created_at", "id").values_list("id", flat=True)[:size]
    )
