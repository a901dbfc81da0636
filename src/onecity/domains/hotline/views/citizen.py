"""Citizens: hand in a demand, follow it by number and code, rate it; and the public figures."""

from datetime import datetime
from typing import Final
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from onecity.domains.hotline.contracts import NewDemand, TakenDemand
from onecity.domains.hotline.forms import DemandForm, FollowForm, RatingForm, new_key
from onecity.domains.hotline.rules.measures import RATES
from onecity.domains.hotline.selectors.following import demand_row, followed, is_citizen
from onecity.domains.hotline.selectors.published import published_figures
from onecity.domains.hotline.services import citizens
from onecity.domains.hotline.sources import WEB
from onecity.kernel import clock, context
from onecity.kernel.clock import CITY_ZONE
from onecity.kernel.errors import Conflict, Invalid, NotFound, Unavailable
from onecity.platform.geo.api import position_map
from onecity.web.access import public
from onecity.web.http import CityRequest
from onecity.web.query_codes import KeptCodes

_CODES: Final = KeptCodes("onecity_demand_", salt="hotline.follow", page="hotline:followed")


@public
@require_http_methods(["GET", "POST"])
def hand_in(request: CityRequest) -> HttpResponse:
    """Take what a citizen writes: kind, words, place, phone."""
    if request.method != "POST":
        return _form_page(request, DemandForm(initial={"key": new_key(uuid4().hex)}))
    form = DemandForm(request.POST)
    if form.is_valid():
        try:
            taken = _taken(request, form)
        except (Invalid, Conflict, Unavailable) as refusal:
            form.take(refusal)
        else:
            led = redirect("hotline:followed", taken.number)
            return _CODES.remember(request, led, number=taken.number, code=taken.code)
    return _form_page(request, form, status=422)


def _taken(request: CityRequest, form: DemandForm) -> TakenDemand:
    values = form.cleaned_data
    new = NewDemand(
        kind=values["kind"],
        words=values["words"],
        source_code=WEB,
        key=values["key"],
        location=(values["longitude"], values["latitude"]),
        address=values["address"],
        caller_name=values["caller_name"],
        caller_phone=values["caller_phone"],
        keep_secret=values["keep_secret"],
    )
    return citizens.hand_in(
        request.actor,
        new=new,
        address=context.current().address,
        consent=values["consent"],
        now=request.now,
        told_at=clock.real_now(),
    )


def _form_page(request: CityRequest, form: DemandForm, *, status: int = 200) -> HttpResponse:
    facts = {"form": form, "map": position_map(request.actor)}
    return render(request, "hotline/hand_in.html", facts, status=status)


@public
@never_cache
@require_http_methods(["GET", "POST"])
def find(request: CityRequest) -> HttpResponse:
    """Ask for number and code, and lead to the demand."""
    form = FollowForm(request.POST or None, initial={"number": request.GET.get("number", "")[:19]})
    if request.method == "POST" and form.is_valid():
        number, code = form.cleaned_data["number"], form.cleaned_data["code"]
        try:
            citizens.open_by_code(number=number, code=code, now=clock.real_now())
        except (NotFound, Conflict) as refusal:
            form.take(refusal)
        else:
            led = redirect("hotline:followed", number)
            return _CODES.remember(request, led, number=number, code=code)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "hotline/find.html", {"form": form}, status=status)


@public
@never_cache
@require_GET
def demand(request: CityRequest, number: str) -> HttpResponse:
    """Show a demand to its citizen; anybody else is asked for the code."""
    return _followed_page(request, number, RatingForm())


@public
@require_POST
def rate(request: CityRequest, number: str) -> HttpResponse:
    """Take the citizen's opinion of the handling."""
    if not _known(request, number):
        return _to_find(number)
    form = RatingForm(request.POST)
    if not form.is_valid():
        return _followed_page(request, number, form)
    try:
        citizens.rate(request.actor, number=number, now=request.now, **form.cleaned_data)
    except Conflict as refusal:
        form.take(refusal)
        return _followed_page(request, number, form)
    messages.success(request, gettext("感谢您的评价"))
    return redirect("hotline:followed", number)


@public
@require_GET
def figures(request: CityRequest) -> HttpResponse:
    """Show the hotline's public figures of a month: sums and rates, nobody's demand."""
    start = _month(request.GET.get("month", ""), request.now)
    shown, named = published_figures(start=start, now=request.now), {item.code: item for item in RATES}
    facts = {
        "figures": shown,
        "rates": [(named[code], percent, top, bottom) for code, percent, top, bottom in shown.rates],
        "month": start.astimezone(CITY_ZONE),
    }
    return render(request, "hotline/figures.html", facts)


def _month(text: str, now: datetime) -> datetime:
    try:
        found = datetime.strptime(text, "%Y-%m").replace(tzinfo=CITY_ZONE)
    except ValueError:
        found = now.astimezone(CITY_ZONE)
    return found.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _followed_page(request: CityRequest, number: str, form: RatingForm) -> HttpResponse:
    if not _known(request, number):
        return _to_find(number)
    facts = {"demand": followed(number, now=request.now), "form": form, "code": _CODES.of(request, number)}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "hotline/followed.html", facts, status=status)


def _known(request: CityRequest, number: str) -> bool:
    """Say whether the visitor is the citizen: signed in as such, or with the code that his browser keeps."""
    row = demand_row(number)
    if row is None:
        return False
    code = _CODES.of(request, number)
    return is_citizen(request.actor, row) or bool(code and citizens.code_fits(row, code))


def _to_find(number: str) -> HttpResponseRedirect:
    return redirect(f"{reverse('hotline:find')}?number={number}")
