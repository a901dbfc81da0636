"""What the hotline is measured by: values, what stands below their lines, and where and when demands come from."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay, Floor, Substr
from django.urls import reverse

from onecity.domains.hotline.models import ArticleUse, Demand, DemandStep
from onecity.domains.hotline.permissions import CASES_VIEW
from onecity.domains.hotline.rules.measures import ASKED, RATED, SATISFIED, SOLVED, percent
from onecity.domains.hotline.selectors.demands import seen_demands
from onecity.kernel.actor import Actor
from onecity.kernel.clock import CITY_ZONE
from onecity.kernel.text import zh
from onecity.platform.identity.api import row_scope
from onecity.platform.indicators.declare import Evidence, Measure, Period

Demands = QuerySet[Demand]
Steps = QuerySet[DemandStep]
Sides = tuple[QuerySet[Demand] | QuerySet[DemandStep], QuerySet[Demand] | QuerySet[DemandStep]]
Pair = Callable[[Demands, Steps, Period], Sides]
COLUMNS: Final = (zh("案件编号"), zh("标题"), zh("受理时间"), zh("办结时限"), zh("办结时间"))
CELL_DEGREES: Final = 0.005
MOST_CELLS: Final = 200
MOST_BELOW: Final = 10_000


def seen_steps(actor: Actor) -> Steps:
    """Return the steps of the demands that count for the actor."""
    if row_scope(actor, CASES_VIEW).everything:
        return DemandStep.objects.all()
    return DemandStep.objects.filter(case_id__in=seen_demands(actor).values("case_id"))


def within(period: Period, *names: str) -> Q:
    """Return the condition that one of the instants so named lies in the period."""
    found = Q()
    for name in names:
        found |= Q(**{f"{name}__gte": period.start, f"{name}__lt": period.end})
    return found


def taken_in(rows: Demands, period: Period) -> Demands:
    """Return the demands taken in in the period."""
    return rows.filter(within(period, "opened_at"))


def to_close(rows: Demands, period: Period) -> Demands:
    """Return the demands that should have been closed: due in the period and open, or closed in it."""
    due = within(period, "due_at") & Q(status=Demand.Status.OPEN)
    return rows.filter(due | (within(period, "closed_at") & Q(status=Demand.Status.CLOSED)))


def _response(_: Demands, steps: Steps, period: Period) -> Sides:
    signing = steps.filter(within(period, "due_at", "ended_at"), node__in=("sign", "decide"))
    return signing.filter(Q(due_at__isnull=True) | Q(ended_at__lte=F("due_at"))), signing


def _solved(rows: Demands, _: Steps, period: Period) -> Sides:
    asked = rows.filter(within(period, "called_back_at"), solved__in=ASKED)
    return asked.filter(solved__in=SOLVED), asked


def _satisfied(rows: Demands, _: Steps, period: Period) -> Sides:
    rated = rows.filter(within(period, "called_back_at"), satisfaction__in=RATED)
    return rated.filter(satisfaction__in=SATISFIED), rated


def _on_time(rows: Demands, _: Steps, period: Period) -> Sides:
    due = to_close(rows, period)
    closed = due.filter(status=Demand.Status.CLOSED)
    return closed.filter(Q(due_at__isnull=True) | Q(closed_at__lte=F("due_at"))), due


def _direct(rows: Demands, _: Steps, period: Period) -> Sides:
    every = taken_in(rows, period)
    return every.filter(answered_directly=True), every


def _returned(_: Demands, steps: Steps, period: Period) -> Sides:
    ended = steps.filter(within(period, "ended_at"), node__in=("sign", "decide"))
    return ended.filter(outcome="return"), ended


def _reworked(_: Demands, steps: Steps, period: Period) -> Sides:
    ended = steps.filter(within(period, "ended_at"))
    back = ended.filter(Q(node="callback", outcome="redo") | Q(node="close", outcome="rework"))
    return back, ended.filter(node="callback")


def _called_back(rows: Demands, _: Steps, period: Period) -> Sides:
    replied = rows.filter(within(period, "replied_at"), answered_directly=False, type_code="hotline.demand")
    return replied.filter(called_back_at__isnull=False), replied


def _repeated(rows: Demands, _: Steps, period: Period) -> Sides:
    every = taken_in(rows, period)
    return every.filter(is_repeated=True), every


def _by_knowledge(rows: Demands, _: Steps, period: Period) -> Sides:
    direct = taken_in(rows, period).filter(answered_directly=True)
    return direct.filter(case_id__in=ArticleUse.objects.values("case_id")), direct


COUNTING: Final[Mapping[str, Pair]] = {
    "response_rate": _response,
    "solved_rate": _solved,
    "satisfaction_rate": _satisfied,
    "on_time_rate": _on_time,
    "direct_answer_rate": _direct,
    "return_rate": _returned,
    "rework_rate": _reworked,
    "call_back_rate": _called_back,
    "repeated_rate": _repeated,
    "knowledge_rate": _by_knowledge,
}


def rate(code: str) -> Callable[[Actor, Period], Measure]:
    """Return a rate as an indicator's value, in per cent."""

    def compute(actor: Actor, period: Period) -> Measure:
        top, bottom = _counts(COUNTING[code](seen_demands(actor), seen_steps(actor), period))
        return Measure(percent(top, bottom), float(top), float(bottom))

    return compute


def below(code: str) -> Callable[[Actor, Period, int], Evidence]:
    """Return the demands below the line of a rate, newest first."""

    def rows(actor: Actor, period: Period, most: int) -> Evidence:
        seen = seen_demands(actor)
        _, bottom = COUNTING[code](seen, seen_steps(actor), period)
        return _evidence(
            seen.filter(case_id__in=list(bottom.values_list("case_id", flat=True).distinct()[:MOST_BELOW])), most
        )

    return rows


def counted(find: Callable[[Demands, Period], Demands]) -> Callable[[Actor, Period], Measure]:
    """Return how many demands a finder finds, as an indicator's value."""
    return lambda actor, period: Measure(float(find(seen_demands(actor), period).count()))


def overdue(rows: Demands, period: Period) -> Demands:
    """Return the open demands whose limit has passed."""
    return rows.filter(status=Demand.Status.OPEN, due_at__lt=period.end)


def still_open(rows: Demands, _: Period) -> Demands:
    """Return the open demands."""
    return rows.filter(status=Demand.Status.OPEN)


def rows_behind(find: Callable[[Demands, Period], Demands]) -> Callable[[Actor, Period, int], Evidence]:
    """Return the rows behind a finder's count, newest first."""

    return lambda actor, period, most: _evidence(find(seen_demands(actor), period), most)


def hours(rows: Demands) -> list[list[int]]:
    """Return how many demands came on each week day (Monday first) in each hour of the city's day: 7 × 24."""
    table = [[0] * 24 for _ in range(7)]
    counted_rows = (
        rows.annotate(
            day=ExtractIsoWeekDay("opened_at", tzinfo=CITY_ZONE), hour=ExtractHour("opened_at", tzinfo=CITY_ZONE)
        )
        .values("day", "hour")
        .annotate(number=Count("case_id"))
        .order_by()
    )
    for row in counted_rows:
        table[row["day"] - 1][row["hour"]] = row["number"]
    return table


def cells(rows: Demands) -> list[tuple[float, float, int]]:
    """Return where demands lie densest: (longitude, latitude, count) of cells of 0.005°, the fullest first.

    The point is the cell's middle (WGS 84), so that no single caller's place is told.
    """
    found = (
        rows.filter(longitude__isnull=False, latitude__isnull=False)
        .annotate(x=Floor(F("longitude") / CELL_DEGREES), y=Floor(F("latitude") / CELL_DEGREES))
        .values("x", "y")
        .annotate(number=Count("case_id"))
        .order_by("-number", "x", "y")[:MOST_CELLS]
    )
    half = CELL_DEGREES / 2
    return [
        (round(row["x"] * CELL_DEGREES + half, 6), round(row["y"] * CELL_DEGREES + half, 6), row["number"])
        for row in found
    ]


def agreement(rows: Demands) -> tuple[int, int]:
    """Return how many demands stand under the big class that was suggested for them, and how many had a suggestion."""
    asked = rows.exclude(suggested_code="").exclude(topic_code="")
    return asked.filter(topic_code__startswith=Substr("suggested_code", 1, 2)).count(), asked.count()


def by_column(rows: Demands, column: str) -> list[tuple[str, int]]:
    """Return how many demands there are for each value of a column, the most first."""
    found = rows.values(column).annotate(number=Count("case_id")).order_by("-number", column)
    return [(str(row[column]), row["number"]) for row in found]


def city_rates(*, start: datetime, end: datetime) -> list[tuple[str, float | None, int, int]]:
    """Return all rates of the whole city in a period: code, per cent, above the line, below it."""
    period = Period(start, end)
    found = []
    for code, pair in COUNTING.items():
        top, bottom = _counts(pair(Demand.objects.all(), DemandStep.objects.all(), period))
        found.append((code, percent(top, bottom), top, bottom))
    return found


def _counts(sides: Sides) -> tuple[int, int]:
    return sides[0].count(), sides[1].count()


def _evidence(rows: Demands, most: int) -> Evidence:
    found = list(rows.order_by("-opened_at", "-case_id")[:most])
    values = [(row.number, row.title, row.opened_at, row.due_at, row.closed_at) for row in found]
    return Evidence(COLUMNS, values, [reverse("cases:case", args=[row.number]) for row in found])
