"""Themes, and one theme with its curve, its way from outlet to outlet, and what may be done about it."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from onecity.domains.opinion.contracts import NewFinding
from onecity.domains.opinion.forms import FindingForm
from onecity.domains.opinion.models import Finding, Theme
from onecity.domains.opinion.permissions import JUDGE, VIEW
from onecity.domains.opinion.rules.themes import top_words
from onecity.domains.opinion.rules.warnings import LEVELS
from onecity.domains.opinion.selectors import articles as reading
from onecity.domains.opinion.services import findings
from onecity.domains.opinion.views.showing import LEVEL_BADGES, MOODS, bodies
from onecity.kernel.clock import CITY_ZONE
from onecity.kernel.errors import Conflict, Invalid, NotFound, Unavailable
from onecity.kernel.text import zh
from onecity.web.access import requires
from onecity.web.http import CityRequest
from onecity.web.listing import Column, Filter, Listing, respond

WINDOW_H = 24.0
SHOWN = 60


@requires(VIEW)
@require_GET
def themes(request: CityRequest) -> HttpResponseBase:
    """List the matters that are told of, those told of last first."""
    listing = Listing[Theme](
        title=zh("舆情话题"),
        columns=(
            Column(zh("预警"), lambda row: LEVEL_BADGES[row.level]),
            Column(zh("话题"), lambda row: row.title, link=lambda row: reverse("opinion:theme", args=[row.pk])),
            Column(zh("文章数"), lambda row: row.articles, look="number"),
            Column(zh("转载数"), lambda row: row.reposts, look="number", wide_only=True),
            Column(zh("负面数"), lambda row: row.negative, look="number", wide_only=True),
            Column(zh("特征词"), lambda row: "、".join(top_words(row.words, most=5)), wide_only=True),
            Column(zh("首发时间"), lambda row: row.first_at, look="moment", wide_only=True),
            Column(zh("最近发布"), lambda row: row.last_at, look="moment"),
        ),
        filters=(
            Filter("level", zh("全部等级"), choices=[(str(level), name) for level, name in LEVELS]),
            Filter(
                "least",
                zh("全部规模"),
                choices=[("2", zh("2篇及以上")), ("5", zh("5篇及以上")), ("20", zh("20篇及以上"))],
            ),
        ),
        fetch=lambda query: reading.themes(request.actor, query=query),
        searchable=True,
        search_hint=zh("话题中的词"),
        empty=zh("还没有话题"),
    )
    return respond(request, listing)


@requires(VIEW)
@require_GET
def theme(request: CityRequest, theme_id: int) -> HttpResponse:
    """Show one theme: how fast it spreads, where, and who told of it."""
    row = reading.theme_of(request.actor, theme_id)
    if row is None:
        raise NotFound(zh("没有这个话题"))
    rows = reading.seen_articles(request.actor).filter(theme=row)
    told, repeated = reading.curve_of(rows, until=request.now)
    newest = rows.order_by("-told_at").defer("pairs", "bands", "signature")
    facts = {
        "row": row,
        "level": LEVEL_BADGES[row.level],
        "words": top_words(row.words, most=12),
        "spread": reading.spread_of(rows, until=request.now, window_h=WINDOW_H),
        "chart": _chart(request, told, repeated),
        "hours": [line for line in _hours(request, told, repeated) if line[1]],
        "path": reading.path_of(row),
        "places": sorted({place["text"] for item in newest[:SHOWN] for place in item.places})[:12],
        "articles": [(item, MOODS[item.mood]) for item in newest[:SHOWN]],
        "finding": Finding.objects.filter(theme=row).first(),
        "form": FindingForm(bodies=bodies()) if request.actor.may(JUDGE) else None,
    }
    return render(request, "opinion/theme.html", facts)


@requires(JUDGE)
@require_POST
def hand_over(request: CityRequest, theme_id: int) -> HttpResponse:
    """Make a theme a case."""
    form = FindingForm(request.POST, bodies=bodies())
    if not form.is_valid():
        messages.error(request, gettext("请填写舆情等级和研判意见"))
        return redirect("opinion:theme", theme_id)
    try:
        new = NewFinding(theme_id=theme_id, **form.cleaned_data)
        opened = findings.hand_over(request.actor, new=new, now=request.now)
    except (Invalid, Conflict, Unavailable) as refusal:
        messages.error(request, refusal.sentence(gettext(refusal.template)))
        return redirect("opinion:theme", theme_id)
    return redirect("cases:case", opened.number)


def _hours(request: CityRequest, told: list[int], repeated: list[int]) -> list[tuple[str, int, int]]:
    begun = request.now - timedelta(hours=len(told))
    return [
        ((begun + timedelta(hours=nr)).astimezone(CITY_ZONE).strftime("%m-%d %H:%M"), number, repeated[nr])
        for nr, number in enumerate(told)
    ]


def _chart(request: CityRequest, told: list[int], repeated: list[int]) -> dict[str, object]:
    return {
        "kind": "bar",
        "unit": gettext("篇/小时"),
        "at": [line[0] for line in _hours(request, told, repeated)],
        "series": [
            {"name": gettext("全部文章"), "values": told},
            {"name": gettext("其中转载"), "values": repeated},
        ],
    }
