"""Prices: editions for staff, and for everybody what holds now and what a year's usage would cost."""

from collections.abc import Sequence
from decimal import Decimal

from django.contrib import messages as notices
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from onecity.domains.metering.forms import CostForm, TariffForm
from onecity.domains.metering.models import Tariff
from onecity.domains.metering.permissions import PRICES
from onecity.domains.metering.rules.codes import SUPPLY_NAMES, UNITS
from onecity.domains.metering.rules.prices import Price, Tier, charge
from onecity.domains.metering.selectors.prices import PriceBook, prices_of
from onecity.domains.metering.services.prices import draft_tariff, publish_tariff
from onecity.domains.metering.views.showing import plain
from onecity.kernel.clock import city_date
from onecity.kernel.errors import NotFound, OneCityError
from onecity.kernel.text import zh
from onecity.web.access import public, requires
from onecity.web.http import CityRequest
from onecity.web.listing import Action, Badge, Column, Listing, Query, respond
from onecity.web.paging import Count, Page


@requires(PRICES)
@require_GET
def index(request: CityRequest) -> HttpResponseBase:
    """List every edition."""
    listing = Listing[Tariff](
        title=zh("价格版本"),
        columns=(
            Column(zh("种类"), lambda row: gettext(SUPPLY_NAMES[row.supply]), link=_address),
            Column(zh("用户类别"), lambda row: row.category),
            Column(zh("生效日期"), lambda row: row.valid_from.isoformat(), look="code"),
            Column(zh("状态"), _state),
            Column(zh("阶梯周期"), lambda row: gettext(Tariff.Accumulates(row.accumulates).label), wide_only=True),
            Column(zh("文件依据"), lambda row: gettext(row.source), wide_only=True),
        ),
        fetch=_page,
        actions=[Action(zh("登记新版本"), reverse("metering:new_tariff"))],
        empty=zh("还没有价格版本"),
    )
    return respond(request, listing)


@requires(PRICES)
@require_http_methods(["GET", "POST"])
def new(request: CityRequest) -> HttpResponse:
    """Draft an edition."""
    form = TariffForm(request.POST) if request.method == "POST" else TariffForm()
    if request.method == "POST" and form.is_valid():
        try:
            number = draft_tariff(request.actor, new=form.tariff(), now=request.now)
        except OneCityError as error:
            form.take(error)
        else:
            notices.success(request, gettext("草稿已保存，核对后发布"))
            return redirect("metering:tariff", number)
    facts = {"form": form, "title": gettext("登记价格版本"), "back": reverse("metering:tariffs")}
    return render(request, "metering/form.html", facts, status=422 if form.errors else 200)


@requires(PRICES)
@require_http_methods(["GET", "POST"])
def show(request: CityRequest, tariff_id: int) -> HttpResponse:
    """Show an edition; publish a draft."""
    row = Tariff.objects.filter(id=tariff_id).first()
    if row is None:
        raise NotFound(zh("没有这个价格版本"))
    if request.method == "POST":
        try:
            publish_tariff(request.actor, tariff_id=row.id, now=request.now)
        except OneCityError as error:
            notices.error(request, error.sentence(gettext(error.template)))
        else:
            notices.success(request, gettext("已发布，自生效日期所在账期起按此计价"))
        return redirect("metering:tariff", row.id)
    price = prices_of([row.id])[row.id]
    facts = {
        "row": row,
        "state": _state(row),
        "supply": SUPPLY_NAMES[row.supply],
        "unit": UNITS[row.supply],
        "tiers": tiers_of(price.tiers),
        "fees": price.fees,
    }
    return render(request, "metering/tariff.html", facts)


@public
@require_GET
def public_prices(request: CityRequest) -> HttpResponse:
    """Show the prices in force, and what a year's usage would cost."""
    current = PriceBook().current(city_date(request.now))
    form = CostForm(request.GET or None, choices=[(str(row.id), _name(row)) for row, _ in current])
    facts: dict[str, object] = {
        "base": "web/workbench.html" if request.actor.kind == "account" else "web/portal.html",
        "prices": [(row, _name(row), UNITS[row.supply], tiers_of(price.tiers), price.fees) for row, price in current],
        "form": form,
    }
    if request.GET and form.is_valid():
        facts |= _cost(form, current)
    return render(request, "metering/prices.html", facts, status=422 if form.errors else 200)


def tiers_of(tiers: Sequence[Tier]) -> list[tuple[int, str, str, Decimal]]:
    """Return tiers as people read them: number, from, to, price."""
    found, lower = [], Decimal(0)
    for number, tier in enumerate(tiers, start=1):
        found.append((number, plain(lower) or "0", "" if tier.up_to is None else plain(tier.up_to), tier.price))
        lower = tier.up_to or lower
    return found


def _cost(form: CostForm, current: Sequence[tuple[Tariff, Price]]) -> dict[str, object]:
    row, price = next(item for item in current if str(item[0].id) == form.cleaned_data["tariff"])
    usage, persons = form.cleaned_data["usage"], form.cleaned_data["persons"] or 0
    return {"cost": charge(price, usage=usage, persons=persons), "unit": UNITS[row.supply], "name": _name(row)}


def _name(row: Tariff) -> str:
    return f"{gettext(SUPPLY_NAMES[row.supply])} · {row.category}"


def _page(query: Query) -> Page[Tariff]:
    rows = list(Tariff.objects.order_by("supply", "category", "-valid_from", "-id")[: query.size])
    return Page(rows, count=Count(len(rows)))


def _state(row: Tariff) -> Badge:
    return Badge(zh("已发布"), "green") if row.published_at else Badge(zh("草稿"), "grey")


def _address(row: Tariff) -> str:
    return reverse("metering:tariff", args=[row.id])
