"""How the figures are made: for everybody to read; for duty officers to add to and to compute anew."""

from django.contrib import messages as notices
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from onecity.domains.environment.forms import MethodForm, RecomputeForm
from onecity.domains.environment.permissions import MANAGE_AIR
from onecity.domains.environment.rules.advice import ADVICE
from onecity.domains.environment.rules.editions import INDEX_POINTS, PUBLISHED_EDITIONS, Edition
from onecity.domains.environment.rules.levels import LEVELS
from onecity.domains.environment.selectors.methods import method_rows
from onecity.domains.environment.services.methods import add_method
from onecity.domains.environment.services.recomputing import start_recomputing
from onecity.domains.environment.views.showing import SYMBOLS, frame
from onecity.kernel import clock
from onecity.kernel.errors import OneCityError
from onecity.web.access import public, requires
from onecity.web.http import CityRequest


@public
@require_GET
def method(request: CityRequest) -> HttpResponse:
    """Show levels, breakpoints of both editions, methods in force, and where they come from."""
    return _page(request, RecomputeForm())


@requires(MANAGE_AIR)
@require_http_methods(["GET", "POST"])
def add(request: CityRequest) -> HttpResponse:
    """Add a method."""
    form = MethodForm(request.POST) if request.method == "POST" else MethodForm()
    if form.is_valid():
        try:
            add_method(request.actor, new=form.method(), now=request.now)
        except OneCityError as error:
            form.take(error)
        else:
            notices.success(request, gettext("评价方法已登记。已有的结果要重新计算后才按新方法更新。"))
            return redirect("environment:method")
    return render(request, "environment/add_method.html", {"form": form}, status=422 if form.errors else 200)


@requires(MANAGE_AIR)
@require_POST
def recompute(request: CityRequest) -> HttpResponse:
    """Start computing days anew, and lead to the page that shows how it goes."""
    form = RecomputeForm(request.POST)
    if form.is_valid():
        try:
            run = start_recomputing(
                request.actor,
                first=form.cleaned_data["first"],
                last=form.cleaned_data["last"],
                now=clock.real_now(),
            )
        except OneCityError as error:
            form.take(error)
        else:
            return redirect("jobs:run", run)
    return _page(request, form)


def _page(request: CityRequest, form: RecomputeForm) -> HttpResponse:
    facts = {
        "base": frame(request),
        "levels": [(level, ADVICE[level.number], _first(number)) for number, level in enumerate(LEVELS)],
        "methods": method_rows(),
        "tables": [(edition.code, INDEX_POINTS, _table(edition)) for edition in reversed(PUBLISHED_EDITIONS)],
        "may_manage": request.actor.may(MANAGE_AIR),
        "form": form,
    }
    return render(request, "environment/method.html", facts, status=422 if form.errors else 200)


def _first(number: int) -> int:
    return LEVELS[number - 1].last + 1 if number else 0


def _table(edition: Edition) -> list[tuple[str, str, list[int | str]]]:
    """Return the breakpoints of an edition: pollutant, averaging time, concentrations up to the eighth point."""
    rows = []
    for factor, points in sorted(edition.breakpoints.items(), key=lambda row: list(SYMBOLS).index(row[0].pollutant)):
        padded: list[int | str] = [*points, *[""] * (len(INDEX_POINTS) - len(points))]
        rows.append((f"{SYMBOLS[factor.pollutant]} ({factor.pollutant.unit.symbol})", factor.averaging.value, padded))
    return rows
