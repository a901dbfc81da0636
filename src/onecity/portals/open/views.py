"""The developers' page: interfaces and their documentation."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from onecity.portals.open.catalogue import operations
from onecity.web.access import public
from onecity.web.http import CityRequest
from onecity.web.shell import home_cards


@public
@require_GET
def home(request: CityRequest) -> HttpResponse:
    """Show how to begin, and every operation of the interface with its parameters and answers."""
    facts = {"groups": operations(), "cards": home_cards(request.actor, portal="open")}
    return render(request, "open/home.html", facts)
