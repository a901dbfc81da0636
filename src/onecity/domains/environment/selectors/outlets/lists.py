"""Enterprises, outlets and exceedances, as far as the actor may see them."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final, TypeVar

from django.db.models import Count as Counted
from django.db.models import Q, QuerySet

from onecity.domains.environment.models import (
    Enterprise,
    Excess,
    ExcessNote,
    Outlet,
    OutletDay,
    OutletHour,
    PermitLimit,
    Standstill,
    TransmissionMonth,
)
from onecity.domains.environment.permissions import VIEW_OUTLETS
from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotFound
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity
from onecity.web.listing import Query
from onecity.web.paging import Count, Cursor, Page

COUNTED_UP_TO: Final = 10_000
Scoped = TypeVar("Scoped", Enterprise, Excess)


def enterprises(actor: Actor, query: Query) -> Page[Enterprise]:
    """Return enterprises, the newest first. query: search in name, credit code and permit; filter `key`."""
    rows, words = Enterprise.objects.filter(identity.row_scope(actor, VIEW_OUTLETS).q()), query.search
    if words:
        rows = rows.filter(
            Q(name__icontains=words) | Q(uscc__icontains=words.upper()) | Q(permit_number__icontains=words)
        )
    if query.filters.get("key"):
        rows = rows.filter(is_key=True)
    return _page(rows, query)


def excesses(actor: Actor, query: Query) -> Page[Excess]:
    """Return exceedances, the newest first. query: search in enterprise and outlet; filters state, factor, span."""
    rows = Excess.objects.filter(identity.row_scope(actor, VIEW_OUTLETS).q()).select_related("outlet__enterprise")
    if query.search:
        rows = rows.filter(
            Q(outlet__enterprise__name__icontains=query.search) | Q(outlet__name__icontains=query.search)
        )
    for name in ("state", "factor", "span"):
        if query.filters.get(name):
            rows = rows.filter(**{name: query.filters[name]})
    return _page(rows, query)


def enterprise_for(actor: Actor, enterprise_id: int) -> Enterprise:
    """Return one enterprise. Raises: NotFound if there is none, or the actor may not see it."""
    row = Enterprise.objects.filter(identity.row_scope(actor, VIEW_OUTLETS).q(), id=enterprise_id).first()
    if row is None:
        raise NotFound(zh("没有这家企业"))
    return row


def outlet_for(actor: Actor, outlet_id: int) -> Outlet:
    """Return one outlet with its enterprise. Raises: NotFound if there is none, or the actor may not see it."""
    rows = Outlet.objects.filter(identity.row_scope(actor, VIEW_OUTLETS).q(), id=outlet_id)
    row = rows.select_related("enterprise").first()
    if row is None:
        raise NotFound(zh("没有这个排口"))
    return row


def excess_for(actor: Actor, excess_id: int) -> Excess:
    """Return one exceedance. Raises: NotFound if there is none, or the actor may not see it."""
    rows = Excess.objects.filter(identity.row_scope(actor, VIEW_OUTLETS).q(), id=excess_id)
    row = rows.select_related("outlet__enterprise").first()
    if row is None:
        raise NotFound(zh("没有这条超标记录"))
    return row


def outlets_of(enterprise_ids: Sequence[int]) -> list[Outlet]:
    """Return the outlets of enterprises, by number."""
    return list(Outlet.objects.filter(enterprise__in=enterprise_ids).order_by("enterprise", "code"))


def open_counts(outlet_ids: Sequence[int]) -> dict[int, int]:
    """Return how many exceedances of each outlet are not closed; outlets without one are not in it."""
    rows = Excess.objects.filter(outlet__in=outlet_ids, state__in=(Excess.State.OPEN, Excess.State.HANDLING))
    return dict(rows.values_list("outlet").annotate(number=Counted("id")))


def excesses_of(outlet_ids: Sequence[int], *, most: int = 12) -> list[Excess]:
    """Return the newest exceedances of outlets."""
    rows = Excess.objects.filter(outlet__in=outlet_ids).select_related("outlet__enterprise")
    return list(rows.order_by("-date", "-id")[:most])


def notes_of(excess_id: int) -> list[ExcessNote]:
    """Return what was written about an exceedance, the oldest first."""
    return list(ExcessNote.objects.filter(excess=excess_id).order_by("at", "id"))


def limit_rows(outlet_id: int) -> list[PermitLimit]:
    """Return what the permit allows and allowed, the newest first within a factor."""
    return list(PermitLimit.objects.filter(outlet=outlet_id).order_by("factor", "span", "-valid_from"))


def standstills_of(outlet_id: int, *, most: int = 12) -> list[Standstill]:
    """Return the newest standstills of an outlet."""
    return list(Standstill.objects.filter(outlet=outlet_id).order_by("-begins_at")[:most])


def hours_of(outlet_id: int, *, factor: str, since: datetime, until: datetime) -> list[OutletHour]:
    """Return an outlet's hours of one factor with since ≤ start < until, the oldest first."""
    rows = OutletHour.objects.filter(outlet=outlet_id, factor=factor, begins_at__gte=since, begins_at__lt=until)
    return list(rows.order_by("begins_at"))


def newest_hours(outlet: Outlet) -> list[OutletHour]:
    """Return the factors of an outlet's newest hour."""
    if outlet.heard_at is None:
        return []
    rows = OutletHour.objects.filter(outlet=outlet, begins_at=outlet.heard_at)
    return sorted(rows, key=lambda row: outlet.factors.index(row.factor))


def days_of(outlet_id: int, *, last: date, count: int) -> list[OutletDay]:
    """Return an outlet's newest days of all factors up to `last`, the newest first."""
    rows = OutletDay.objects.filter(outlet=outlet_id, date__gt=last - timedelta(days=count), date__lte=last)
    return list(rows.order_by("-date", "factor"))


def months_of(outlet_ids: Sequence[int], *, first: date) -> dict[int, TransmissionMonth]:
    """Return how much data came in a month, by outlet. first: its first day."""
    return {row.outlet_id: row for row in TransmissionMonth.objects.filter(outlet__in=outlet_ids, date=first)}


def transmission_months(actor: Actor, *, first: date) -> list[TransmissionMonth]:
    """Return how much data came in a month from all outlets that the actor may see. first: its first day."""
    scope = identity.row_scope(actor, VIEW_OUTLETS).q(
        organisation="outlet__organisation_id", division="outlet__division_code"
    )
    rows = TransmissionMonth.objects.filter(scope, date=first).select_related("outlet__enterprise")
    return sorted(rows, key=lambda row: (row.effective / row.expected if row.expected else 2, row.outlet_id))


def _page(rows: QuerySet[Scoped], query: Query) -> Page[Scoped]:
    count = None
    if query.after is None:
        number = rows.order_by()[: COUNTED_UP_TO + 1].count()
        count = Count(min(number, COUNTED_UP_TO), open_ended=number > COUNTED_UP_TO)
    else:
        rows = rows.filter(Q(created_at__lt=query.after.at) | Q(created_at=query.after.at, id__lt=query.after.id))
    found = list(rows.order_by("-created_at", "-id")[: query.size + 1])
    page = found[: query.size]
    return Page(page, Cursor(page[-1].created_at, page[-1].id) if len(found) > query.size else None, count)
