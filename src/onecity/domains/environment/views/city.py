"""The citizens' page of the air: now, stations, the last two days, the month."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from onecity.domains.environment.contracts import StationAir
from onecity.domains.environment.rules.times import day_of
from onecity.domains.environment.selectors import air as selectors
from onecity.domains.environment.views.calendar import month_asked, month_of
from onecity.domains.environment.views.showing import hours_chart, rows_of, shown
from onecity.platform.geo import api as geo
from onecity.web.access import public
from onecity.web.http import CityRequest

SHOWN_HOURS: Final = timedelta(hours=48)
LAYER: Final = "environment.air_stations"
MARGIN: Final = 0.01
"""Degrees."""


@public
@require_GET
def air(request: CityRequest) -> HttpResponse:
    """Show the city's air to everybody."""
    today = day_of(request.now)
    hours = selectors.city_hours(since=request.now - SHOWN_HOURS, until=request.now)
    stations = selectors.stations(now=request.now)
    facts = {
        **_now(request, stations),
        "hours": [(item, shown(item)) for item in reversed(hours)],
        "chart": hours_chart(hours),
        "month": month_of(month_asked(request.GET.get("month", ""), today=today), today=today),
        "map": geo.map_settings(
            request.actor,
            name="air-map",
            shown=(LAYER,),
            offered=(LAYER,),
            focus=geo.Focus(box=_around(stations)),
        ),
    }
    return render(request, "environment/air.html", facts)


@public
@require_GET
def now(request: CityRequest) -> HttpResponse:
    """Give the part of the page that changes: the city now and its stations."""
    if not request.wants_fragment:
        return redirect("environment:air")
    return render(request, "environment/now.html", _now(request, selectors.stations(now=request.now)))


def _now(request: CityRequest, stations: Sequence[StationAir]) -> dict[str, object]:
    city = selectors.city_now(now=request.now)
    return {"now": city, "air": shown(city.hour), "stations": rows_of(stations)}


def _around(stations: Sequence[StationAir]) -> tuple[float, float, float, float] | None:
    """Return the box around the stations, with a margin; None where none has a place."""
    east = [item.longitude for item in stations if item.longitude is not None]
    north = [item.latitude for item in stations if item.latitude is not None]
    if not east or not north:
        return None
    return min(east) - MARGIN, min(north) - MARGIN, max(east) + MARGIN, max(north) + MARGIN
