"""One outlet: its hours and days beside the permit, limits and standstills entered by staff."""

from datetime import timedelta
from typing import Final

from django.contrib import messages as notices
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from onecity.domains.environment.forms.outlets import LimitForm, StandstillForm
from onecity.domains.environment.models import Outlet
from onecity.domains.environment.permissions import MANAGE_OUTLETS, VIEW_OUTLETS
from onecity.domains.environment.rules.outlets.factors import KIND_NAMES, Factor
from onecity.domains.environment.rules.outlets.judging import BASIS_NAMES, SPAN_NAMES, Basis, Span
from onecity.domains.environment.rules.times import HOUR, day_of
from onecity.domains.environment.selectors.outlets import lists
from onecity.domains.environment.selectors.outlets.figures import transmission_of
from onecity.domains.environment.services.outlets.permitting import report_standstill, set_limit
from onecity.domains.environment.views.outlets.showing import (
    factor_name,
    hours_chart,
    limit_text,
    mean_badge,
    plain,
    state_badge,
)
from onecity.kernel.errors import OneCityError
from onecity.web.access import requires
from onecity.web.http import CityRequest

SHOWN: Final = timedelta(hours=72)
SHOWN_DAYS: Final = 14


@requires(VIEW_OUTLETS)
@require_GET
def show(request: CityRequest, outlet_id: int) -> HttpResponse:
    """Show one outlet; `?factor=` says whose hours."""
    row = lists.outlet_for(request.actor, outlet_id)
    asked = request.GET.get("factor", "")
    chosen = asked if asked in row.factors else next((code for code in row.factors if code != "ph"), row.factors[0])
    hours = lists.hours_of(row.id, factor=chosen, since=request.now - SHOWN, until=request.now)
    today = day_of(request.now)
    month = lists.months_of([row.id], first=today.replace(day=1)).get(row.id)
    facts = {
        "outlet": row,
        "kind": KIND_NAMES[row.kind],
        "factors": [(code, factor_name(code)) for code in row.factors],
        "chosen": chosen,
        "unit": Factor(chosen).unit,
        "newest": [
            (factor_name(hour.factor), plain(hour.mean), Factor(hour.factor).unit, limit_text(hour), mean_badge(hour))
            for hour in lists.newest_hours(row)
        ],
        "heard_until": row.heard_at + HOUR if row.heard_at else None,
        "chart": hours_chart(hours, factor=chosen) if hours else None,
        "hours": [
            (hour, plain(hour.mean), plain(hour.converted), limit_text(hour), mean_badge(hour)) for hour in hours[::-1]
        ],
        "days": [
            (day, factor_name(day.factor), plain(day.mean), limit_text(day), plain(day.total_kg), mean_badge(day))
            for day in lists.days_of(row.id, last=today, count=SHOWN_DAYS)
        ],
        "transmission": transmission_of(month) if month else None,
        "limits": [
            (limit, factor_name(limit.factor), SPAN_NAMES[Span(limit.span)], BASIS_NAMES[Basis(limit.basis)])
            for limit in lists.limit_rows(row.id)
        ],
        "standstills": lists.standstills_of(row.id),
        "excesses": [(item, factor_name(item.factor), state_badge(item)) for item in lists.excesses_of([row.id])],
        "may_manage": request.actor.may(MANAGE_OUTLETS),
    }
    return render(request, "environment/outlets/outlet.html", facts)


@requires(MANAGE_OUTLETS)
@require_http_methods(["GET", "POST"])
def new_limit(request: CityRequest, outlet_id: int) -> HttpResponse:
    """Enter what the permit allows."""
    row = lists.outlet_for(request.actor, outlet_id)
    given = request.POST if request.method == "POST" else None
    form = LimitForm(given, factors=row.factors)
    if request.method == "POST" and form.is_valid():
        try:
            set_limit(request.actor, new=form.limit(outlet_id=row.id), now=request.now)
        except OneCityError as error:
            form.take(error)
        else:
            notices.success(request, gettext("限值已登记，生效日期以来的数据已重新判定"))
            return redirect("environment:outlet", row.id)
    return _form(request, form, row, gettext("登记许可排放限值"))


@requires(MANAGE_OUTLETS)
@require_http_methods(["GET", "POST"])
def new_standstill(request: CityRequest, outlet_id: int) -> HttpResponse:
    """Enter a reported standstill."""
    row = lists.outlet_for(request.actor, outlet_id)
    form = StandstillForm(request.POST) if request.method == "POST" else StandstillForm()
    if request.method == "POST" and form.is_valid():
        try:
            report_standstill(request.actor, new=form.standstill(outlet_id=row.id), now=request.now)
        except OneCityError as error:
            form.take(error)
        else:
            notices.success(request, gettext("停运已登记，这段时间的数据不再判定，也不计入应收"))
            return redirect("environment:outlet", row.id)
    return _form(request, form, row, gettext("登记停运"))


def _form(request: CityRequest, form: LimitForm | StandstillForm, row: Outlet, title: str) -> HttpResponse:
    facts = {"form": form, "title": title, "about": row.name, "back": reverse("environment:outlet", args=[row.id])}
    return render(request, "environment/form.html", facts, status=422 if form.errors else 200)
