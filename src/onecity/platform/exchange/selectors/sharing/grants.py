"""Reading grants, their changes, subscriptions and days."""

from datetime import date

from django.db.models import Q

from onecity.kernel.actor import Actor
from onecity.platform.exchange.models import GrantChange, GrantDay, SharingGrant, Subscription, UnusualUse
from onecity.platform.exchange.permissions import APPROVE_SHARING, QUERY_SHARED, REQUEST_DATA, SUPERVISE_SHARING
from onecity.platform.exchange.selectors.sharing.limits import NoSuchGrant
from onecity.platform.exchange.selectors.sharing.scopes import grants_seen, seen
from onecity.web.keyset import counted_page
from onecity.web.listing import Query
from onecity.web.paging import Page


def grant_of(actor: Actor, code: str) -> SharingGrant:
    """Return a grant that the actor sees, with both organisations.

    Raises: NoSuchGrant.
    """
    return _one(grants_seen(actor), code)


def provided_grant(actor: Actor, code: str) -> SharingGrant:
    """Return a grant that the actor may suspend and withdraw: as its provider or as the data administration.

    Raises: NoSuchGrant.
    """
    return _one(seen(actor, consumer=(), provider=(APPROVE_SHARING, SUPERVISE_SHARING)), code)


def consumed_grant(actor: Actor, code: str, *, permission: str = REQUEST_DATA) -> SharingGrant:
    """Return a grant that the actor holds a right over as its consumer.

    Raises: NoSuchGrant.
    """
    return _one(seen(actor, consumer=(permission,), provider=()), code)


def grant_page(actor: Actor, query: Query) -> Page[SharingGrant]:
    """Return a page of the grants that the actor sees, newest first; filters: state, form, side, unusual."""
    rows = SharingGrant.objects.filter(grants_seen(actor)).select_related("provider", "organisation")
    for name in ("state", "form"):
        if query.filters.get(name):
            rows = rows.filter(**{name: query.filters[name]})
    if query.filters.get("side"):
        rows = rows.filter(**{query.filters["side"]: actor.organisation_id})
    if query.search:
        rows = rows.filter(Q(dataset_name__icontains=query.search) | Q(code=query.search))
    return counted_page(rows, after=query.after, size=query.size)


def queried_grants(actor: Actor, *, today: date) -> list[SharingGrant]:
    """Return the grants in force by which the actor may ask about one subject, by name."""
    rows = SharingGrant.objects.filter(seen(actor, consumer=(QUERY_SHARED,), provider=()))
    rows = rows.filter(form="query", state="active", starts_date__lte=today, ends_date__gte=today)
    return list(rows.select_related("provider").order_by("dataset_name", "id")[:500])


def changes_of(grant: SharingGrant) -> list[GrantChange]:
    """Return what happened to a grant, in order."""
    return list(GrantChange.objects.filter(grant=grant).order_by("id"))


def subscriptions_of(grant: SharingGrant) -> list[Subscription]:
    """Return a grant's subscriptions, newest first."""
    return list(Subscription.objects.filter(grant=grant).order_by("-created_at", "-id"))


def days_of(grant: SharingGrant, *, since: date) -> list[GrantDay]:
    """Return a grant's counts by day, in order, from a day on."""
    return list(GrantDay.objects.filter(grant=grant, day__gte=since).order_by("day"))


def unusual_of(grant: SharingGrant) -> list[UnusualUse]:
    """Return what was unusual in a grant's use, newest first, twenty at most."""
    return list(UnusualUse.objects.filter(grant=grant).order_by("-day", "-id")[:20])


def _one(condition: Q, code: str) -> SharingGrant:
    rows = SharingGrant.objects.filter(condition, code=code)
    found = rows.select_related("provider", "organisation", "request").first()
    if found is None:
        raise NoSuchGrant
    return found


def grant_code_of_request(request_id: int) -> str:
    """Return the code of the grant that a request led to; empty while none was given."""
    return SharingGrant.objects.filter(request_id=request_id).values_list("code", flat=True).first() or ""
