"""Incidents as an actor may see them."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from onecity.domains.emergency.models import GradeChange, Incident, IncidentReport, ReportDuty, TimelineEntry
from onecity.domains.emergency.permissions import VIEW
from onecity.domains.emergency.selectors.paging import paged
from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotFound
from onecity.kernel.text import zh
from onecity.platform.identity.api import row_scope
from onecity.web.listing import Query
from onecity.web.paging import Page


class IncidentMissing(NotFound):
    """There is no such incident, or the actor may not know of it."""

    code = "incident_missing"
    message = zh("没有这个突发事件")


def seen_incidents(actor: Actor) -> QuerySet[Incident]:
    """Return the incidents that an actor may see."""
    return Incident.objects.filter(row_scope(actor, VIEW).q())


def incident_of(actor: Actor, number: str) -> Incident:
    """Return one incident by its number.

    Raises: IncidentMissing.
    """
    row = seen_incidents(actor).filter(number=number).select_related("kind", "organisation", "merged_into").first()
    if row is None:
        raise IncidentMissing
    return row


def incidents(actor: Actor, *, query: Query) -> Page[Incident]:
    """Return a page of incidents, the latest received first, by the filters of `query`."""
    rows = seen_incidents(actor).select_related("kind", "organisation")
    given = query.filters
    if given.get("status"):
        rows = rows.filter(status=given["status"])
    if given.get("grade"):
        rows = rows.filter(grade=int(given["grade"]))
    if given.get("class"):
        rows = rows.filter(kind__code__startswith=given["class"])
    if given.get("drill"):
        rows = rows.filter(is_drill=given["drill"] == "yes")
    since, until = query.instant("from"), query.instant("to")
    rows = rows.filter(received_at__gte=since) if since else rows
    rows = rows.filter(received_at__lt=until + timedelta(days=1)) if until else rows
    if query.search:
        rows = rows.filter(Q(title__contains=query.search) | Q(words__contains=query.search) | Q(number=query.search))
    return paged(rows, query, at="received_at")


def open_incidents(actor: Actor, *, most: int = 50) -> list[Incident]:
    """Return the incidents that still need something, the gravest first, those without a grade before all."""
    rows = seen_incidents(actor).filter(status__in=[Incident.Status.RECEIVED, Incident.Status.VERIFIED])
    found = list(rows.select_related("kind").order_by("-received_at", "-id")[:most])
    return sorted(found, key=lambda row: row.grade or 0)


def merge_targets(actor: Actor, row: Incident, *, most: int = 20) -> list[Incident]:
    """Return open incidents into which one may be merged: both exercises or neither, the latest first."""
    rows = seen_incidents(actor).filter(
        status__in=[Incident.Status.RECEIVED, Incident.Status.VERIFIED], is_drill=row.is_drill
    )
    return list(rows.exclude(id=row.id).order_by("-received_at")[:most])


def timeline(row: Incident) -> list[TimelineEntry]:
    """Return an incident's timeline in order; of incidents merged into it, too."""
    found = TimelineEntry.objects.filter(Q(incident=row) | Q(incident__merged_into=row))
    return list(found.select_related("account", "incident").order_by("at", "id"))


def reports_of(row: Incident) -> list[IncidentReport]:
    """Return an incident's reports in order."""
    return list(IncidentReport.objects.filter(incident=row).select_related("author").order_by("serial"))


def duties_of(row: Incident) -> list[ReportDuty]:
    """Return what an incident owes and owed to levels above."""
    return list(ReportDuty.objects.filter(incident=row, cancelled_at__isnull=True).order_by("written_due_at", "id"))


def changes_of(row: Incident) -> list[GradeChange]:
    """Return the proposals about an incident's grade, the newest first."""
    return list(
        GradeChange.objects.filter(incident=row).select_related("asked_by", "decided_by").order_by("-asked_at", "-id")
    )


def owed_reports(actor: Actor, *, until: datetime) -> list[ReportDuty]:
    """Return what still has to be reported by an instant, of incidents that the actor sees, the most pressing first."""
    rows = ReportDuty.objects.filter(
        incident__in=seen_incidents(actor), written_at__isnull=True, cancelled_at__isnull=True, written_due_at__lt=until
    )
    return list(rows.select_related("incident").order_by("written_due_at", "id")[:50])
