"""Quality by dataset: the newest score of each flow, the worst first."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from onecity.platform.exchange.permissions import VIEW_FLOWS
from onecity.platform.exchange.selectors.flows.runs import latest_scores
from onecity.platform.exchange.views.flows.shown import DIMENSIONS, dimensions_of
from onecity.web.access import requires
from onecity.web.http import CityRequest


@requires(VIEW_FLOWS)
@require_GET
def index(request: CityRequest) -> HttpResponse:
    """Show how good the data are that the flows carry, by the six dimensions."""
    search = request.GET.get("q", "").strip()[:64]
    facts = {
        "scores": [(row, dimensions_of(row)) for row in latest_scores(request.actor, search=search)],
        "dimensions": [name for _, name in DIMENSIONS],
        "search": search,
    }
    return render(request, "exchange/flows/quality.html", facts)
