"""Verifications and reports as an actor may see them."""

from collections.abc import Mapping
from datetime import timedelta

from django.db.models import QuerySet

from onecity.domains.welfare.models import Report, Verification
from onecity.domains.welfare.permissions import LOOK, VIEW
from onecity.domains.welfare.selectors.applications import visible
from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotFound, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.identity.api import row_scope
from onecity.web.keyset import page_of
from onecity.web.listing import Query
from onecity.web.paging import Page


def verifications(actor: Actor, query: Query) -> Page[Verification]:
    """Return a page of verifications, newest first."""
    rows = _seen(actor).select_related("application", "organisation", "question_case")
    if query.filters.get("state"):
        rows = rows.filter(state=query.filters["state"])
    if query.filters.get("contradictions"):
        rows = rows.filter(contradictions__gt=0)
    if query.search:
        rows = rows.filter(number__startswith=query.search.upper())
    return page_of(rows, after=query.after, size=query.size, by="requested_at")


def verification(actor: Actor, number: str) -> Verification:
    """Return one verification; a citizen may follow that of his own application. Raises: NotFound."""
    rows = Verification.objects.select_related("application", "question_case").filter(application__in=visible(actor))
    found = rows.filter(number=number).first()
    if found is None:
        raise NotFound(zh("没有这次核对，或您无权查看"))
    return found


def report(actor: Actor, number: str) -> Report:
    """Return a report for who may look at reports within his scope, and for the applicant himself.

    Raises: NotFound; NotPermitted.
    """
    found = Report.objects.select_related("verification__application", "key").filter(number=number).first()
    if found is None:
        raise NotFound(zh("没有这份核对报告"))
    row = found.verification.application
    if row.account_id is not None and actor.kind == "account" and actor.id == row.account_id:
        return found
    if not visible(actor, permission=LOOK).filter(id=row.id).exists():
        raise NotPermitted
    return found


def statistics(actor: Actor) -> Mapping[str, object]:
    """Return how long verifications took, how many hit, and which departments answered how often."""
    rows = _seen(actor).filter(state=Verification.State.REPORTED)
    spans = sorted(
        (ended - asked) / timedelta(minutes=1)
        for asked, ended in rows.values_list("requested_at", "finished_at")
        if ended is not None
    )
    count = len(spans)
    return {
        "count": count,
        "median": spans[count // 2] if count else None,
        "longest": spans[-1] if count else None,
        "hits": rows.exclude(contradictions=0, differences=0).count(),
        "contradictions": rows.filter(contradictions__gt=0).count(),
    }


def _seen(actor: Actor) -> QuerySet[Verification]:
    return Verification.objects.filter(row_scope(actor, VIEW).q())
