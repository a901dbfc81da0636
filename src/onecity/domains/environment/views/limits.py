"""Limits of water and noise and the methods in force, for staff to read and to add to."""

from collections.abc import Sequence
from decimal import Decimal

from django.contrib import messages as notices
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from onecity.domains.environment.forms.noise import NoiseLimitForm
from onecity.domains.environment.forms.water import WaterLimitForm
from onecity.domains.environment.models import MonitorMethod, NoiseLimit, NoiseMethod, WaterLimit, WaterMethod
from onecity.domains.environment.permissions import MANAGE_NOISE, MANAGE_WATER, VIEW_STANDARDS
from onecity.domains.environment.rules.noise.areas import AREA_NAMES, Area
from onecity.domains.environment.rules.water.items import CLASSES, Item
from onecity.domains.environment.selectors.water.wording import items
from onecity.domains.environment.services.noise.describing import add_noise_limit
from onecity.domains.environment.services.water.describing import add_water_limit
from onecity.domains.environment.views.water.showing import plain
from onecity.kernel.errors import OneCityError
from onecity.web.access import requires
from onecity.web.http import CityRequest


@requires(VIEW_STANDARDS)
@require_GET
def index(request: CityRequest) -> HttpResponse:
    """Show limits and methods."""
    order = {item.value: number for number, item in enumerate(Item)}
    water = sorted(WaterLimit.objects.all(), key=lambda row: (order[row.item_code], -row.valid_from.toordinal()))
    facts = {
        "classes": CLASSES[:5],
        "water": [(row, Item(row.item_code).label, _steps(row.steps), _steps(row.lake), _lower(row)) for row in water],
        "noise": [
            (row, AREA_NAMES[Area(row.area_code)]) for row in NoiseLimit.objects.order_by("area_code", "-valid_from")
        ],
        "water_methods": [
            (row, items(row.needed), items(row.not_judged)) for row in WaterMethod.objects.order_by("-valid_from")
        ],
        "noise_methods": NoiseMethod.objects.order_by("-valid_from"),
        "monitor_methods": MonitorMethod.objects.order_by("-valid_from"),
        "may_water": request.actor.may(MANAGE_WATER),
        "may_noise": request.actor.may(MANAGE_NOISE),
    }
    return render(request, "environment/limits.html", facts)


@requires(MANAGE_WATER)
@require_http_methods(["GET", "POST"])
def add_water(request: CityRequest) -> HttpResponse:
    """Add limits of an item of surface water."""
    form = WaterLimitForm(request.POST) if request.method == "POST" else WaterLimitForm()
    if request.method == "POST" and form.is_valid():
        try:
            add_water_limit(request.actor, new=form.limit(), now=request.now)
        except OneCityError as error:
            form.take(error)
        else:
            notices.success(request, gettext("限值已登记，自起始日期的数据起生效"))
            return redirect("environment:limits")
    return _form(request, form, gettext("登记水质限值"))


@requires(MANAGE_NOISE)
@require_http_methods(["GET", "POST"])
def add_noise(request: CityRequest) -> HttpResponse:
    """Add limits of an acoustic area."""
    form = NoiseLimitForm(request.POST) if request.method == "POST" else NoiseLimitForm()
    if request.method == "POST" and form.is_valid():
        try:
            add_noise_limit(request.actor, new=form.limit(), now=request.now)
        except OneCityError as error:
            form.take(error)
        else:
            notices.success(request, gettext("限值已登记，自起始日期的数据起生效"))
            return redirect("environment:limits")
    return _form(request, form, gettext("登记噪声限值"))


def _form(request: CityRequest, form: WaterLimitForm | NoiseLimitForm, title: str) -> HttpResponse:
    facts = {"form": form, "title": title, "back": reverse("environment:limits")}
    return render(request, "environment/form.html", facts, status=422 if form.errors else 200)


def _steps(values: Sequence[Decimal]) -> list[str]:
    return [plain(value) for value in values]


def _lower(row: WaterLimit) -> str:
    return "" if row.lower is None else plain(row.lower)
