"""What means checking is measured by, as far as the actor may see, with the rows behind each figure."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from django.db.models import F, QuerySet
from django.urls import reverse

from onecity.domains.welfare.models import Verification
from onecity.domains.welfare.permissions import STATISTICS
from onecity.kernel.actor import Actor
from onecity.kernel.text import zh
from onecity.platform.identity.api import row_scope
from onecity.platform.indicators.declare import Evidence, Measure, Period

COLUMNS: Final = (zh("核对编号"), zh("委托时间"), zh("完成时间"), zh("矛盾数"), zh("差异数"))


def finished(actor: Actor, period: Period) -> QuerySet[Verification]:
    """Return the verifications that ended in the period with a report."""
    rows = Verification.objects.filter(row_scope(actor, STATISTICS).q(), state=Verification.State.REPORTED)
    return rows.filter(finished_at__gte=period.start, finished_at__lt=period.end)


def median_minutes(actor: Actor, period: Period) -> Measure:
    """Return the median time from the request to the signed report, in minutes."""
    spans = finished(actor, period).annotate(span=F("finished_at") - F("requested_at"))
    minutes = sorted(span / timedelta(minutes=1) for span in spans.values_list("span", flat=True))
    return Measure(_median(minutes), None, None)


def hit_rate(actor: Actor, period: Period) -> Measure:
    """Return the share of verifications that found a difference or a contradiction, in per cent."""
    rows = finished(actor, period)
    count = rows.count()
    hits = rows.exclude(contradictions=0, differences=0).count()
    return Measure(100 * hits / count if count else None, hits, count)


def contradiction_rate(actor: Actor, period: Period) -> Measure:
    """Return the share of verifications that found a contradiction, in per cent."""
    rows = finished(actor, period)
    count, hits = rows.count(), rows.filter(contradictions__gt=0).count()
    return Measure(100 * hits / count if count else None, hits, count)


def verification_rows(actor: Actor, period: Period, most: int) -> Evidence:
    """Return the verifications behind the figures, the newest first."""
    rows = list(finished(actor, period).order_by("-finished_at", "-id")[:most])
    cells: Sequence[Sequence[object]] = [
        [row.number, row.requested_at, row.finished_at, row.contradictions, row.differences] for row in rows
    ]
    return Evidence(COLUMNS, cells, [reverse("welfare:verification", args=[row.number]) for row in rows])  # type: ignore[arg-type]  # plain cells


def _median(values: Sequence[float]) -> float | None:
    if not values:
        return None
    middle = len(values) // 2
    return values[middle] if len(values) % 2 else (values[middle - 1] + values[middle]) / 2
