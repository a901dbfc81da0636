"""Supervision and command: the live map of cases and supervisors, and the list beside it."""

from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from onecity.domains.urban_management.permissions import SUPERVISE
from onecity.domains.urban_management.selectors import command as read
from onecity.kernel.clock import CITY_ZONE
from onecity.platform.geo.api import Focus, map_settings
from onecity.web.access import requires
from onecity.web.http import CityRequest

SHOWN = ("cases.open_cases", "urban_management.positions", "urban_management.tracks")
OFFERED = (*SHOWN, "urban_management.components")


@requires(SUPERVISE)
@require_GET
def command(request: CityRequest) -> HttpResponse:
    """Show open cases, supervisors and today's tracks on one map, and who is on patrol."""
    return _page(request, None)


@requires(SUPERVISE)
@require_GET
def walker(request: CityRequest, point_id: int) -> HttpResponse:
    """Show one supervisor, as the map leads to him."""
    found = read.walker_at(request.actor, point_id=point_id, start=_morning(request.now), now=request.now)
    return _page(request, found)


def _page(request: CityRequest, chosen: read.Walker | None) -> HttpResponse:
    focus = Focus(mark=(chosen.longitude, chosen.latitude)) if chosen else None
    facts = {
        "walkers": read.walkers(request.actor, start=_morning(request.now), now=request.now),
        "chosen": chosen,
        "map": map_settings(request.actor, name="command", offered=OFFERED, shown=SHOWN, focus=focus),
    }
    return render(request, "urban_management/command.html", facts)


def _morning(now: datetime) -> datetime:
    return now.astimezone(CITY_ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
