"""The knowledge base: what departments write, reviewers publish and call-takers read out."""

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from onecity.domains.hotline.forms import ArticleForm
from onecity.domains.hotline.models import ArticleVersion
from onecity.domains.hotline.permissions import WRITE_KNOWLEDGE
from onecity.domains.hotline.selectors.knowledge import versions_for
from onecity.domains.hotline.services import knowledge
from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, Invalid, NotFound
from onecity.kernel.text import zh
from onecity.web.access import requires
from onecity.web.http import CityRequest
from onecity.web.listing import Action, Badge, Column, Filter, Listing, Query, respond
from onecity.web.paging import Count, Cursor, Page

STATES = {
    "draft": Badge(zh("草稿"), "grey"),
    "submitted": Badge(zh("待审核"), "yellow"),
    "published": Badge(zh("已发布"), "green"),
    "returned": Badge(zh("已退回"), "red"),
    "retired": Badge(zh("已失效"), "grey"),
}


@requires(WRITE_KNOWLEDGE)
@require_GET
def articles(request: CityRequest) -> HttpResponseBase:
    """List the versions that the actor works with, the newest change first."""
    listing = Listing[ArticleVersion](
        title=zh("热线知识库"),
        columns=(
            Column(zh("状态"), lambda row: STATES[row.state]),
            Column(zh("标题"), lambda row: row.title, link=lambda row: reverse("hotline:article", args=[row.pk])),
            Column(zh("版本号"), lambda row: row.number, look="number"),
            Column(zh("责任单位"), lambda row: row.article.organisation.name, wide_only=True),
            Column(zh("采用次数"), lambda row: row.article.used, look="number"),
            Column(zh("有效期至"), lambda row: row.valid_until, wide_only=True),
            Column(zh("变更时间"), lambda row: row.changed_at, look="moment", wide_only=True),
        ),
        filters=(Filter("state", zh("全部状态"), choices=[(code, badge.text) for code, badge in STATES.items()]),),
        fetch=lambda query: _page(request.actor, query),
        searchable=True,
        actions=(Action(zh("新建知识"), reverse("hotline:new_article")),),
        empty=zh("还没有知识条目"),
    )
    return respond(request, listing)


def _page(actor: Actor, query: Query) -> Page[ArticleVersion]:
    rows = versions_for(actor)
    if query.filters.get("state"):
        rows = rows.filter(state=query.filters["state"])
    if query.search:
        rows = rows.filter(title__contains=query.search) | rows.filter(keywords__contains=query.search)
    count = None if query.after else Count(rows.count())
    if query.after:
        rows = rows.filter(changed_at__lte=query.after.at).exclude(changed_at=query.after.at, id__gte=query.after.id)
    found = list(rows.order_by("-changed_at", "-id")[: query.size + 1])
    last = found[query.size - 1] if len(found) > query.size else None
    return Page(found[: query.size], Cursor(last.changed_at, last.pk) if last else None, count)


@requires(WRITE_KNOWLEDGE)
@require_http_methods(["GET", "POST"])
def new_article(request: CityRequest) -> HttpResponse:
    """Write a new article."""
    return _write(request, None, ArticleForm(request.POST or None))


@requires(WRITE_KNOWLEDGE)
@require_http_methods(["GET", "POST"])
def edit(request: CityRequest, version_id: int) -> HttpResponse:
    """Write the next version of an article, beginning with this one."""
    row = _shown(request, version_id)
    initial = {
        "title": row.title, "topic_code": row.article.topic_code, "keywords": row.keywords, "body": row.body,
        "basis": row.basis, "valid_until": row.valid_until,
    }  # fmt: skip
    return _write(request, row.article_id, ArticleForm(request.POST or None, initial=initial))


def _write(request: CityRequest, article_id: int | None, form: ArticleForm) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        new = knowledge.NewVersion(**form.cleaned_data)
        try:
            row = knowledge.write_article(request.actor, new=new, article_id=article_id, now=request.now)
        except (Invalid, Conflict) as refusal:
            form.take(refusal)
        else:
            messages.success(request, gettext("已保存草稿"))
            return redirect("hotline:article", row.pk)
    return render(request, "hotline/article_form.html", {"form": form}, status=422 if form.errors else 200)


@requires(WRITE_KNOWLEDGE)
@require_GET
def article(request: CityRequest, version_id: int) -> HttpResponse:
    """Show one version with its history."""
    row = _shown(request, version_id)
    versions = [
        (item, STATES[item.state])
        for item in versions_for(request.actor).filter(article_id=row.article_id).order_by("-number")
    ]
    facts = {
        "row": row,
        "state": STATES[row.state],
        "versions": versions,
        "is_owner": row.article.organisation_id == request.actor.organisation_id,
        "may_review": request.actor.may("hotline.publish_knowledge") and row.author_id != request.actor.id,
        "may_retire": request.actor.may("hotline.publish_knowledge"),
    }
    return render(request, "hotline/article.html", facts)


@requires(WRITE_KNOWLEDGE)
@require_POST
def turn(request: CityRequest, version_id: int) -> HttpResponse:
    """Hand a version in, publish it, give it back, or take it out of use."""
    _shown(request, version_id)
    deed, actor, now = request.POST.get("deed", ""), request.actor, request.now
    try:
        if deed == "submit":
            knowledge.submit(actor, version_id=version_id, now=now)
        elif deed == "publish":
            knowledge.publish(actor, version_id=version_id, now=now)
        elif deed == "retire":
            knowledge.retire(actor, version_id=version_id, now=now)
        else:
            knowledge.give_back(actor, version_id=version_id, reason=request.POST.get("reason", ""), now=now)
    except (Invalid, Conflict) as refusal:
        texts = list(refusal.fields.values()) or [refusal.template]
        messages.error(request, gettext(texts[0]))
    else:
        messages.success(request, gettext("已办理"))
    return redirect("hotline:article", version_id)


def _shown(request: CityRequest, version_id: int) -> ArticleVersion:
    row = versions_for(request.actor).filter(id=version_id).first()
    if row is None:
        raise NotFound(zh("没有这个知识版本"))
    return row
