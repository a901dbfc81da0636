"""Pages of runs: the list, one run with its progress, and stopping or continuing it."""

from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from onecity.kernel.errors import NotFound, OneCityError
from onecity.kernel.text import zh
from onecity.platform.exchange.models import Run
from onecity.platform.exchange.models.flows import OPEN_STATES
from onecity.platform.exchange.permissions import MEND_ROWS, RUN_FLOWS, VIEW_FLOWS, VIEW_RECEIPTS
from onecity.platform.exchange.rules.implied import implied_checks
from onecity.platform.exchange.rules.wording import sentence_of, titles_of
from onecity.platform.exchange.selectors.flows import runs as selectors
from onecity.platform.exchange.services.flows import running
from onecity.platform.exchange.services.flows.plans import text_of
from onecity.platform.exchange.views.flows.shown import (
    RUN,
    TRIGGERS,
    day_after,
    dimensions_of,
    person_name,
    run_badge,
    sentence,
)
from onecity.web.access import requires
from onecity.web.http import CityRequest
from onecity.web.listing import Column, Filter, Listing, respond

_COUNTS: Final = (
    ("read", zh("读取")),
    ("landed", zh("入库")),
    ("refused", zh("拒收")),
    ("inserted", zh("新增")),
    ("updated", zh("更新")),
    ("unchanged", zh("未变")),
    ("deleted", zh("删除")),
)

_FAULTS: Final = {
    "cast": zh("值不能转换为目标类型"),
    "codes": zh("代码值没有对应的转换"),
    "expression": zh("表达式不能计算"),
}


@requires(VIEW_FLOWS)
@require_GET
def index(request: CityRequest) -> HttpResponseBase:
    """List runs."""
    listing = Listing[Run](
        title=zh("交换运行"),
        columns=(
            Column(zh("交换流程"), lambda row: row.flow.name, link=lambda row: reverse("exchange:run", args=[row.id])),
            Column(zh("状态"), run_badge),
            Column(zh("读取行数"), lambda row: f"{row.read:,}", look="number"),
            Column(zh("拒收行数"), lambda row: f"{row.refused:,}", look="number"),
            Column(zh("启动方式"), lambda row: TRIGGERS[row.trigger], wide_only=True),
            Column(zh("创建时间"), lambda row: row.created_at, look="moment"),
            Column(zh("结束时间"), lambda row: row.ended_at, look="moment", wide_only=True),
        ),
        filters=(
            Filter("state", zh("全部状态"), choices=[(code, badge.text) for code, badge in RUN.items()]),
            Filter("from", zh("自"), kind="date_from"),
            Filter("to", zh("至"), kind="date_to"),
        ),
        fetch=lambda query: selectors.runs(
            request.actor,
            selectors.RunQuery(
                state=query.filters.get("state", ""),
                search=query.search,
                since=query.instant("from"),
                until=day_after(query.instant("to")),
                after=query.after,
                size=query.size,
            ),
        ),
        searchable=True,
        search_hint=zh("流程名称"),
        empty=zh("还没有交换运行"),
    )
    return respond(request, listing)


@requires(VIEW_FLOWS)
@require_GET
def page(request: CityRequest, run_id: int) -> HttpResponse:
    """Show a run; its progress refreshes itself until it has ended."""
    return render(request, "exchange/flows/run.html", _facts(request, run_id))


@requires(VIEW_FLOWS)
@require_GET
def progress(request: CityRequest, run_id: int) -> HttpResponse:
    """Give the run's state alone; as a page of its own for who comes without HTMX."""
    template = "exchange/flows/progress.html" if request.wants_fragment else "exchange/flows/run.html"
    return render(request, template, _facts(request, run_id))


@requires(RUN_FLOWS)
@require_POST
def cancel(request: CityRequest, run_id: int) -> HttpResponse:
    """Ask a run to stop."""
    try:
        running.cancel_run(request.actor, run_id=run_id, now=request.now)
    except NotFound:
        raise
    except OneCityError as refusal:
        messages.error(request, sentence(refusal))
    return redirect("exchange:run", run_id)


@requires(RUN_FLOWS)
@require_POST
def carry_on(request: CityRequest, run_id: int) -> HttpResponse:
    """Continue a run from its last block."""
    try:
        running.continue_run(request.actor, run_id=run_id, now=request.now)
    except NotFound:
        raise
    except OneCityError as refusal:
        messages.error(request, sentence(refusal))
    else:
        messages.success(request, gettext("运行将从上次的数据块继续"))
    return redirect("exchange:run", run_id)


def _facts(request: CityRequest, run_id: int) -> dict[str, object]:
    found = selectors.run(request.actor, run_id)
    rate, left = selectors.pace(found)
    score = selectors.score_of_run(run_id)
    over = found.state not in OPEN_STATES
    return {
        "run": found,
        "badge": run_badge(found),
        "over": over,
        "left": None if over else left,
        "counts": [(name, f"{getattr(found, field):,}") for field, name in _COUNTS],
        "pace": f"{rate:,.0f}",
        "checks": _failed(found),
        "sums": _sums(found),
        "trigger": TRIGGERS[found.trigger],
        "asked_by": person_name(found.requested_by),
        "score": score,
        "dimensions": dimensions_of(score) if score else [],
        "receipt": selectors.receipt_of_run(run_id) if request.actor.may(VIEW_RECEIPTS) else None,
        "may_run": request.actor.may(RUN_FLOWS),
        "may_mend": request.actor.may(MEND_ROWS),
    }


def _failed(found: Run) -> list[tuple[str, str, str]]:
    """Return the checks that rows failed: code, sentence, rows; the most frequent first."""
    text = text_of(found.version)
    titles = titles_of(text.target_shape)
    said = {item.code: sentence_of(item, titles) for item in (*text.checks, *implied_checks(text.target_shape))}
    ordered = sorted(found.failed_checks.items(), key=lambda item: (-item[1], item[0]))
    return [(code, said.get(code) or _fault(code), f"{count:,}") for code, count in ordered]


def _fault(code: str) -> str:
    """Return what a fault of the mapping means."""
    kind, _, column = code.partition(".")
    return f"{column}：{gettext(_FAULTS[kind])}" if kind in _FAULTS else code


def _sums(found: Run) -> list[tuple[str, str, str, bool]]:
    """Return each column's sums at the source and at the target, and whether they agree."""
    source, target = found.sums.get("source", {}), found.sums.get("target", {})
    return [(name, value, target.get(name, ""), value == target.get(name)) for name, value in source.items()]
