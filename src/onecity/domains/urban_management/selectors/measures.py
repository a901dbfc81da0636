"""What digital urban management is measured by: values and the rows behind them, as far as the actor may see."""

from collections.abc import Callable, Sequence
from typing import Final

from django.db.models import F, Q, QuerySet
from django.urls import reverse

from onecity.domains.urban_management.models import CaseRecord, StepRecord
from onecity.domains.urban_management.permissions import CASES_VIEW
from onecity.domains.urban_management.rules.metrics import StepRate, percent
from onecity.kernel.actor import Actor
from onecity.kernel.text import zh
from onecity.platform.identity.api import row_scope
from onecity.platform.indicators.declare import Evidence, Measure, Period

Cases = QuerySet[CaseRecord]
Steps = QuerySet[StepRecord]
CASE_COLUMNS: Final = (zh("案件编号"), zh("标题"), zh("上报时间"), zh("办结时限"), zh("结束时间"))
STEP_COLUMNS: Final = (zh("案件编号"), zh("标题"), zh("开始时间"), zh("时限"), zh("结束时间"))


def seen_cases(actor: Actor) -> Cases:
    """Return the cases that count for the actor: those of his organisations and divisions, and those they handle."""
    scope = row_scope(actor, CASES_VIEW)
    if scope.everything:
        return CaseRecord.objects.all()
    return CaseRecord.objects.filter(scope.q() | Q(handler_id__in=scope.organisation_ids))


def seen_steps(actor: Actor) -> Steps:
    """Return the steps of the cases that count for the actor."""
    if row_scope(actor, CASES_VIEW).everything:
        return StepRecord.objects.all()
    return StepRecord.objects.filter(case_id__in=seen_cases(actor).values("case_id"))


def within(period: Period, *names: str) -> Q:
    """Return the condition that one of the instants so named lies in the period."""
    found = Q()
    for name in names:
        found |= Q(**{f"{name}__gte": period.start, f"{name}__lt": period.end})
    return found


def filed(actor: Actor, period: Period) -> Cases:
    """Return the cases that were filed in the period (立案数)."""
    steps = StepRecord.objects.filter(within(period, "ended_at"), node="accept", outcome="accept")
    return seen_cases(actor).filter(case_id__in=steps.values("case_id"))


def reported(actor: Actor, period: Period) -> Cases:
    """Return the cases that were reported in the period (上报数)."""
    return seen_cases(actor).filter(within(period, "opened_at"))


def should_close(actor: Actor, period: Period) -> Cases:
    """Return the cases that should have been closed (应结案数): due or closed in the period."""
    due = within(period, "due_at") & Q(status=CaseRecord.Status.OPEN)
    ended = within(period, "closed_at") & Q(status=CaseRecord.Status.CLOSED)
    return seen_cases(actor).filter(due | ended)


def open_cases(actor: Actor, _: Period) -> Cases:
    """Return the open cases."""
    return seen_cases(actor).filter(status=CaseRecord.Status.OPEN)


def overdue_cases(actor: Actor, period: Period) -> Cases:
    """Return the open cases whose limit has passed."""
    return open_cases(actor, period).filter(due_at__lt=period.end)


def counted(find: Callable[[Actor, Period], Cases]) -> Callable[[Actor, Period], Measure]:
    """Return how many cases a finder finds, as an indicator's value."""
    return lambda actor, period: Measure(float(find(actor, period).count()))


def share(
    top: Callable[[Actor, Period], Cases], bottom: Callable[[Actor, Period], Cases]
) -> Callable[[Actor, Period], Measure]:
    """Return the share of two finders in per cent, as an indicator's value."""

    def compute(actor: Actor, period: Period) -> Measure:
        above, below = top(actor, period).count(), bottom(actor, period).count()
        return Measure(percent(above, below), float(above), float(below))

    return compute


def closed_of_due(actor: Actor, period: Period) -> Cases:
    """Return the cases that should have been closed and are (结案数)."""
    return should_close(actor, period).filter(status=CaseRecord.Status.CLOSED)


def closed_on_time(actor: Actor, period: Period) -> Cases:
    """Return the cases that closed within their limit (按期结案数)."""
    return closed_of_due(actor, period).filter(Q(due_at__isnull=True) | Q(closed_at__lte=F("due_at")))


def closed_late(actor: Actor, period: Period) -> Cases:
    """Return the cases that closed after their limit (超期结案数)."""
    return closed_of_due(actor, period).filter(closed_at__gt=F("due_at"))


def still_open(actor: Actor, period: Period) -> Cases:
    """Return the cases reported in the period that are not closed yet (未结案数)."""
    return reported(actor, period).filter(status=CaseRecord.Status.OPEN)


def valid(actor: Actor, period: Period) -> Cases:
    """Return the reports that were neither refused nor are open without having been filed (有效上报数)."""
    steps = StepRecord.objects.filter(node="accept", outcome="accept")
    return reported(actor, period).filter(case_id__in=steps.values("case_id"))


def repeated(actor: Actor, period: Period) -> Cases:
    """Return the cases of the period that were merged into others (重复案件数)."""
    return reported(actor, period).filter(status=CaseRecord.Status.MERGED)


def case_rows(find: Callable[[Actor, Period], Cases]) -> Callable[[Actor, Period, int], Evidence]:
    """Return the rows behind a finder's count, newest first."""

    def rows(actor: Actor, period: Period, most: int) -> Evidence:
        found = list(find(actor, period).order_by("-opened_at", "-case_id")[:most])
        values = [(row.number, row.title, row.opened_at, row.due_at, row.closed_at) for row in found]
        return Evidence(CASE_COLUMNS, values, _links([row.number for row in found]))

    return rows


def step_counts(steps: Steps, rate: StepRate, period: Period) -> tuple[int, int]:
    """Return what stands above and below the line of a rate over steps in a period."""
    kind = steps.filter(node__in=rate.nodes)
    done = kind.filter(within(period, "ended_at"))
    bottom = kind.filter(within(period, "due_at", "ended_at")) if rate.bottom == "due" else done
    return _top(steps, rate, period).count(), bottom.count()


def step_measure(rate: StepRate) -> Callable[[Actor, Period], Measure]:
    """Return a rate over steps as an indicator's value, in per cent."""

    def compute(actor: Actor, period: Period) -> Measure:
        top, bottom = step_counts(seen_steps(actor), rate, period)
        if rate.top == "sound":
            top = max(0, bottom - top)
        return Measure(percent(top, bottom), float(top), float(bottom))

    return compute


def step_rows(rate: StepRate) -> Callable[[Actor, Period, int], Evidence]:
    """Return the steps below the line of a rate, the newest end first."""

    def rows(actor: Actor, period: Period, most: int) -> Evidence:
        steps = seen_steps(actor).filter(within(period, "due_at", "ended_at"), node__in=rate.nodes)
        found = list(steps.order_by(F("ended_at").desc(nulls_first=True), "-task_id")[:most])
        cases = CaseRecord.objects.in_bulk({row.case_id for row in found})
        values: list[Sequence[object]] = []
        for row in found:
            known = cases.get(row.case_id)
            number, title = (known.number, known.title) if known else ("", "")
            values.append((number, title, row.opened_at, row.due_at, row.ended_at))
        return Evidence(STEP_COLUMNS, values, _links([str(row[0]) for row in values]))  # type: ignore[arg-type]  # plain values

    return rows


def _top(steps: Steps, rate: StepRate, period: Period) -> Steps:
    """Return the steps counted above the line; for `sound` those to be taken off what was done."""
    done = steps.filter(within(period, "ended_at"), node__in=rate.nodes)
    if rate.top == "done":
        return done
    if rate.top == "on_time":
        return done.filter(Q(due_at__isnull=True) | Q(ended_at__lte=F("due_at")))
    return steps.filter(within(period, "ended_at"), node__in=rate.failed_nodes, outcome__in=rate.failed)


def _links(numbers: Sequence[str]) -> list[str]:
    return [reverse("cases:case", args=[number]) if number else "" for number in numbers]
