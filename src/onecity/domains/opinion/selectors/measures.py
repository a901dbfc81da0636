"""What public opinion is measured by, for whoever asks: counts, shares, and how soon matters are answered for."""

from collections.abc import Callable
from typing import Final

from django.db.models import F, QuerySet
from django.urls import reverse

from onecity.domains.opinion.models import Article, EarlyWarning, Finding
from onecity.domains.opinion.permissions import CASES_VIEW
from onecity.domains.opinion.selectors.warned import seen_findings
from onecity.kernel.actor import Actor
from onecity.kernel.text import zh
from onecity.platform.identity.api import row_scope
from onecity.platform.indicators.declare import Evidence, Measure, Period

ARTICLE_COLUMNS: Final = (zh("标题"), zh("媒体"), zh("发布时间"))
WARNING_COLUMNS: Final = (zh("标题"), zh("预警等级"), zh("预警时间"))
FINDING_COLUMNS: Final = (zh("案件编号"), zh("转办时间"), zh("办结时限"), zh("办结时间"))
Articles = QuerySet[Article]
Findings = QuerySet[Finding]


def told(actor: Actor, period: Period) -> Articles:
    """Return the articles of the period that count for the actor."""
    rows = Article.objects.filter(row_scope(actor, CASES_VIEW).q())
    return rows.filter(told_at__gte=period.start, told_at__lt=period.end)


def negative(actor: Actor, period: Period) -> Articles:
    """Return the negative ones among the judged articles of the period."""
    return told(actor, period).filter(mood=Article.Mood.NEGATIVE)


def standing(actor: Actor, _: Period) -> QuerySet[EarlyWarning]:
    """Return the warnings that stand now."""
    return EarlyWarning.objects.filter(row_scope(actor, CASES_VIEW).q(), cleared_at=None)


def to_close(actor: Actor, period: Period) -> Findings:
    """Return the findings closed in the period, or due in it and open."""
    rows = seen_findings(actor)
    closed = rows.filter(closed_at__gte=period.start, closed_at__lt=period.end, status="closed")
    return closed | rows.filter(due_at__gte=period.start, due_at__lt=period.end, status="open")


def closed_in_time(actor: Actor, period: Period) -> Findings:
    """Return those of `to_close` that were closed within their limit."""
    return to_close(actor, period).filter(status="closed", closed_at__lte=F("due_at"))


def counted(
    rows: Callable[[Actor, Period], Articles] | Callable[[Actor, Period], QuerySet[EarlyWarning]],
) -> Callable[[Actor, Period], Measure]:
    """Return the indicator that counts rows."""
    return lambda actor, period: Measure(float(rows(actor, period).count()))


def negative_share(actor: Actor, period: Period) -> Measure:
    """Return the share of the negative among the judged articles, per cent; not known where none is judged."""
    return _share(negative(actor, period).count(), told(actor, period).exclude(mood="").count())


def closed_in_time_share(actor: Actor, period: Period) -> Measure:
    """Return the share of the findings closed within their limit, per cent; not known where there are none."""
    return _share(closed_in_time(actor, period).count(), to_close(actor, period).count())


def article_rows(rows: Callable[[Actor, Period], Articles]) -> Callable[[Actor, Period, int], Evidence]:
    """Return what shows the articles behind a value."""

    def shown(actor: Actor, period: Period, most: int) -> Evidence:
        found = list(rows(actor, period).order_by("-told_at")[:most])
        links = [reverse("opinion:article", args=[row.pk]) for row in found]
        return Evidence(ARTICLE_COLUMNS, [(row.title, row.outlet, row.told_at) for row in found], links)

    return shown


def warning_rows(actor: Actor, period: Period, most: int) -> Evidence:
    """Show the warnings behind a value."""
    found = list(standing(actor, period).order_by("-level", "-raised_at")[:most])
    links = [reverse("opinion:warnings")] * len(found)
    return Evidence(WARNING_COLUMNS, [(row.title, row.level, row.raised_at) for row in found], links)


def finding_rows(actor: Actor, period: Period, most: int) -> Evidence:
    """Show the findings behind a value."""
    found = list(to_close(actor, period).order_by("-opened_at")[:most])
    links = [reverse("cases:case", args=[row.number]) for row in found]
    rows = [(row.number, row.opened_at, row.due_at, row.closed_at) for row in found]
    return Evidence(FINDING_COLUMNS, rows, links)


def _share(part: int, whole: int) -> Measure:
    return Measure(100 * part / whole if whole else None, float(part), float(whole))
