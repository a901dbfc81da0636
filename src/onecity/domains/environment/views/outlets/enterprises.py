"""Enterprises: the list, one with its outlets, its entry in the register, and what it let out."""

from collections import defaultdict
from decimal import Decimal

from django.contrib import messages as notices
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from onecity.domains.environment.forms.outlets import EnterpriseForm, OutletForm
from onecity.domains.environment.models import Enterprise, OutletDay
from onecity.domains.environment.permissions import MANAGE_OUTLETS, VIEW_OUTLETS
from onecity.domains.environment.rules.outlets.factors import KIND_NAMES
from onecity.domains.environment.rules.times import day_of
from onecity.domains.environment.selectors.outlets import lists
from onecity.domains.environment.selectors.outlets.figures import transmission_of
from onecity.domains.environment.services.outlets.registering import register_enterprise, register_outlet
from onecity.domains.environment.views.outlets.showing import factor_name, mean_badge, plain, state_badge
from onecity.kernel.errors import Invalid, OneCityError
from onecity.kernel.text import zh
from onecity.platform.geo import api as geo
from onecity.platform.registers import api as registers
from onecity.web.access import requires
from onecity.web.http import CityRequest
from onecity.web.listing import Action, Badge, Column, Filter, Listing, respond

LAYER = "environment.outlets"
MONTH_DAYS = 31


@requires(VIEW_OUTLETS)
@require_GET
def index(request: CityRequest) -> HttpResponseBase:
    """List the enterprises."""
    listing = Listing[Enterprise](
        title=zh("排污企业"),
        columns=(
            Column(zh("企业名称"), lambda row: row.name, link=_link),
            Column(zh("重点排污单位"), lambda row: Badge(zh("重点"), "purple") if row.is_key else ""),
            Column(zh("统一社会信用代码"), lambda row: row.uscc, look="code", wide_only=True),
            Column(zh("排污许可证编号"), lambda row: row.permit_number, look="code", wide_only=True),
            Column(zh("地址"), lambda row: row.address, wide_only=True),
        ),
        filters=(Filter("key", zh("只看重点排污单位"), kind="flag"),),
        searchable=True,
        search_hint=zh("输入企业名称、信用代码或许可证编号"),
        fetch=lambda query: lists.enterprises(request.actor, query),
        actions=[Action(zh("登记企业"), reverse("environment:new_enterprise"))]
        if request.actor.may(MANAGE_OUTLETS)
        else [],
        empty=zh("还没有排污企业"),
    )
    return respond(request, listing)


@requires(MANAGE_OUTLETS)
@require_http_methods(["GET", "POST"])
def new(request: CityRequest) -> HttpResponse:
    """Enter an enterprise."""
    form = EnterpriseForm(request.POST) if request.method == "POST" else EnterpriseForm()
    if request.method == "POST" and form.is_valid():
        try:
            if request.actor.organisation_id is None:
                raise Invalid(fields={"uscc": zh("您的账户不属于任何机构，不能登记企业")})
            given = form.enterprise(organisation_id=request.actor.organisation_id)
            number = register_enterprise(request.actor, new=given, now=request.now)
        except OneCityError as error:
            form.take(error)
        else:
            notices.success(request, gettext("企业已登记，接着登记它的排口"))
            return redirect("environment:enterprise", number)
    facts = {"form": form, "title": gettext("登记排污企业"), "back": reverse("environment:enterprises")}
    return render(request, "environment/form.html", facts, status=422 if form.errors else 200)


@requires(VIEW_OUTLETS)
@require_GET
def show(request: CityRequest, enterprise_id: int) -> HttpResponse:
    """Show one enterprise."""
    row = lists.enterprise_for(request.actor, enterprise_id)
    outlets = lists.outlets_of([row.id])
    ids, today = [outlet.id for outlet in outlets], day_of(request.now)
    months = lists.months_of(ids, first=today.replace(day=1))
    waiting = lists.open_counts(ids)
    places = [outlet.location for outlet in outlets if outlet.location is not None]
    facts = {
        "enterprise": row,
        "entity": registers.find_entity(request.actor, uscc=row.uscc),
        "outlets": [
            (
                outlet,
                KIND_NAMES[outlet.kind],
                [
                    (factor_name(hour.factor), hour, plain(hour.mean), mean_badge(hour))
                    for hour in lists.newest_hours(outlet)
                ],
                transmission_of(months[outlet.id]).effective_transmission_rate if outlet.id in months else None,
                waiting.get(outlet.id, 0),
            )
            for outlet in outlets
        ],
        "totals": _totals([day for number in ids for day in lists.days_of(number, last=today, count=MONTH_DAYS)]),
        "excesses": [(item, factor_name(item.factor), state_badge(item)) for item in lists.excesses_of(ids)],
        "may_manage": request.actor.may(MANAGE_OUTLETS),
        "map": geo.map_settings(
            request.actor,
            name="enterprise-map",
            shown=(LAYER,),
            offered=(LAYER,),
            focus=geo.Focus(mark=(places[0].x, places[0].y)),
        )
        if places
        else None,
    }
    return render(request, "environment/outlets/enterprise.html", facts)


@requires(MANAGE_OUTLETS)
@require_http_methods(["GET", "POST"])
def new_outlet(request: CityRequest, enterprise_id: int) -> HttpResponse:
    """Enter an outlet of an enterprise."""
    row = lists.enterprise_for(request.actor, enterprise_id)
    form = OutletForm(request.POST) if request.method == "POST" else OutletForm(initial={"begun_at": request.now})
    if request.method == "POST" and form.is_valid():
        try:
            number = register_outlet(request.actor, new=form.outlet(enterprise_id=row.id), now=request.now)
        except OneCityError as error:
            form.take(error)
        else:
            notices.success(request, gettext("排口已登记，接着登记许可排放限值"))
            return redirect("environment:outlet", number)
    facts = {
        "form": form,
        "title": gettext("登记排口"),
        "about": row.name,
        "back": reverse("environment:enterprise", args=[row.id]),
    }
    return render(request, "environment/form.html", facts, status=422 if form.errors else 200)


def _totals(days: list[OutletDay]) -> list[tuple[str, str]]:
    """Return kilograms by factor over the days."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    for day in days:
        if day.total_kg is not None:
            found[day.factor] += day.total_kg
    return [(factor_name(code), plain(total)) for code, total in sorted(found.items())]


def _link(row: Enterprise) -> str:
    return reverse("environment:enterprise", args=[row.id])
