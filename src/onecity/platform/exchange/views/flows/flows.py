"""Pages of flows: the list, one flow with its runs and versions, and what is done to it."""

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from onecity.kernel.errors import NotFound, OneCityError
from onecity.kernel.text import zh
from onecity.platform.exchange.models import Flow
from onecity.platform.exchange.permissions import MANAGE_FLOWS, RUN_FLOWS, VIEW_FLOWS
from onecity.platform.exchange.rules.mapping import TYPE_NAMES
from onecity.platform.exchange.rules.masks import MASK_NAMES
from onecity.platform.exchange.rules.wording import KIND_NAMES, sentence_of, titles_of
from onecity.platform.exchange.selectors.flows import flows as selectors
from onecity.platform.exchange.selectors.flows.runs import RunQuery, runs, scores_of_flow
from onecity.platform.exchange.services.flows import drafting, publishing
from onecity.platform.exchange.services.flows.plans import text_of
from onecity.platform.exchange.services.flows.running import start_run
from onecity.platform.exchange.views.flows.shown import (
    FLOW,
    LOADINGS,
    READINGS,
    VERSION,
    counts_of,
    flow_badge,
    organisation_names,
    person_name,
    run_badge,
    schedule_of,
    sentence,
    threshold_of,
)
from onecity.web.access import requires
from onecity.web.http import CityRequest
from onecity.web.listing import Action, Badge, Column, Filter, Listing, respond

LATEST = 8


@requires(VIEW_FLOWS)
@require_GET
def index(request: CityRequest) -> HttpResponseBase:
    """List flows with their last run, what is due next, and what is late."""
    names = organisation_names()
    manages = request.actor.may(MANAGE_FLOWS)
    listing = Listing[Flow](
        title=zh("交换流程"),
        columns=(
            Column(zh("流程名称"), lambda row: row.name, link=_link),
            Column(zh("状态"), flow_badge),
            Column(zh("最近运行"), _last),
            Column(zh("结束时间"), lambda row: row.last_run.ended_at if row.last_run else None, look="moment"),
            Column(zh("下次应运行时间"), lambda row: row.next_due_at, look="moment", wide_only=True),
            Column(zh("来源"), lambda row: row.published.source.name if row.published else "", wide_only=True),
            Column(zh("目标"), lambda row: row.published.target.name if row.published else "", wide_only=True),
            Column(zh("所属机构"), lambda row: names.get(row.organisation_id, ""), wide_only=True),
        ),
        filters=(
            Filter("state", zh("全部状态"), choices=[(code, badge.text) for code, badge in FLOW.items()]),
            Filter("late", zh("只看逾期"), kind="flag"),
        ),
        fetch=lambda query: selectors.flows(
            request.actor,
            selectors.FlowQuery(
                search=query.search,
                state=query.filters.get("state", ""),
                late_at=request.now if query.filters.get("late") else None,
                after=query.after,
                size=query.size,
            ),
        ),
        searchable=True,
        search_hint=zh("流程名称、编码或资源代码"),
        empty=zh("还没有交换流程。请先在“数据连接”中选择来源表。"),
        actions=[Action(zh("新建流程"), reverse("exchange:new_flow"))] if manages else [],
    )
    return respond(request, listing)


@requires(VIEW_FLOWS)
@require_GET
def page(request: CityRequest, flow_id: int) -> HttpResponse:
    """Show a flow: what it does, when, how its last runs went."""
    found = selectors.flow(request.actor, flow_id)
    versions = selectors.versions(flow_id)
    shown = found.published or versions[0]
    text = text_of(shown)
    titles = titles_of(text.target_shape)
    checks = [(KIND_NAMES[item.kind], sentence_of(item, titles), item.blocking) for item in text.checks]
    facts = {
        "flow": found,
        "badge": flow_badge(found),
        "text": text,
        "version": shown,
        "reading": READINGS[shown.reading],
        "loading": LOADINGS[shown.loading],
        "checks": checks,
        "sensitive": [(name, MASK_NAMES.get(mask, mask)) for name, mask in shown.sensitive.items()],
        "schedule": schedule_of(found),
        "columns": [(item, TYPE_NAMES[item.type]) for item in text.columns],
        "threshold": threshold_of(text.threshold),
        "runs": [
            (row, run_badge(row), counts_of(row))
            for row in runs(request.actor, RunQuery(flow_id=flow_id, size=LATEST)).rows
        ],
        "versions": [(item, VERSION[item.state], person_name(item.author)) for item in versions],
        "has_draft": versions[0].state == "draft",
        "scores": scores_of_flow(flow_id),
        "organisation": organisation_names().get(found.organisation_id, ""),
        "owner": person_name(f"account:{found.owner_id}") if found.owner_id else "",
        "may_manage": request.actor.may(MANAGE_FLOWS),
        "may_run": request.actor.may(RUN_FLOWS),
    }
    return render(request, "exchange/flows/flow.html", facts)


@requires(MANAGE_FLOWS)
@require_POST
def publish(request: CityRequest, flow_id: int) -> HttpResponse:
    """Put the draft into force."""
    try:
        publishing.publish_flow(request.actor, flow_id=flow_id, now=request.now)
    except NotFound:
        raise
    except OneCityError as refusal:
        messages.error(request, sentence(refusal))
    else:
        messages.success(request, gettext("流程已发布"))
    return redirect("exchange:flow", flow_id)


@requires(MANAGE_FLOWS)
@require_POST
def discard(request: CityRequest, flow_id: int) -> HttpResponse:
    """Throw the draft away."""
    drafting.discard_draft(request.actor, flow_id=flow_id)
    messages.success(request, gettext("草稿已删除"))
    try:
        selectors.flow(request.actor, flow_id)
    except NotFound:
        return redirect("exchange:flows")
    return redirect("exchange:flow", flow_id)


@requires(MANAGE_FLOWS)
@require_POST
def change_state(request: CityRequest, flow_id: int) -> HttpResponse:
    """Pause, resume or close a flow."""
    reason, wanted = request.POST.get("reason", ""), request.POST.get("to", "")
    try:
        if wanted == "paused":
            publishing.pause_flow(request.actor, flow_id=flow_id, reason=reason, now=request.now)
        elif wanted == "closed":
            publishing.close_flow(request.actor, flow_id=flow_id, reason=reason, now=request.now)
        else:
            publishing.resume_flow(request.actor, flow_id=flow_id, now=request.now)
    except NotFound:
        raise
    except OneCityError as refusal:
        messages.error(request, sentence(refusal))
    else:
        messages.success(request, gettext("流程状态已更改"))
    return redirect("exchange:flow", flow_id)


@requires(RUN_FLOWS)
@require_POST
def run_now(request: CityRequest, flow_id: int) -> HttpResponse:
    """Start a run and show it."""
    try:
        made = start_run(request.actor, flow_id=flow_id, now=request.now)
    except NotFound:
        raise
    except OneCityError as refusal:
        messages.error(request, sentence(refusal))
        return redirect("exchange:flow", flow_id)
    return redirect("exchange:run", made)


def _link(row: Flow) -> str:
    return reverse("exchange:flow", args=[row.id])


def _last(row: Flow) -> Badge | str:
    return run_badge(row.last_run) if row.last_run else "—"
