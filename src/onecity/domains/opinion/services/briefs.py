"""The daily brief 舆情日报: figures of a day, and the document that is handed out."""

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Count, Q, QuerySet

from onecity.domains.opinion.models import Article, Brief, EarlyWarning, Finding, Source, Theme
from onecity.domains.opinion.permissions import JUDGE
from onecity.domains.opinion.rules.themes import top_words
from onecity.domains.opinion.rules.warnings import LEVEL_NAMES
from onecity.domains.opinion.services.access import need
from onecity.domains.opinion.services.writing import written
from onecity.kernel.actor import Actor, system_actor
from onecity.kernel.clock import CITY_ZONE, city_date
from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.documents import api as documents
from onecity.platform.identity.api import organisation, organisations, record

HOLDER: Final = "opinion.brief"
MOST_THEMES: Final = 10
MOST_OUTLETS: Final = 5
MADE_FROM: Final = time(7)
_WRITER: Final = system_actor("opinion.briefs")


def make_brief(actor: Actor, *, organisation_id: int, day: date, now: datetime) -> Brief:
    """Make the brief of a day that has passed for a body and all below it; making it again replaces the document.

    Raises: NotPermitted; NotFound; Invalid for a day that is not over.
    """
    need(actor, JUDGE)
    if day >= city_date(now):
        raise Invalid(fields={"day": zh("当日结束后才能生成日报")})
    return _make(actor, organisation_id=organisation(organisation_id).id, day=day, now=now)


def make_due_briefs(*, now: datetime) -> int:
    """Make yesterday's brief for each body that owns sources, from seven in the morning on; returns how many."""
    local = now.astimezone(CITY_ZONE)
    if local.time() < MADE_FROM:
        return 0
    day = city_date(now) - timedelta(days=1)
    owners = set(Source.objects.values_list("organisation_id", flat=True))
    made = set(Brief.objects.filter(day_date=day).values_list("organisation_id", flat=True))
    for owner in sorted(owners - made):
        _make(_WRITER, organisation_id=owner, day=day, now=now)
    return len(owners - made)


def figures_of(organisation_id: int, *, day: date) -> dict[str, Any]:
    """Return what stands in the brief of a day, as JSON values."""
    begun = datetime.combine(day, time.min, CITY_ZONE)
    ended = begun + timedelta(days=1)
    owners = [item.id for item in organisations(below=organisation_id)]
    told = Article.objects.filter(organisation_id__in=owners, told_at__gte=begun, told_at__lt=ended)
    warned = EarlyWarning.objects.filter(organisation_id__in=owners, raised_at__lt=ended).filter(
        Q(cleared_at=None) | Q(cleared_at__gte=begun)
    )
    found = Finding.objects.filter(organisation_id__in=owners)
    return {
        "articles": told.count(),
        "reposts": told.exclude(original=None).count(),
        "before": Article.objects.filter(
            organisation_id__in=owners, told_at__gte=begun - timedelta(days=1), told_at__lt=begun
        ).count(),
        "moods": dict(told.exclude(mood="").values_list("mood").annotate(Count("id"))),
        "outlets": list(map(list, told.values_list("outlet").annotate(n=Count("id")).order_by("-n")[:MOST_OUTLETS])),
        "themes": _themes(told),
        "warnings": [
            {
                "title": row.title,
                "level": row.peak_level,
                "name": LEVEL_NAMES[row.peak_level],
                "cleared": bool(row.cleared_at),
            }
            for row in warned.order_by("-peak_level", "-raised_at")[:MOST_THEMES]
        ],
        "handed_over": found.filter(opened_at__gte=begun, opened_at__lt=ended).count(),
        "closed": found.filter(closed_at__gte=begun, closed_at__lt=ended).count(),
        "open": found.filter(opened_at__lt=ended).filter(Q(closed_at=None) | Q(closed_at__gte=ended)).count(),
    }


def _themes(told: QuerySet[Article]) -> Sequence[Mapping[str, object]]:
    counts = told.exclude(theme=None).values("theme_id").annotate(n=Count("id")).order_by("-n", "theme_id")
    most = {item["theme_id"]: item["n"] for item in counts[:MOST_THEMES]}
    rows = Theme.objects.in_bulk(list(most))
    return [
        {
            "id": number,
            "title": rows[number].title,
            "articles": count,
            "whole": rows[number].articles,
            "negative": rows[number].negative,
            "level": rows[number].level,
            "words": top_words(rows[number].words, most=5),
        }
        for number, count in most.items()
    ]


def _make(actor: Actor, *, organisation_id: int, day: date, now: datetime) -> Brief:
    figures = figures_of(organisation_id, day=day)
    with transaction.atomic():
        row = Brief.objects.select_for_update().filter(organisation_id=organisation_id, day_date=day).first()
        if row is None:
            number = Brief.objects.filter(organisation_id=organisation_id, day_date__year=day.year).count() + 1
            row = Brief(organisation_id=organisation_id, day_date=day, number=number)
        row.figures, row.made_at = figures, now
        row.save()
        target = io.BytesIO()
        written(target, owner=organisation(organisation_id).name, day=day, number=row.number, figures=figures)
        upload = ContentFile(target.getvalue(), name=f"舆情日报{day:%Y%m%d}.docx")
        before = row.document_id
        row.document_id = documents.store(actor, holder=HOLDER, holder_id=row.pk, upload=upload, now=now).id
        row.save(update_fields=["document_id"])
        if before is not None:
            documents.withdraw(actor, document_id=before, reason="日报重新生成", now=now)
        details = {"day": day.isoformat(), "articles": figures["articles"]}
        record(actor, action="opinion.make_brief", target=f"opinion.brief:{row.pk}", details=details)
    return row
