"""Meters: the list, and one with its days, bills and what was found; facts and exchanges entered by staff."""

from django.contrib import messages as notices
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from onecity.domains.metering.forms import ExchangeForm, MeterForm
from onecity.domains.metering.models import Meter
from onecity.domains.metering.permissions import MANAGE, VIEW
from onecity.domains.metering.rules.codes import ABNORMAL_NAMES, SUPPLY_NAMES, UNITS
from onecity.domains.metering.selectors import lists
from onecity.domains.metering.services.facts import describe_meters, exchange_meter
from onecity.domains.metering.views.showing import evidence_badge, plain, severity_badge, state_badge, usage_chart
from onecity.kernel.clock import city_date
from onecity.kernel.errors import OneCityError
from onecity.kernel.text import zh
from onecity.web.access import requires
from onecity.web.http import CityRequest
from onecity.web.listing import Badge, Column, Filter, Listing, respond

SHOWN_DAYS = 35


@requires(VIEW)
@require_GET
def index(request: CityRequest) -> HttpResponseBase:
    """List the meters."""
    listing = Listing[Meter](
        title=zh("计量表"),
        columns=(
            Column(zh("名称"), lambda row: row.name, link=_address),
            Column(zh("种类"), lambda row: gettext(SUPPLY_NAMES[row.supply])),
            Column(zh("最近示数"), lambda row: plain(row.register), look="number"),
            Column(zh("表号"), lambda row: row.key, look="code", wide_only=True),
            Column(zh("户号"), lambda row: row.customer_number, look="code", wide_only=True),
            Column(zh("用户类别"), lambda row: row.category, wide_only=True),
            Column(zh("计量分区"), lambda row: row.zone.name if row.zone else "", wide_only=True),
            Column(zh("最近抄表时间"), lambda row: row.read_at, look="moment", wide_only=True),
            Column(zh("关爱户"), lambda row: Badge(zh("关爱户"), "purple") if row.watched else "", wide_only=True),
        ),
        filters=(
            Filter("supply", zh("计量种类"), choices=list(SUPPLY_NAMES.items())),
            Filter("watched", zh("关爱户"), kind="flag"),
        ),
        searchable=True,
        search_hint=zh("输入表号、户号、名称或地址"),
        fetch=lambda query: lists.meters(request.actor, query),
        empty=zh("还没有计量表。请在“设备”中登记电能表、水表、燃气表或热量表，表随即出现在这里。"),
    )
    return respond(request, listing)


@requires(VIEW)
@require_GET
def show(request: CityRequest, meter_id: int) -> HttpResponse:
    """Show one meter."""
    row = lists.meter_for(request.actor, meter_id)
    days = lists.meter_days(row.id, last=city_date(request.now), count=SHOWN_DAYS)
    facts = {
        "meter": row,
        "supply": SUPPLY_NAMES[row.supply],
        "unit": UNITS[row.supply],
        "register": plain(row.register),
        "chart": usage_chart(days, supply=row.supply),
        "days": [(day, plain(day.usage), plain(day.register), evidence_badge(day)) for day in reversed(days)],
        "bills": lists.bills_of(row.id),
        "found": [
            (item, ABNORMAL_NAMES[item.kind], severity_badge(item.severity), state_badge(item))
            for item in lists.abnormalities_of(row.id)
        ],
        "may_manage": request.actor.may(MANAGE),
    }
    return render(request, "metering/meter.html", facts)


@requires(MANAGE)
@require_http_methods(["GET", "POST"])
def change(request: CityRequest, meter_id: int) -> HttpResponse:
    """Change what staff tell of a meter."""
    row = lists.meter_for(request.actor, meter_id)
    form = MeterForm(request.POST) if request.method == "POST" else MeterForm(initial=MeterForm.initial_of(row))
    if request.method == "POST" and form.is_valid():
        try:
            describe_meters(request.actor, facts={row.id: form.facts()})
        except OneCityError as error:
            form.take(error)
        else:
            notices.success(request, gettext("已保存"))
            return redirect("metering:meter", row.id)
    return _form(request, form, row, gettext("变更用户资料"))


@requires(MANAGE)
@require_http_methods(["GET", "POST"])
def exchange(request: CityRequest, meter_id: int) -> HttpResponse:
    """Note that a meter was exchanged."""
    row = lists.meter_for(request.actor, meter_id)
    form = ExchangeForm(request.POST) if request.method == "POST" else ExchangeForm()
    if request.method == "POST" and form.is_valid():
        try:
            exchange_meter(request.actor, meter_id=row.id, now=request.now, **form.values())
        except OneCityError as error:
            form.take(error)
        else:
            notices.success(request, gettext("换表已登记，相关用量和账单已重新计算"))
            return redirect("metering:meter", row.id)
    return _form(request, form, row, gettext("登记换表"))


def _form(request: CityRequest, form: MeterForm | ExchangeForm, row: Meter, title: str) -> HttpResponse:
    facts = {"form": form, "meter": row, "title": title, "back": reverse("metering:meter", args=[row.id])}
    return render(request, "metering/form.html", facts, status=422 if form.errors else 200)


def _address(row: Meter) -> str:
    return reverse("metering:meter", args=[row.id])
