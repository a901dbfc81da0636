"""The citizens' home page."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from onecity.web.access import public
from onecity.web.http import CityRequest
from onecity.web.shell import home_cards, menu_groups


@public
@require_GET
def home(request: CityRequest) -> HttpResponse:
    """Show what the city does for its citizens: every declared service, the most wanted first."""
    cards = home_cards(request.actor, portal="citizen")
    facts = {
        "live": [card for card in cards if card["fragment"]],
        "cards": [card for card in cards if not card["fragment"]],
        "menu": [entry for _, entries in menu_groups(request.actor, portal="citizen") for entry in entries],
    }
    return render(request, "citizen/home.html", facts)
