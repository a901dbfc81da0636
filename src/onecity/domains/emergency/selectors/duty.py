"""Shifts and the duty log as an actor may see them."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from onecity.domains.emergency.models import DutyEntry, DutyShift
from onecity.domains.emergency.permissions import VIEW
from onecity.domains.emergency.selectors.paging import paged
from onecity.kernel.actor import Actor
from onecity.platform.identity.api import row_scope
from onecity.web.listing import Query
from onecity.web.paging import Page


def seen_shifts(actor: Actor) -> QuerySet[DutyShift]:
    """Return the shifts of the duty rooms that an actor may see."""
    scope = row_scope(actor, VIEW)
    rows = DutyShift.objects.select_related("officer", "leader", "organisation")
    return rows if scope.everything else rows.filter(organisation_id__in=scope.organisation_ids)


def shift_on_duty(organisation_id: int) -> DutyShift | None:
    """Return the shift that a room has on duty: taken over and not handed over."""
    rows = DutyShift.objects.filter(organisation_id=organisation_id, taken_at__isnull=False, handed_at__isnull=True)
    return rows.select_related("officer", "leader").first()


def next_shift(organisation_id: int, *, now: datetime) -> DutyShift | None:
    """Return the shift of a room that is to take over next."""
    rows = DutyShift.objects.filter(organisation_id=organisation_id, taken_at__isnull=True, ends_at__gt=now)
    return rows.select_related("officer", "leader").order_by("begins_at").first()


def roster(actor: Actor, *, now: datetime, days: int = 14) -> list[DutyShift]:
    """Return the shifts from yesterday on, in order."""
    rows = seen_shifts(actor).filter(ends_at__gt=now - timedelta(days=1), begins_at__lt=now + timedelta(days=days))
    return list(rows.order_by("begins_at", "id"))


def log(actor: Actor, *, query: Query) -> Page[DutyEntry]:
    """Return a page of the duty log, newest first."""
    scope = row_scope(actor, VIEW)
    rows = DutyEntry.objects.select_related("account", "incident", "organisation")
    rows = rows if scope.everything else rows.filter(organisation_id__in=scope.organisation_ids)
    if query.filters.get("kind"):
        rows = rows.filter(kind=query.filters["kind"])
    since, until = query.instant("from"), query.instant("to")
    rows = rows.filter(at__gte=since) if since else rows
    rows = rows.filter(at__lt=until + timedelta(days=1)) if until else rows
    return paged(rows.filter(text__contains=query.search) if query.search else rows, query, at="at")


def latest_lines(shift: DutyShift, *, most: int = 30) -> list[DutyEntry]:
    """Return the newest lines of a shift."""
    return list(
        DutyEntry.objects.filter(shift=shift).select_related("account", "incident").order_by("-at", "-id")[:most]
    )


def last_handed(organisation_id: int) -> DutyShift | None:
    """Return the shift that a room handed over last."""
    rows = DutyShift.objects.filter(organisation_id=organisation_id, handed_at__isnull=False)
    return rows.select_related("officer", "leader").order_by("-handed_at").first()
