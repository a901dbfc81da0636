"""Exceedances: the list, the card on the workbench, one with its handling; and how much data came."""

from django.contrib import messages as notices
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from onecity.domains.environment.models import Excess, MonitorMethod, OutletHour
from onecity.domains.environment.permissions import HANDLE_EXCESS, VIEW_OUTLETS
from onecity.domains.environment.rules.outlets.factors import FACTOR_NAMES, Factor
from onecity.domains.environment.rules.outlets.judging import SPAN_NAMES, Span
from onecity.domains.environment.rules.times import DAY, day_of, day_start
from onecity.domains.environment.selectors.outlets import lists
from onecity.domains.environment.selectors.outlets.figures import transmission_of
from onecity.domains.environment.services.outlets import handling
from onecity.domains.environment.views.calendar import month_asked
from onecity.domains.environment.views.outlets.showing import (
    factor_name,
    hours_chart,
    limit_text,
    plain,
    state_badge,
)
from onecity.kernel.errors import OneCityError
from onecity.kernel.text import zh
from onecity.web.access import requires
from onecity.web.http import CityRequest
from onecity.web.listing import Column, Filter, Listing, Query, respond

ON_A_CARD = 6


@requires(VIEW_OUTLETS)
@require_GET
def index(request: CityRequest) -> HttpResponseBase:
    """List what exceeded."""
    listing = Listing[Excess](
        title=zh("超标记录"),
        columns=(
            Column(zh("企业名称"), lambda row: row.outlet.enterprise.name, link=_link),
            Column(zh("监测因子"), lambda row: factor_name(row.factor)),
            Column(zh("状态"), state_badge),
            Column(zh("日期"), lambda row: row.date.isoformat(), look="code", wide_only=True),
            Column(zh("排口名称"), lambda row: row.outlet.name, wide_only=True),
            Column(zh("均值类型"), lambda row: gettext(SPAN_NAMES[Span(row.span)]), wide_only=True),
            Column(zh("超标次数"), lambda row: row.count, look="number", wide_only=True),
            Column(zh("最高浓度"), lambda row: plain(row.highest), look="number", wide_only=True),
            Column(zh("许可限值"), limit_text, look="number", wide_only=True),
            Column(zh("超标倍数"), lambda row: plain(row.multiple), look="number", wide_only=True),
            Column(zh("案件编号"), lambda row: row.case_number, look="code", wide_only=True),
        ),
        filters=(
            Filter("state", zh("状态"), choices=[(item.value, str(item.label)) for item in Excess.State]),
            Filter("factor", zh("监测因子"), choices=list(FACTOR_NAMES.items())),
            Filter("span", zh("均值类型"), choices=[(item.value, name) for item, name in SPAN_NAMES.items()]),
        ),
        searchable=True,
        search_hint=zh("输入企业或排口名称"),
        fetch=lambda query: lists.excesses(request.actor, query),
        empty=zh("没有超标记录"),
    )
    return respond(request, listing)


@requires(VIEW_OUTLETS)
@require_GET
def card(request: CityRequest) -> HttpResponse:
    """Give what is still to be looked into as a card."""
    if not request.wants_fragment:
        return redirect("environment:excesses")
    page = lists.excesses(request.actor, Query(filters={"state": "open"}, size=ON_A_CARD))
    rows = [(row, factor_name(row.factor)) for row in page.rows]
    return render(request, "environment/outlets/card.html", {"rows": rows})


@requires(VIEW_OUTLETS)
@require_http_methods(["GET", "POST"])
def show(request: CityRequest, excess_id: int) -> HttpResponse:
    """Show one exceedance; take it up, write about it, close it."""
    row = lists.excess_for(request.actor, excess_id)
    if request.method == "POST":
        try:
            _act(request, row)
        except OneCityError as error:
            fields = "；".join(gettext(text) for text in error.fields.values())
            notices.error(request, fields or error.sentence(gettext(error.template)))
        return redirect("environment:excess", row.id)
    hours: list[OutletHour] = lists.hours_of(
        row.outlet_id, factor=row.factor, since=day_start(row.date) - DAY, until=day_start(row.date) + 2 * DAY
    )
    over = row.state in {Excess.State.CLOSED, Excess.State.WITHDRAWN}
    facts = {
        "row": row,
        "factor": FACTOR_NAMES[Factor(row.factor)],
        "unit": Factor(row.factor).unit,
        "span": SPAN_NAMES[Span(row.span)],
        "state": state_badge(row),
        "highest": plain(row.highest),
        "limit": limit_text(row),
        "multiple": plain(row.multiple),
        "chart": hours_chart(hours, factor=row.factor) if hours else None,
        "notes": lists.notes_of(row.id),
        "may_handle": request.actor.may(HANDLE_EXCESS),
        "over": over,
        "results": Excess.Result.choices,
    }
    return render(request, "environment/outlets/excess.html", facts)


@requires(VIEW_OUTLETS)
@require_GET
def transmission(request: CityRequest) -> HttpResponse:
    """Show how much of a month's data came from each outlet; `?month=` says which."""
    today = day_of(request.now)
    first = month_asked(request.GET.get("month", ""), today=today)
    method = MonitorMethod.objects.filter(valid_from__lte=first).order_by("-valid_from").first()
    target = method.target_rate if method else 0
    rows = []
    for item in lists.transmission_months(request.actor, first=first):
        rates = transmission_of(item)
        whole = rates.effective_transmission_rate
        rows.append((item, rates, whole is not None and whole < target))
    before, after = first - DAY, (first + 31 * DAY).replace(day=1)
    facts = {
        "first": first,
        "rows": rows,
        "target": target,
        "below": sum(bad for *_, bad in rows),
        "before": f"{before:%Y-%m}",
        "after": f"{after:%Y-%m}" if after <= today else "",
    }
    return render(request, "environment/outlets/transmission.html", facts)


def _act(request: CityRequest, row: Excess) -> None:
    what, text = request.POST.get("what"), request.POST.get("text", "")
    if what == "take_up":
        handling.take_up(request.actor, excess_id=row.id)
        notices.success(request, gettext("已开始核实"))
    elif what == "note":
        handling.add_note(request.actor, excess_id=row.id, text=text, now=request.now)
        notices.success(request, gettext("已记录"))
    else:
        result = request.POST.get("result", "")
        handling.close(request.actor, excess_id=row.id, result=result, text=text, now=request.now)
        notices.success(request, gettext("已办结"))


def _link(row: Excess) -> str:
    return reverse("environment:excess", args=[row.id])
