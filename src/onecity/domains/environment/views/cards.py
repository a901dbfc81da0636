"""The air as a card on home pages and on the cockpit."""

from typing import Final

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from onecity.domains.environment.selectors import air
from onecity.domains.environment.views.showing import rows_of, shown
from onecity.web.access import public
from onecity.web.http import CityRequest

STATIONS_IN_A_STREAM: Final = 12


@public
@require_GET
def card(request: CityRequest) -> HttpResponse:
    """Give the city's air now as a card."""
    if not request.wants_fragment:
        return redirect("environment:air")
    city = air.city_now(now=request.now)
    return render(request, "environment/card.html", {"now": city, "air": shown(city.hour)})


@public
@require_GET
def stream(request: CityRequest) -> HttpResponse:
    """Give the stations for the cockpit, the worst first."""
    if not request.wants_fragment:
        return redirect("environment:air")
    stations = air.stations(now=request.now)
    facts = {"stations": rows_of(stations[:STATIONS_IN_A_STREAM]), "more": len(stations) - STATIONS_IN_A_STREAM}
    return render(request, "environment/stream.html", facts)
