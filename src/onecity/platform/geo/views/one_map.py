"""一张图: the city on one map."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from onecity.platform.geo.declarations import VIEW
from onecity.platform.geo.selectors.city import city
from onecity.platform.geo.selectors.map_settings import legend, live_layers, map_settings
from onecity.web.access import requires
from onecity.web.http import CityRequest


@requires(VIEW)
@require_GET
def one_map(request: CityRequest) -> HttpResponse:
    """Show every layer that the visitor may see, at first those that live, with search, legend and list.

    View and layers stand in the address.
    """
    settings = map_settings(request.actor, name="one-map", shown=live_layers(request.actor), keeps_view=True)
    return render(request, "geo/one_map.html", {"map": settings, "legend": legend(settings), "here": city()})
