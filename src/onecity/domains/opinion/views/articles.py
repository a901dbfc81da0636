"""The live list of articles, and one article with what the machine made of it."""

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from onecity.domains.opinion.contracts import NewFinding
from onecity.domains.opinion.forms import FindingForm
from onecity.domains.opinion.models import Article, Finding
from onecity.domains.opinion.permissions import JUDGE, VIEW
from onecity.domains.opinion.selectors import articles as reading
from onecity.domains.opinion.selectors.sources import seen_sources
from onecity.domains.opinion.services import findings, learning
from onecity.domains.opinion.services.training import correct_mood
from onecity.domains.opinion.views.showing import MOODS, bodies
from onecity.kernel.errors import Conflict, Invalid, NotFound, Unavailable
from onecity.kernel.text import zh
from onecity.platform.identity.api import organisation
from onecity.web.access import requires
from onecity.web.http import CityRequest
from onecity.web.listing import Column, Filter, Listing, respond


@requires(VIEW)
@require_GET
def articles(request: CityRequest) -> HttpResponseBase:
    """List what was told of the city, the newest first; the page looks again every half minute."""
    listing = Listing[Article](
        title=zh("舆情文章"),
        columns=(
            Column(zh("情感"), lambda row: MOODS[row.mood]),
            Column(zh("标题"), lambda row: row.title, link=lambda row: reverse("opinion:article", args=[row.pk])),
            Column(zh("媒体"), lambda row: row.outlet),
            Column(zh("话题"), lambda row: row.theme.title if row.theme else "", wide_only=True),
            Column(zh("分类"), lambda row: row.topic_code, wide_only=True),
            Column(zh("转载"), lambda row: gettext("转载") if row.original_id else "", wide_only=True),
            Column(zh("发布时间"), lambda row: row.told_at, look="moment"),
        ),
        filters=(
            Filter("mood", zh("全部情感"), choices=[(code, badge.text) for code, badge in MOODS.items() if code]),
            Filter("source", zh("全部采集源"), choices=_sources(request)),
            Filter("originals", zh("只看原发"), kind="flag"),
            Filter("division", zh("区划代码"), kind="text"),
            Filter("from", zh("自"), kind="date_from"),
            Filter("to", zh("至"), kind="date_to"),
        ),
        fetch=lambda query: reading.articles(request.actor, query=query),
        searchable=True,
        search_hint=zh("标题或正文中的词，多个词用空格隔开"),
        empty=zh("还没有采集到文章"),
        template="opinion/articles.html",
    )
    return respond(request, listing)


@requires(VIEW)
@require_GET
def article(request: CityRequest, article_id: int) -> HttpResponse:
    """Show one article."""
    row = _row(request, article_id)
    judged = learning.judge(f"{row.title}\n{row.body}")
    facts = {
        "row": row,
        "mood": MOODS[row.mood],
        "share": None if row.mood_score is None else 100 * row.mood_score,
        "moods": [(code, badge.text) for code, badge in MOODS.items() if code],
        "reasons": judged.reasons,
        "named": [organisation(number).name for number in row.bodies],
        "reposts": reading.seen_articles(request.actor).filter(original=row).order_by("told_at")[:20],
        "finding": Finding.objects.filter(article=row).first(),
        "form": FindingForm(bodies=bodies()) if request.actor.may(JUDGE) else None,
        "may_judge": request.actor.may(JUDGE),
    }
    return render(request, "opinion/article.html", facts)


@requires(JUDGE)
@require_POST
def mood(request: CityRequest, article_id: int) -> HttpResponse:
    """Correct how an article speaks."""
    try:
        correct_mood(request.actor, article_id=article_id, mood=request.POST.get("mood", ""))
    except Invalid as refusal:
        messages.error(request, gettext(next(iter(refusal.fields.values()))))
    else:
        messages.success(request, gettext("情感倾向已更正，下次训练时采用"))
    return redirect("opinion:article", article_id)


@requires(JUDGE)
@require_POST
def hand_over(request: CityRequest, article_id: int) -> HttpResponse:
    """Make an article a case."""
    form = FindingForm(request.POST, bodies=bodies())
    if not form.is_valid():
        messages.error(request, gettext("请填写舆情等级和研判意见"))
        return redirect("opinion:article", article_id)
    try:
        new = NewFinding(article_id=article_id, **form.cleaned_data)
        opened = findings.hand_over(request.actor, new=new, now=request.now)
    except (Invalid, Conflict, Unavailable) as refusal:
        messages.error(request, refusal.sentence(gettext(refusal.template)))
        return redirect("opinion:article", article_id)
    return redirect("cases:case", opened.number)


def _row(request: CityRequest, article_id: int) -> Article:
    row = reading.article_of(request.actor, article_id)
    if row is None:
        raise NotFound(zh("没有这篇文章"))
    return row


def _sources(request: CityRequest) -> list[tuple[str, str]]:
    rows = seen_sources(request.actor).order_by("name").values_list("id", "name")[:200]
    return [(str(number), name) for number, name in rows]
