"""Warnings as an actor may see them."""

from django.db.models import QuerySet

from onecity.domains.opinion.models import EarlyWarning, Finding
from onecity.domains.opinion.permissions import CASES_VIEW, VIEW
from onecity.domains.opinion.selectors.pages import page_of
from onecity.kernel.actor import Actor
from onecity.platform.identity.api import row_scope
from onecity.web.listing import Query
from onecity.web.paging import Page

MOST_STANDING = 60


def seen_warnings(actor: Actor) -> QuerySet[EarlyWarning]:
    """Return the warnings of the actor's organisations and divisions."""
    return EarlyWarning.objects.filter(row_scope(actor, VIEW).q())


def standing(actor: Actor) -> list[EarlyWarning]:
    """Return the warnings that stand, the highest and newest first."""
    rows = seen_warnings(actor).filter(cleared_at=None).select_related("theme", "watch", "seen_by")
    return list(rows.order_by("-level", "-changed_at")[:MOST_STANDING])


def warnings(actor: Actor, *, query: Query) -> Page[EarlyWarning]:
    """Return a page of all warnings, the newest first."""
    rows, given = seen_warnings(actor), query.filters
    if given.get("level"):
        rows = rows.filter(peak_level=int(given["level"]))
    if given.get("state"):
        rows = rows.filter(cleared_at__isnull=given["state"] == "standing")
    rows = rows.filter(title__icontains=query.search) if query.search else rows
    return page_of(rows, query, at="raised_at")


def seen_findings(actor: Actor) -> QuerySet[Finding]:
    """Return the findings that count for the actor."""
    return Finding.objects.filter(row_scope(actor, CASES_VIEW).q())
