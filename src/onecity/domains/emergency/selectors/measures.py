"""What emergency management is measured by; exercises count nowhere."""

from collections.abc import Callable
from typing import Final

from django.db.models import F, Q, QuerySet
from django.urls import reverse

from onecity.domains.emergency.models import Incident, ReportDuty
from onecity.domains.emergency.rules.measures import percent
from onecity.domains.emergency.selectors.incidents import seen_incidents
from onecity.kernel.actor import Actor
from onecity.kernel.text import zh
from onecity.platform.indicators.declare import Evidence, Measure, Period

INCIDENT_COLUMNS: Final = (zh("事件编号"), zh("标题"), zh("事发时间"), zh("接报时间"), zh("办结时间"))
DUTY_COLUMNS: Final = (zh("事件编号"), zh("标题"), zh("接收层级"), zh("书面报告时限"), zh("书面报告时间"))


def real_incidents(actor: Actor) -> QuerySet[Incident]:
    """Return the incidents that count: seen by the actor, no exercises, not merged, not false."""
    return (
        seen_incidents(actor).filter(is_drill=False).exclude(status__in=[Incident.Status.MERGED, Incident.Status.FALSE])
    )


def received(actor: Actor, period: Period) -> QuerySet[Incident]:
    """Return the incidents received in the period."""
    return real_incidents(actor).filter(received_at__gte=period.start, received_at__lt=period.end)


def under_way(actor: Actor, _: Period) -> QuerySet[Incident]:
    """Return the incidents that are being handled."""
    return real_incidents(actor).filter(status__in=[Incident.Status.RECEIVED, Incident.Status.VERIFIED])


def counted(find: Callable[[Actor, Period], QuerySet[Incident]]) -> Callable[[Actor, Period], Measure]:
    """Return how many incidents a finder finds, as an indicator's value."""
    return lambda actor, period: Measure(float(find(actor, period).count()))


def incidents_behind(find: Callable[[Actor, Period], QuerySet[Incident]]) -> Callable[[Actor, Period, int], Evidence]:
    """Return the incidents behind a count, newest first."""

    def rows(actor: Actor, period: Period, most: int) -> Evidence:
        found = list(find(actor, period).order_by("-received_at", "-id")[:most])
        values = [(row.number, row.title, row.occurred_at, row.received_at, row.closed_at) for row in found]
        return Evidence(INCIDENT_COLUMNS, values, [reverse("emergency:incident", args=[row.number]) for row in found])

    return rows


def owed(actor: Actor, period: Period, kinds: tuple[str, ...]) -> QuerySet[ReportDuty]:
    """Return the reports of some kinds whose limit lies in the period, and that were made or are due by its end."""
    rows = ReportDuty.objects.filter(incident__in=real_incidents(actor), kind__in=kinds, cancelled_at__isnull=True)
    return rows.filter(written_due_at__gte=period.start, written_due_at__lt=period.end)


def in_time(rows: QuerySet[ReportDuty]) -> QuerySet[ReportDuty]:
    """Return the reports that were written in time, and called in time where a call was owed."""
    called = Q(phone_due_at__isnull=True) | Q(phoned_at__lte=F("phone_due_at"))
    return rows.filter(called, written_at__lte=F("written_due_at"))


def report_rate(*kinds: str) -> Callable[[Actor, Period], Measure]:
    """Return the share of reports made in time among those owed, in per cent."""

    def compute(actor: Actor, period: Period) -> Measure:
        rows = owed(actor, period, kinds)
        top, bottom = in_time(rows).count(), rows.count()
        return Measure(percent(top, bottom), float(top), float(bottom))

    return compute


def reports_behind(*kinds: str) -> Callable[[Actor, Period, int], Evidence]:
    """Return the reports below the line of a rate, the latest limit first."""

    def rows(actor: Actor, period: Period, most: int) -> Evidence:
        found = list(owed(actor, period, kinds).select_related("incident").order_by("-written_due_at", "-id")[:most])
        values = [
            (row.incident.number, row.incident.title, row.to_level, row.written_due_at, row.written_at) for row in found
        ]
        links = [reverse("emergency:incident", args=[row.incident.number]) for row in found]
        return Evidence(DUTY_COLUMNS, values, links)

    return rows
