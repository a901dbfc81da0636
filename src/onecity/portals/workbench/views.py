"""The workbench's home page."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from onecity.web.access import signed_in
from onecity.web.http import CityRequest
from onecity.web.shell import home_cards, menu_groups


@signed_in
@require_GET
def home(request: CityRequest) -> HttpResponse:
    """Show what waits for the person, then everything he may open."""
    facts = {
        "cards": home_cards(request.actor, portal="workbench"),
        "doors": [
            (heading, [entry for entry in entries if entry["code"] != "workbench.home"])
            for heading, entries in menu_groups(request.actor, portal="workbench")
            if heading
        ],
    }
    return render(request, "workbench/home.html", facts)
