"""Comprehensive evaluation: runs, standings by kind, the rows behind each figure, the monthly report."""

from collections.abc import Sequence

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from onecity.domains.urban_management.contracts import Sheet
from onecity.domains.urban_management.forms import MonthForm
from onecity.domains.urban_management.models import EvaluationResult, EvaluationRun
from onecity.domains.urban_management.permissions import CONFIGURE, SUPERVISE
from onecity.domains.urban_management.rules.catalogue import KINDS, POSTS, Kind
from onecity.domains.urban_management.rules.evaluation import metrics_of, parts, value_of
from onecity.domains.urban_management.selectors import evaluation
from onecity.domains.urban_management.selectors.counting import COUNTS
from onecity.domains.urban_management.selectors.evaluation import CountedRow
from onecity.domains.urban_management.selectors.settings import centres_seen
from onecity.domains.urban_management.services import evaluating
from onecity.domains.urban_management.services.printing import BANDS, monthly_report
from onecity.kernel.errors import Invalid, NotFound, NotPermitted
from onecity.kernel.text import zh
from onecity.web.access import requires
from onecity.web.http import CityRequest
from onecity.web.listing import Column, Listing, Query, respond
from onecity.web.paging import Count, Page

LEVELS: dict[Kind, tuple[tuple[str, str], ...]] = {
    "region": (("6", zh("区县")), ("9", zh("街道")), ("12", zh("社区")), ("15", zh("单元网格"))),
    "department": (("", zh("专业部门")),),
    "post": POSTS,
    "supervisor": (("", zh("监督员")),),
}
TONES = {"excellent": "green", "good": "blue", "fair": "yellow", "poor": "red", "": "grey"}
PRINTED = ("6", "9", "")


@requires(SUPERVISE)
@require_http_methods(["GET", "POST"])
def evaluations(request: CityRequest) -> HttpResponse:
    """List the months evaluated, and evaluate one."""
    form = MonthForm(request.POST or None, initial={"month": f"{request.now:%Y-%m}"})
    form.offer(centres_seen(request.actor))
    if request.method == "POST" and form.is_valid():
        try:
            address = evaluating.request_evaluation(request.actor, **form.cleaned_data, now=request.now)
        except (Invalid, NotFound, NotPermitted) as refusal:
            form.take(refusal)
        else:
            return redirect(address)
    facts = {"form": form, "runs": evaluation.runs(request.actor), "may_weigh": request.actor.may(CONFIGURE)}
    return render(request, "urban_management/evaluations.html", facts, status=422 if form.errors else 200)


@requires(SUPERVISE)
@require_GET
def standings(request: CityRequest, run_id: int) -> HttpResponse:
    """Show how the objects of a kind stand in a month, each figure leading to its rows."""
    row = evaluation.run(request.actor, run_id)
    kind, level = _wanted(request)
    scale = evaluation.scale_of(row.weight_edition)
    metrics = metrics_of(kind)
    facts = {
        "run": row,
        "kind": kind,
        "level": level,
        "kinds": [(code, name, LEVELS[code]) for code, name in KINDS],
        "levels": LEVELS[kind],
        "metrics": [(metric, scale.weights.get(kind, {}).get(metric.code, 0)) for metric in metrics],
        "rows": [
            {
                "found": found,
                "band": BANDS[found.band],
                "tone": TONES[found.band],
                "cells": [(metric, value_of(metric, found.counts), *parts(metric, found.counts)) for metric in metrics],
            }
            for found in evaluation.results(row, kind=kind, level=level)
        ],
        "bands": scale.bands,
    }
    return render(request, "urban_management/standings.html", facts)


@requires(SUPERVISE)
@require_GET
def counted(request: CityRequest, run_id: int, result_id: int, code: str) -> HttpResponseBase:
    """List the cases or steps behind one count of one object."""
    row = evaluation.run(request.actor, run_id)
    found = evaluation.result(row, result_id)
    if code not in COUNTS:
        raise NotFound
    title = f"{found.name} · {gettext(COUNTS[code].name)} · {row.month_date:%Y-%m}"

    def fetch(_: Query) -> Page[CountedRow]:
        rows = evaluation.rows_behind(row, found, code=code)
        return Page(rows=rows, count=Count(len(rows), open_ended=len(rows) == evaluation.MOST_ROWS))

    listing = Listing[CountedRow](
        title=title,
        columns=(
            Column(zh("案件编号"), lambda item: item.number, look="code", link=_address),
            Column(zh("标题"), lambda item: item.title),
            Column(zh("上报时间"), lambda item: item.opened_at, look="moment", wide_only=True),
            Column(zh("时限"), lambda item: item.due_at, look="moment"),
            Column(zh("结束时间"), lambda item: item.ended_at, look="moment"),
        ),
        fetch=fetch,
        empty=zh("没有案件"),
    )
    return respond(request, listing)


@requires(SUPERVISE)
@require_GET
def report(request: CityRequest, run_id: int) -> HttpResponse:
    """Give the monthly report as PDF."""
    row = evaluation.run(request.actor, run_id)
    centre = row.organisation.short_name or row.organisation.name
    title = gettext("%(centre)s %(month)s 数字城管综合评价月报") % {
        "centre": centre,
        "month": f"{row.month_date:%Y-%m}",
    }
    facts = [
        gettext("统计案件%(cases)s件、环节%(steps)s个；权重版次%(edition)s。")
        % {"cases": row.cases, "steps": row.steps, "edition": row.weight_edition},
        gettext("区域列至街道；社区、单元网格和每个数字背后的案件见系统页面。"),
    ]
    sheets = [
        _sheet(row, kind, level, f"{gettext(name)} · {gettext(shown)}")
        for kind, name in KINDS
        for level, shown in LEVELS[kind]
        if kind != "region" or level in PRINTED
    ]
    body = monthly_report(title, facts=facts, sheets=[sheet for sheet in sheets if sheet.rows])
    response = HttpResponse(body, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="evaluation-{row.month_date:%Y-%m}.pdf"'
    return response


def _sheet(row: EvaluationRun, kind: Kind, level: str, title: str) -> Sheet:
    weights = evaluation.scale_of(row.weight_edition).weights.get(kind, {})
    found = evaluation.results(row, kind=kind, level=level)
    metrics = [
        metric for metric in metrics_of(kind) if any(value_of(metric, item.counts) is not None for item in found)
    ]
    heads = [
        f"{gettext(metric.name)} ({weights[metric.code]:g})" if weights.get(metric.code) else gettext(metric.name)
        for metric in metrics
    ]
    columns = [gettext("名次"), gettext("对象"), gettext("得分"), gettext("等级"), *heads]
    return Sheet(
        title, columns, [_cells(item, [value_of(metric, item.counts) for metric in metrics]) for item in found]
    )


def _cells(item: EvaluationResult, values: Sequence[float | None]) -> list[str]:
    score = "—" if item.score is None else f"{item.score:.2f}"
    shown = ["—" if value is None else f"{value:.1f}" for value in values]
    return [str(item.rank or "—"), item.name, score, gettext(BANDS[item.band]), *shown]


def _wanted(request: CityRequest) -> tuple[Kind, str]:
    asked = request.GET.get("kind", "department")
    kind = next((code for code, _ in KINDS if code == asked), None)
    if kind is None:
        raise NotFound
    codes = [code for code, _ in LEVELS[kind]]
    level = request.GET.get("level", codes[0])
    if level not in codes:
        raise NotFound
    return kind, level


def _address(item: CountedRow) -> str:
    return reverse("cases:case", args=[item.number])
