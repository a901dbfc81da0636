"""What emergency management is measured by; exercises count nowhere."""

from collections.abc import Callable
from typing import Final

from django.db.models import F, Q, QuerySet
from django.urls import reverse

from onecity.domains.emergency.models import Incident, ReportDuty, Response, ResponseTask
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


RESPONSE_COLUMNS: Final = (zh("事件编号"), zh("标题"), zh("接报时间"), zh("启动时间"), zh("应急预案"))
TASK_COLUMNS: Final = (zh("标题"), zh("任务"), zh("责任单位"), zh("时限"), zh("完成时间"))


def started(actor: Actor, period: Period) -> QuerySet[Response]:
    """Return the first responses to incidents that count, started in the period."""
    rows = Response.objects.filter(incident__in=real_incidents(actor), activated_at=F("incident__first_response_at"))
    return rows.filter(activated_at__gte=period.start, activated_at__lt=period.end)


def response_minutes(actor: Actor, period: Period) -> Measure:
    """Return the mean minutes from receipt to the first response; numerator: their sum, denominator: incidents."""
    pairs = list(started(actor, period).values_list("activated_at", "incident__received_at"))
    total = sum((begun - heard).total_seconds() / 60 for begun, heard in pairs)
    return Measure(total / len(pairs) if pairs else None, total, float(len(pairs)))


def responses_behind(actor: Actor, period: Period, most: int) -> Evidence:
    """Return the responses behind the mean, newest first."""
    found = list(started(actor, period).select_related("incident", "plan").order_by("-activated_at")[:most])
    values = [
        (row.incident.number, row.incident.title, row.incident.received_at, row.activated_at, row.plan.name)
        for row in found
    ]
    return Evidence(RESPONSE_COLUMNS, values, [reverse("emergency:board", args=[row.pk]) for row in found])


def owed_tasks(actor: Actor, period: Period) -> QuerySet[ResponseTask]:
    """Return the tasks of real responses whose limit lies in the period, without those that were dropped."""
    rows = ResponseTask.objects.filter(response__incident__in=real_incidents(actor))
    return rows.filter(due_at__gte=period.start, due_at__lt=period.end).exclude(state=ResponseTask.State.DROPPED)


def task_rate(actor: Actor, period: Period) -> Measure:
    """Return the share of tasks done in time among those owed, in per cent."""
    rows = owed_tasks(actor, period)
    top, bottom = rows.filter(done_at__lte=F("due_at")).count(), rows.count()
    return Measure(percent(top, bottom), float(top), float(bottom))


def tasks_behind(actor: Actor, period: Period, most: int) -> Evidence:
    """Return the tasks below the line, the latest limit first."""
    rows = owed_tasks(actor, period).select_related("response__incident", "step", "organisation")
    found = list(rows.order_by("-due_at", "-id")[:most])
    values = [
        (row.response.incident.title, row.step.title, row.organisation.name, row.due_at, row.done_at) for row in found
    ]
    return Evidence(TASK_COLUMNS, values, [reverse("emergency:board", args=[row.response_id]) for row in found])
