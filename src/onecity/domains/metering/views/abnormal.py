"""Abnormal use: the list, the card on the workbench, and one finding with its handling."""

from django.contrib import messages as notices
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from onecity.domains.metering.models import Abnormality
from onecity.domains.metering.permissions import HANDLE, VIEW
from onecity.domains.metering.rules.codes import ABNORMAL_NAMES, UNITS, Abnormal
from onecity.domains.metering.selectors import lists
from onecity.domains.metering.services.handling import close, take_up
from onecity.domains.metering.views.showing import plain, severity_badge, state_badge, usage_chart
from onecity.kernel.clock import city_date
from onecity.kernel.errors import OneCityError
from onecity.kernel.text import zh
from onecity.web.access import requires
from onecity.web.http import CityRequest
from onecity.web.listing import Column, Filter, Listing, Query, respond

ON_A_CARD = 6
SHOWN_DAYS = 31


@requires(VIEW)
@require_GET
def index(request: CityRequest) -> HttpResponseBase:
    """List what was found."""
    listing = Listing[Abnormality](
        title=zh("异常用量"),
        columns=(
            Column(zh("计量表"), lambda row: row.meter.name, link=_address),
            Column(zh("异常类型"), lambda row: gettext(ABNORMAL_NAMES[row.kind])),
            Column(zh("状态"), state_badge),
            Column(zh("严重程度"), lambda row: severity_badge(row.severity), wide_only=True),
            Column(zh("首次出现"), lambda row: row.first_date.isoformat(), look="code", wide_only=True),
            Column(zh("最近出现"), lambda row: row.last_date.isoformat(), look="code", wide_only=True),
            Column(zh("数值"), value_of, look="number", wide_only=True),
            Column(zh("案件编号"), lambda row: row.case_number, look="code", wide_only=True),
        ),
        filters=(
            Filter("state", zh("状态"), choices=[(item.value, str(item.label)) for item in Abnormality.State]),
            Filter("kind", zh("异常类型"), choices=list(ABNORMAL_NAMES.items())),
        ),
        searchable=True,
        search_hint=zh("输入表号或名称"),
        fetch=lambda query: lists.abnormalities(request.actor, query),
        empty=zh("没有发现异常用量"),
    )
    return respond(request, listing)


@requires(VIEW)
@require_GET
def card(request: CityRequest) -> HttpResponse:
    """Give what is still open as a card."""
    if not request.wants_fragment:
        return redirect("metering:abnormalities")
    page = lists.abnormalities(request.actor, Query(filters={"state": "open"}, size=ON_A_CARD))
    rows = [(row, ABNORMAL_NAMES[row.kind], severity_badge(row.severity)) for row in page.rows]
    return render(request, "metering/card.html", {"rows": rows})


@requires(VIEW)
@require_http_methods(["GET", "POST"])
def show(request: CityRequest, abnormality_id: int) -> HttpResponse:
    """Show one finding; take it up or close it."""
    row = lists.abnormality_for(request.actor, abnormality_id)
    if request.method == "POST":
        try:
            _act(request, row)
        except OneCityError as error:
            notices.error(request, error.sentence(gettext(error.template)))
        return redirect("metering:abnormality", row.id)
    last = min(row.last_date, city_date(request.now))
    facts = {
        "row": row,
        "kind": ABNORMAL_NAMES[row.kind],
        "state": state_badge(row),
        "severity": severity_badge(row.severity),
        "value": value_of(row),
        "usual": plain(row.usual),
        "chart": usage_chart(lists.meter_days(row.meter_id, last=last, count=SHOWN_DAYS), supply=row.meter.supply),
        "may_handle": request.actor.may(HANDLE) and row.state != Abnormality.State.CLOSED and not row.case_id,
        "results": Abnormality.Result.choices,
    }
    return render(request, "metering/abnormality.html", facts)


def value_of(row: Abnormality) -> str:
    """Return the figure that was found, with its unit."""
    unit = UNITS[row.meter.supply]
    if row.kind == Abnormal.STANDING_STILL:
        unit = gettext("小时")
    elif row.kind == Abnormal.CONTINUOUS:
        unit = f"{unit}/h"
    return f"{plain(row.value)} {unit}"


def _act(request: CityRequest, row: Abnormality) -> None:
    if request.POST.get("what") == "take_up":
        take_up(request.actor, abnormality_id=row.id)
        notices.success(request, gettext("已开始处理"))
        return
    close(
        request.actor,
        abnormality_id=row.id,
        result=request.POST.get("result", ""),
        note=request.POST.get("note", ""),
        now=request.now,
    )
    notices.success(request, gettext("已办结"))


def _address(row: Abnormality) -> str:
    return reverse("metering:abnormality", args=[row.id])
