"""Reading requests."""

from django.db.models import Q

from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotFound
from onecity.kernel.text import zh
from onecity.platform.exchange.models import SharingRequest
from onecity.platform.exchange.permissions import APPROVE_SHARING, REQUEST_DATA, SUPERVISE_SHARING
from onecity.platform.exchange.selectors.sharing.scopes import requests_seen, seen
from onecity.web.keyset import counted_page
from onecity.web.listing import Query
from onecity.web.paging import Page


class NoSuchRequest(NotFound):
    """There is no such request, or the actor may not know that there is."""

    code = "exchange.no_such_request"
    message = zh("没有这项共享需求申请，或您无权查看")


def request_of(actor: Actor, request_id: int) -> SharingRequest:
    """Return a request with both organisations.

    Raises: NoSuchRequest.
    """
    return _one(actor, Q(id=request_id))


def request_of_case(actor: Actor, number: str) -> SharingRequest:
    """Return the request that a case is about.

    Raises: NoSuchRequest.
    """
    return _one(actor, Q(case_number=number))


def request_page(actor: Actor, query: Query, *, asked_of: bool = False) -> Page[SharingRequest]:
    """Return a page of requests, newest first; filters: state, kind, form, late.

    asked_of: those made to the actor's side, instead of those made by it (or, for the data administration, all).
    """
    if asked_of:
        condition = seen(actor, consumer=(), provider=(APPROVE_SHARING,))
    else:
        condition = seen(actor, consumer=(REQUEST_DATA, SUPERVISE_SHARING), provider=(SUPERVISE_SHARING,))
    rows = SharingRequest.objects.filter(condition).select_related("provider", "organisation")
    for name in ("state", "kind", "form"):
        if query.filters.get(name):
            rows = rows.filter(**{name: query.filters[name]})
    if query.filters.get("late"):
        rows = rows.filter(escalated_at__isnull=False, state=SharingRequest.State.WAITING)
    if query.search:
        rows = rows.filter(Q(dataset_name__icontains=query.search) | Q(case_number=query.search))
    return counted_page(rows, after=query.after, size=query.size)


def may_read_files(actor: Actor, request_id: int) -> bool:
    """Say whether the actor may read the files of a request: whoever sees the request."""
    return SharingRequest.objects.filter(requests_seen(actor), id=request_id).exists()


def _one(actor: Actor, condition: Q) -> SharingRequest:
    rows = SharingRequest.objects.filter(requests_seen(actor)).filter(condition)
    found = rows.select_related("provider", "organisation", "earlier_grant").first()
    if found is None:
        raise NoSuchRequest
    return found
