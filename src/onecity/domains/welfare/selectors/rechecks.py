"""Re-checks and their results."""

from onecity.domains.welfare.models import Recheck, RecheckResult
from onecity.domains.welfare.permissions import VIEW
from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotFound
from onecity.kernel.text import zh
from onecity.platform.identity.api import row_scope
from onecity.web.listing import Query
from onecity.web.paging import Count, Cursor, Page


def rechecks(query: Query) -> Page[Recheck]:
    """Return re-checks, newest first; there are few."""
    rows = list(Recheck.objects.order_by("-id")[: query.size])
    return Page(rows, count=Count(len(rows)))


def recheck(recheck_id: int) -> Recheck:
    """Return one. Raises: NotFound."""
    found = Recheck.objects.filter(id=recheck_id).first()
    if found is None:
        raise NotFound(zh("没有这次定期复核"))
    return found


def results(actor: Actor, *, row: Recheck, query: Query) -> Page[RecheckResult]:
    """Return a page of the results that the actor may see; counts come with the re-check, not from here."""
    rows = RecheckResult.objects.filter(row_scope(actor, VIEW).q(), recheck=row).select_related("application")
    if query.filters.get("outcome"):
        rows = rows.filter(outcome=query.filters["outcome"])
    if query.after:
        rows = rows.filter(id__gt=query.after.id)
    found = list(rows.order_by("id")[: query.size + 1])
    last = found[query.size - 1] if len(found) > query.size else None
    return Page(found[: query.size], Cursor(row.created_at, last.id) if last else None)
