"""The cockpit's page."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from onecity.platform.geo import api as geo
from onecity.portals.cockpit import board
from onecity.web.access import requires
from onecity.web.http import CityRequest
from onecity.web.shell import home_cards


@requires("cockpit.view")
@require_GET
def home(request: CityRequest) -> HttpResponse:
    """Show figures, map and streams on one screen; all of it stays live."""
    figures = board.figures(request.actor, now=request.now)
    going_on = geo.live_layers(request.actor)
    settings = geo.map_settings(request.actor, name="cockpit-map", shown=going_on)
    facts = {
        "groups": board.groups(figures),
        "cards": home_cards(request.actor, portal="cockpit"),
        "map": settings,
        "legend": geo.legend(settings),
    }
    return render(request, "cockpit/home.html", facts)
