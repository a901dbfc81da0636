"""Rows for pages and indicators, as far as the actor may see them."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final, TypeVar

from django.db.models import Q, QuerySet

from onecity.domains.metering.models import Abnormality, Bill, Meter, MeterDay, Zone, ZoneBorder, ZoneDay
from onecity.domains.metering.permissions import VIEW
from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotFound
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity
from onecity.web.listing import Query
from onecity.web.paging import Count, Cursor, Page

COUNTED_UP_TO: Final = 10_000
Scoped = TypeVar("Scoped", Meter, Bill, Abnormality)


def meters(actor: Actor, query: Query) -> Page[Meter]:
    """Return meters, newest first; found by number, name, customer number and address."""
    rows = Meter.objects.filter(identity.row_scope(actor, VIEW).q()).select_related("zone")
    if query.search:
        words = query.search
        found = Q(key__startswith=words) | Q(customer_number__startswith=words)
        rows = rows.filter(found | Q(name__icontains=words) | Q(address__icontains=words))
    for name in ("supply", "zone"):
        if query.filters.get(name):
            rows = rows.filter(**{name: query.filters[name]})
    if query.filters.get("watched"):
        rows = rows.filter(watched=True)
    return _page(rows, query)


def bills(actor: Actor, query: Query) -> Page[Bill]:
    """Return bills that count, newest first; with `revised` those only that a later revision corrected."""
    rows = Bill.objects.filter(identity.row_scope(actor, VIEW).q(), is_current=True).select_related("meter")
    if query.search:
        words = query.search
        rows = rows.filter(Q(meter__key__startswith=words) | Q(meter__customer_number__startswith=words))
    if query.filters.get("supply"):
        rows = rows.filter(meter__supply=query.filters["supply"])
    if query.filters.get("month"):
        rows = rows.filter(month=date.fromisoformat(query.filters["month"]).replace(day=1))
    if query.filters.get("revised"):
        rows = rows.filter(revision__gt=1)
    return _page(rows, query)


def abnormalities(actor: Actor, query: Query) -> Page[Abnormality]:
    """Return abnormal use, newest first."""
    rows = Abnormality.objects.filter(identity.row_scope(actor, VIEW).q()).select_related("meter")
    for name in ("kind", "state"):
        if query.filters.get(name):
            rows = rows.filter(**{name: query.filters[name]})
    if query.search:
        rows = rows.filter(Q(meter__key__startswith=query.search) | Q(meter__name__icontains=query.search))
    return _page(rows, query)


def meter_for(actor: Actor, meter_id: int) -> Meter:
    """Return one meter. Raises: NotFound if there is none, or the actor may not see it."""
    row = Meter.objects.filter(identity.row_scope(actor, VIEW).q(), id=meter_id).select_related("zone").first()
    if row is None:
        raise NotFound(zh("没有这块计量表"))
    return row


def bill_for(actor: Actor, bill_id: int) -> Bill:
    """Return one revision of a bill. Raises: NotFound if there is none, or the actor may not see it."""
    rows = Bill.objects.filter(identity.row_scope(actor, VIEW).q(), id=bill_id)
    row = rows.select_related("meter", "tariff").first()
    if row is None:
        raise NotFound(zh("没有这张账单"))
    return row


def abnormality_for(actor: Actor, abnormality_id: int) -> Abnormality:
    """Return one finding. Raises: NotFound if there is none, or the actor may not see it."""
    rows = Abnormality.objects.filter(identity.row_scope(actor, VIEW).q(), id=abnormality_id)
    row = rows.select_related("meter").first()
    if row is None:
        raise NotFound(zh("没有这条异常记录"))
    return row


def zone_for(actor: Actor, zone_id: int) -> Zone:
    """Return one zone. Raises: NotFound if there is none, or the actor may not see it."""
    row = Zone.objects.filter(identity.row_scope(actor, VIEW).q(), id=zone_id).select_related("parent").first()
    if row is None:
        raise NotFound(zh("没有这个计量分区"))
    return row


def zones(actor: Actor, *, supply: str = "") -> list[Zone]:
    """Return the zones that the actor may see, each behind the one above it."""
    rows = Zone.objects.filter(identity.row_scope(actor, VIEW).q()).order_by("code")
    seen = list(rows.filter(supply=supply) if supply else rows)
    return _in_tree(seen, {row.id for row in seen})


def _in_tree(seen: Sequence[Zone], known: set[int]) -> list[Zone]:
    found: list[Zone] = []

    def walk(parent: int | None, depth: int) -> None:
        for row in seen:
            above = row.parent_id if row.parent_id in known else None
            if above == parent and row not in found:
                row.depth = depth  # type: ignore[attr-defined]  # for the page alone
                found.append(row)
                walk(row.id, depth + 1)

    walk(None, 0)
    return found


def zone_days(zone_ids: Sequence[int], *, first: date, last: date) -> list[ZoneDay]:
    """Return the days of zones from first to last, both included, the oldest first."""
    return list(ZoneDay.objects.filter(zone__in=zone_ids, date__gte=first, date__lte=last).order_by("zone", "date"))


def borders_of(zone_id: int) -> list[ZoneBorder]:
    """Return a zone's border meters."""
    return list(ZoneBorder.objects.filter(zone=zone_id).select_related("meter").order_by("direction", "id"))


def meter_days(meter_id: int, *, last: date, count: int) -> list[MeterDay]:
    """Return the newest days of a meter up to `last`, the oldest first."""
    first = last - timedelta(days=count - 1)
    return list(MeterDay.objects.filter(meter=meter_id, date__gte=first, date__lte=last).order_by("date"))


def meter_ids(device_ids: Sequence[int]) -> dict[int, int]:
    """Return the ids of meters by those of their devices, for the platform's own work."""
    return dict(Meter.objects.filter(device_id__in=device_ids).values_list("device_id", "id"))


def has_days(meter_ids: Sequence[int]) -> bool:
    """Say whether any of these meters has a computed day."""
    return MeterDay.objects.filter(meter__in=meter_ids).exists()


def revisions_of(bill: Bill) -> list[Bill]:
    """Return all revisions of a bill, the newest first."""
    return list(Bill.objects.filter(meter=bill.meter_id, month=bill.month).order_by("-revision"))


def bills_of(meter_id: int, *, most: int = 13) -> list[Bill]:
    """Return the bills of a meter that count, the newest month first."""
    return list(Bill.objects.filter(meter=meter_id, is_current=True).order_by("-month")[:most])


def abnormalities_of(meter_id: int, *, most: int = 20) -> list[Abnormality]:
    """Return what was found of a meter, the newest first."""
    return list(Abnormality.objects.filter(meter=meter_id).order_by("-first_date", "-id")[:most])


def _page(rows: QuerySet[Scoped], query: Query) -> Page[Scoped]:
    count = None
    if query.after is None:
        number = rows.order_by()[: COUNTED_UP_TO + 1].count()
        count = Count(min(number, COUNTED_UP_TO), open_ended=number > COUNTED_UP_TO)
    else:
        rows = rows.filter(Q(created_at__lt=query.after.at) | Q(created_at=query.after.at, id__lt=query.after.id))
    found = list(rows.order_by("-created_at", "-id")[: query.size + 1])
    page = found[: query.size]
    following = Cursor(page[-1].created_at, page[-1].id) if len(found) > query.size else None
    return Page(page, following, count)
