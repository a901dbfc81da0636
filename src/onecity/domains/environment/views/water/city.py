"""The citizens' page of surface water, and its card on home pages."""

from typing import Final

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from onecity.domains.environment.rules.water.items import CLASSES, GOOD_UP_TO
from onecity.domains.environment.selectors.water import sections
from onecity.domains.environment.views.showing import frame
from onecity.domains.environment.views.water.showing import shown
from onecity.platform.geo import api as geo
from onecity.web.access import public
from onecity.web.http import CityRequest

MOST: Final = 60
ON_A_CARD: Final = 4
LAYER: Final = "environment.water_sections"
MARGIN: Final = 0.02
"""Degrees."""


@public
@require_GET
def water(request: CityRequest) -> HttpResponse:
    """Show the city's surface water to everybody."""
    found = sections.worst_sections(now=request.now, most=MOST)
    counts = sections.class_counts(now=request.now)
    judged = sum(counts)
    facts = {
        "base": frame(request),
        "sections": [(item.section, shown(item.sample), item.sample) for item in found],
        "total": sections.section_count(),
        "counts": list(zip(CLASSES, counts, strict=True)),
        "judged": judged,
        "good": round(100 * sum(counts[:GOOD_UP_TO]) / judged, 1) if judged else None,
        "map": geo.map_settings(
            request.actor,
            name="water-map",
            shown=(LAYER,),
            offered=(LAYER,),
            focus=geo.Focus(box=_around(found)),
        ),
    }
    return render(request, "environment/water/city.html", facts)


@public
@require_GET
def card(request: CityRequest) -> HttpResponse:
    """Give the worst sections as a card."""
    if not request.wants_fragment:
        return redirect("environment:water")
    found = sections.worst_sections(now=request.now, most=ON_A_CARD)
    facts = {"sections": [(item.section, shown(item.sample)) for item in found]}
    return render(request, "environment/water/card.html", facts)


def _around(found: list[sections.SectionNow]) -> tuple[float, float, float, float] | None:
    """Return the box around the sections, with a margin; None where none has a place."""
    places = [item.section.location for item in found if item.section.location is not None]
    if not places:
        return None
    east, north = [place.x for place in places], [place.y for place in places]
    return min(east) - MARGIN, min(north) - MARGIN, max(east) + MARGIN, max(north) + MARGIN
