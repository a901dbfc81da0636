"""The pool of demands, the case page's part, and what the city has learnt from them."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from onecity.domains.hotline.contracts import PastDemand
from onecity.domains.hotline.kinds import KIND_NAMES
from onecity.domains.hotline.models import Demand, TopicModel
from onecity.domains.hotline.permissions import ACCEPT, CASES_MERGE, CASES_VIEW, CONFIGURE, DISPATCH, MEASURE
from onecity.domains.hotline.selectors import measures
from onecity.domains.hotline.selectors.demands import demand_of, demands, past_by_hash, seen_demands
from onecity.domains.hotline.selectors.settings import department_of, script_of, topic_groups, topic_names
from onecity.domains.hotline.services import desk, learning, likening
from onecity.domains.hotline.services.training import TRAINING
from onecity.domains.hotline.sources import SOURCES
from onecity.kernel import clock
from onecity.kernel.errors import Conflict, Invalid, NotFound
from onecity.kernel.text import zh
from onecity.platform.cases.api import case
from onecity.platform.geo.api import map_settings
from onecity.platform.identity.api import organisation
from onecity.platform.jobs.api import start
from onecity.web.access import requires
from onecity.web.http import CityRequest
from onecity.web.listing import Badge, Column, Filter, Listing, respond

STATES = {
    "open": Badge(zh("办理中"), "blue"),
    "closed": Badge(zh("已办结"), "green"),
    "void": Badge(zh("不予受理"), "grey"),
    "merged": Badge(zh("已合并"), "purple"),
}
OPINIONS = {
    "": Badge(zh("未评价"), "grey"),
    "satisfied": Badge(zh("满意"), "green"),
    "basic": Badge(zh("基本满意"), "green"),
    "unsatisfied": Badge(zh("不满意"), "red"),
    "unreached": Badge(zh("未联系上"), "grey"),
}
SOURCE_NAMES = {item.code: item.name for item in SOURCES}
HEAT_LAYER = "hotline.demands"
DAYS = (7, 30, 90)


@requires(CASES_VIEW)
@require_GET
def pool(request: CityRequest) -> HttpResponseBase:
    """List the demands of all doors, newest first."""
    names = topic_names()
    listing = Listing[Demand](
        title=zh("诉求总库"),
        columns=(
            Column(zh("状态"), lambda row: STATES[row.status]),
            Column(zh("标题"), lambda row: row.title, link=lambda row: reverse("cases:case", args=[row.number])),
            Column(zh("诉求类型"), lambda row: gettext(KIND_NAMES.get(row.kind, row.kind))),
            Column(zh("诉求分类"), lambda row: names.get(row.topic_code, ""), wide_only=True),
            Column(zh("来源渠道"), lambda row: gettext(SOURCE_NAMES.get(row.source_code, "")), wide_only=True),
            Column(zh("承办单位"), lambda row: row.handler.name if row.handler else "", wide_only=True),
            Column(zh("受理时间"), lambda row: row.opened_at, look="moment"),
            Column(zh("办结时限"), lambda row: row.due_at, look="moment", wide_only=True),
            Column(zh("满意度"), lambda row: OPINIONS[row.satisfaction], wide_only=True),
            Column(zh("案件编号"), lambda row: row.number, look="code", wide_only=True),
        ),
        filters=(
            Filter("status", zh("全部状态"), choices=[(code, badge.text) for code, badge in STATES.items()]),
            Filter("kind", zh("全部类型"), choices=list(KIND_NAMES.items())),
            Filter("source", zh("全部渠道"), choices=list(SOURCE_NAMES.items())),
            Filter("topic", zh("全部分类"), choices=[(group.choices[0][0], group.name) for group in topic_groups()]),
            Filter("from", zh("自"), kind="date_from"),
            Filter("to", zh("至"), kind="date_to"),
        ),
        fetch=lambda query: demands(request.actor, query=query),
        searchable=True,
        search_hint=zh("诉求内容或案件编号"),
        empty=zh("还没有诉求"),
    )
    return respond(request, listing)


@requires(CASES_VIEW)
@require_GET
def panel(request: CityRequest, number: str) -> HttpResponse:
    """Give the case page's part: topic, caller's earlier demands, likely body, demands alike."""
    row = demand_of(request.actor, number)
    if row is None:
        raise NotFound(zh("没有这件诉求"))
    body = department_of(row.topic_code, division_code=row.division_code)
    place = None if row.longitude is None or row.latitude is None else (row.longitude, row.latitude)
    found = case(request.actor, number, now=request.now)
    open_nodes = {task.node for task in found.tasks if task.state == "open"}
    near = []
    if row.status == "open" and open_nodes & {"accept", "dispatch"}:
        near = likening.alike(request.actor, words=row.words, location=place, now=request.now)
    facts = {
        "row": row,
        "topic": topic_names().get(row.topic_code, ""),
        "groups": topic_groups() if request.actor.may(ACCEPT) and row.status == "open" else [],
        "suggestions": learning.suggest(row.words) if not row.topic_code else [],
        "script": script_of(row.topic_code),
        "past": [item for item in _past(request, row) if item.number != number],
        "alike": [item for item in near if item.number != number],
        "may_merge": request.actor.may(CASES_MERGE),
        "body": organisation(body) if body else None,
        "may_send": "dispatch" in open_nodes and body is not None and request.actor.may(DISPATCH),
    }
    return render(request, "hotline/panel.html", facts)


@requires(ACCEPT)
@require_POST
def change(request: CityRequest, number: str) -> HttpResponse:
    """Put a demand under another topic, send it to its body, or join it to another."""
    deed, actor, now = request.POST.get("deed", ""), request.actor, request.now
    try:
        if deed == "topic":
            desk.change_topic(actor, number=number, topic_code=request.POST.get("topic_code", ""), now=now)
        elif deed == "join":
            desk.join(actor, number=number, into=request.POST.get("into", ""), now=now)
        else:
            row = demand_of(actor, number)
            body = department_of(row.topic_code, division_code=row.division_code) if row else None
            if body is None:
                raise NotFound(zh("该分类没有设置承办单位"))
            desk.send(actor, number=number, organisation_id=body, now=now)
    except (Invalid, Conflict) as refusal:
        messages.error(request, refusal.sentence(gettext(refusal.template)))
    else:
        messages.success(request, gettext("已办理"))
    return redirect("cases:case", number)


@requires(MEASURE)
@require_GET
def hot_spots(request: CityRequest) -> HttpResponse:
    """Show where and when demands come from, and which tell of the same thing."""
    text = request.GET.get("days", "30")
    days = int(text) if text in {str(item) for item in DAYS} else 30
    rows = seen_demands(request.actor).filter(opened_at__gte=request.now - timedelta(days=days))
    names = topic_names()
    hours = measures.hours(rows)
    facts = {
        "days": days,
        "choices": DAYS,
        "total": rows.count(),
        "cells": measures.cells(rows)[:20],
        "hours": [
            (gettext(day), [(value, _shade(value, hours)) for value in line])
            for day, line in zip(WEEK, hours, strict=True)
        ],
        "topics": [
            (names.get(code, gettext("未分类")), number) for code, number in measures.by_column(rows, "topic_code")[:12]
        ],
        "clusters": likening.clusters(request.actor, since=request.now - timedelta(days=days))[:20],
        "names": names,
        "map": map_settings(request.actor, name="heat", offered=(HEAT_LAYER,), shown=(HEAT_LAYER,)),
    }
    return render(request, "hotline/hot_spots.html", facts)


@requires(CONFIGURE)
@require_GET
def models(request: CityRequest) -> HttpResponse:
    """Show the trained models with their measured accuracy."""
    names = topic_names()
    rows = [
        {
            "row": row,
            "accuracy": 100 * row.accuracy,
            "top3": 100 * row.accuracy_top3,
            "by_topic": [
                (names.get(code, code), right, every) for code, (right, every) in sorted(row.by_topic.items())
            ],
        }
        for row in TopicModel.objects.defer("arrays")[:10]
    ]
    agreed, asked = measures.agreement(seen_demands(request.actor))
    return render(request, "hotline/models.html", {"rows": rows, "agreed": agreed, "asked": asked})


@requires(CONFIGURE)
@require_POST
def train(request: CityRequest) -> HttpResponse:
    """Start the training of a new model."""
    run = start(request.actor, code=TRAINING, title=zh("训练诉求分类模型"), arguments={}, now=clock.real_now())
    return redirect("jobs:run", run)


WEEK = (zh("周一"), zh("周二"), zh("周三"), zh("周四"), zh("周五"), zh("周六"), zh("周日"))


def _past(request: CityRequest, row: Demand) -> list[PastDemand]:
    return past_by_hash(request.actor, hashes=[row.caller_hashed]) if row.caller_hashed else []


def _shade(value: int, table: list[list[int]]) -> int:
    """Return a step of shade, 0 to 5."""
    most = max(max(line) for line in table)
    return 0 if not value else max(1, round(5 * value / most))
