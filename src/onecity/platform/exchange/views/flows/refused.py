"""Pages of refused rows: the list, one row with its reasons, mending, replaying, dropping."""

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from onecity.kernel.errors import NotFound, OneCityError
from onecity.kernel.text import zh
from onecity.platform.exchange.models import RefusedRow
from onecity.platform.exchange.permissions import MEND_ROWS
from onecity.platform.exchange.selectors.flows import refused as selectors
from onecity.platform.exchange.services.flows.quarantine import mending, replaying
from onecity.platform.exchange.views.flows.shown import REFUSED, day_after, person_name, sentence
from onecity.web.access import requires
from onecity.web.http import CityRequest
from onecity.web.listing import Column, Filter, Listing, Query, respond

AT_ONCE = 5_000


@requires(MEND_ROWS)
@require_GET
def index(request: CityRequest) -> HttpResponseBase:
    """List refused rows; with `?flow=` those of one flow, which can be replayed or dropped together."""
    listing = Listing[RefusedRow](
        title=zh("不合格数据"),
        columns=(
            Column(zh("拒收时间"), lambda row: row.created_at, look="moment", link=_link),
            Column(zh("拒收原因"), _reasons, link=_link),
            Column(zh("状态"), lambda row: REFUSED[row.state]),
            Column(zh("交换流程"), lambda row: row.flow.name),
            Column(zh("行号"), lambda row: row.row_number, look="number", wide_only=True),
            Column(zh("数据内容"), _glimpse, wide_only=True),
        ),
        filters=(
            Filter("state", zh("全部状态"), choices=[(code, badge.text) for code, badge in REFUSED.items()]),
            Filter("flow", zh("流程号"), kind="text"),
            Filter("run", zh("运行号"), kind="text"),
            Filter("from", zh("拒收自"), kind="date_from"),
            Filter("to", zh("至"), kind="date_to"),
        ),
        fetch=lambda query: selectors.refused_rows(request.actor, _query(query)),
        searchable=True,
        search_hint=zh("校验编码，例如 not_null.name"),
        empty=zh("没有符合条件的不合格数据"),
        template="exchange/flows/refused.html",
        extra={"flow_id": _number(request.GET.get("flow", ""))},
    )
    return respond(request, listing)


@requires(MEND_ROWS)
@require_GET
def page(request: CityRequest, row_id: int) -> HttpResponse:
    """Show a refused row."""
    return _page(request, selectors.refused_row(request.actor, row_id))


@requires(MEND_ROWS)
@require_POST
def mend(request: CityRequest, row_id: int) -> HttpResponse:
    """Keep mended values; replay the row at once if asked to."""
    row = selectors.refused_row(request.actor, row_id)
    sensitive, shown = row.run.version.sensitive, row.mended or row.values
    given = {name: request.POST.get(f"v-{name}", "") for name in shown}
    changed = {name: text or None for name, text in given.items() if _is_changed(name, text, shown, sensitive)}
    try:
        mending.mend_row(request.actor, row_id=row_id, values=changed, now=request.now)
        if request.POST.get("then") == "replay":
            made = replaying.replay_rows(request.actor, [row_id], flow_id=row.flow_id, now=request.now)
            return redirect("exchange:run", made)
    except NotFound:
        raise
    except OneCityError as refusal:
        messages.error(request, sentence(refusal))
        return _page(request, row, given=given, status=422)
    messages.success(request, gettext("更正已保存，重放后入库"))
    return redirect("exchange:refused_row", row_id)


@requires(MEND_ROWS)
@require_POST
def replay(request: CityRequest, row_id: int) -> HttpResponse:
    """Replay one row as it stands."""
    row = selectors.refused_row(request.actor, row_id)
    try:
        made = replaying.replay_rows(request.actor, [row_id], flow_id=row.flow_id, now=request.now)
    except OneCityError as refusal:
        messages.error(request, sentence(refusal))
        return redirect("exchange:refused_row", row_id)
    return redirect("exchange:run", made)


@requires(MEND_ROWS)
@require_POST
def drop(request: CityRequest, row_id: int) -> HttpResponse:
    """Drop one row with a reason."""
    selectors.refused_row(request.actor, row_id)
    _drop(request, [row_id])
    return redirect("exchange:refused_row", row_id)


@requires(MEND_ROWS)
@require_POST
def replay_all(request: CityRequest, flow_id: int) -> HttpResponse:
    """Replay all mended rows of a flow, and those that would pass by now."""
    chosen = _open_rows(request, flow_id)
    try:
        made = replaying.replay_rows(request.actor, chosen, flow_id=flow_id, now=request.now)
    except NotFound:
        raise
    except OneCityError as refusal:
        messages.error(request, sentence(refusal))
        return redirect(f"{reverse('exchange:refused')}?flow={flow_id}")
    return redirect("exchange:run", made)


@requires(MEND_ROWS)
@require_POST
def drop_all(request: CityRequest, flow_id: int) -> HttpResponse:
    """Drop all open rows of a flow with one reason."""
    _drop(request, _open_rows(request, flow_id))
    return redirect(f"{reverse('exchange:refused')}?flow={flow_id}")


@requires(MEND_ROWS)
@require_POST
def look(request: CityRequest, row_id: int) -> HttpResponse:
    """Show one sensitive value in clear, with the reason on record."""
    row = selectors.refused_row(request.actor, row_id)
    column, reason = request.POST.get("column", ""), request.POST.get("reason", "")
    try:
        value = mending.look_at_value(request.actor, row_id=row_id, column=column, reason=reason)
    except NotFound:
        raise
    except OneCityError as refusal:
        messages.error(request, sentence(refusal))
        return _page(request, row, status=422)
    return _page(request, row, opened={column: value})


def _page(
    request: CityRequest,
    row: RefusedRow,
    *,
    given: dict[str, str] | None = None,
    opened: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    sensitive, shown = row.run.version.sensitive, row.mended or row.values
    facts = {
        "row": row,
        "badge": REFUSED[row.state],
        "cells": [
            (name, row.values.get(name), (given or {}).get(name, _text(shown[name])), name in sensitive)
            for name in _ordered(row)
        ],
        "opened": (opened or {}).items(),
        "sensitive": [name for name in _ordered(row) if name in sensitive],
        "is_open": row.state in mending.OPEN,
        "decided_by": person_name(row.decided_by) if row.decided_by else "",
    }
    return render(request, "exchange/flows/refused_row.html", facts, status=status)


def _is_changed(name: str, text: str, shown: dict[str, object], sensitive: dict[str, str]) -> bool:
    """Say whether a field was written into; a sensitive one shows its mask and counts only when it shows another."""
    return text != _text(shown.get(name)) and not (name in sensitive and not text)


def _drop(request: CityRequest, ids: list[int]) -> None:
    try:
        count = mending.drop_rows(request.actor, ids, reason=request.POST.get("note", ""), now=request.now)
    except OneCityError as refusal:
        messages.error(request, sentence(refusal))
    else:
        messages.success(request, gettext("已作废%(count)s行") % {"count": count})


def _open_rows(request: CityRequest, flow_id: int) -> list[int]:
    return selectors.open_rows(request.actor, flow_id=flow_id, size=AT_ONCE)


def _query(query: Query) -> selectors.RefusedQuery:
    return selectors.RefusedQuery(
        flow_id=_number(query.filters.get("flow", "")),
        run_id=_number(query.filters.get("run", "")),
        state=query.filters.get("state", ""),
        reason=query.search,
        since=query.instant("from"),
        until=day_after(query.instant("to")),
        after=query.after,
        size=query.size,
    )


def _number(text: str) -> int | None:
    return int(text) if text.isdigit() else None


def _link(row: RefusedRow) -> str:
    return reverse("exchange:refused_row", args=[row.id])


def _reasons(row: RefusedRow) -> str:
    return "；".join(text for _, text in row.reasons)


def _glimpse(row: RefusedRow) -> str:
    shown = row.mended or row.values
    return "，".join(f"{name}={_text(shown[name])}" for name in _ordered(row)[:4])[:80]


def _ordered(row: RefusedRow) -> list[str]:
    """Return the names of a row's columns in the order of its source."""
    wanted = [str(column["name"]) for column in row.run.version.source_columns]
    return sorted(row.values, key=lambda name: wanted.index(name) if name in wanted else len(wanted))


def _text(value: object) -> str:
    return "" if value is None else str(value)
