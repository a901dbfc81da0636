"""Figures of the catalogue."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from onecity.kernel.clock import city_date
from onecity.platform.exchange.permissions import VIEW_CATALOGUE
from onecity.platform.exchange.selectors.catalogue.classes import class_names
from onecity.platform.exchange.selectors.catalogue.figures import departments, most_used, waiting_reviews
from onecity.platform.exchange.selectors.catalogue.lists import counts
from onecity.platform.exchange.selectors.catalogue.providers import provider_names
from onecity.platform.exchange.views.catalogue.shown import CYCLE, OPENING, SHARING
from onecity.web.access import requires
from onecity.web.http import CityRequest


@requires(VIEW_CATALOGUE)
@require_GET
def page(request: CityRequest) -> HttpResponse:
    """Show how the catalogue stands: by class, type and department, and what is used most."""
    names, providers = class_names(), provider_names()
    by_class = {code: number for code, number in counts("staff", facet="class").items() if len(code) == 3}
    rows = departments(now=request.now)
    facts = {
        "total": counts("staff", facet="all").get("", 0),
        "opened": counts("public", facet="all").get("", 0),
        "waiting": waiting_reviews(),
        "overdue": sum(row.overdue for row in rows),
        "sharing": [(badge, counts("staff", facet="sharing").get(code, 0)) for code, badge in SHARING.items()],
        "opening": [(badge, counts("staff", facet="open").get(code, 0)) for code, badge in OPENING.items()],
        "cycles": [(CYCLE[code], number) for code, number in sorted(counts("staff", facet="cycle").items())],
        "departments": [(providers.get(row.organisation_id, ""), row) for row in rows],
        "used": most_used(until=city_date(request.now)),
        "classes": [(code, names.get(code, code), number) for code, number in sorted(by_class.items())],
        "chart": {
            "kind": "bar",
            "at": [gettext(names.get(code, code)) for code in sorted(by_class)],
            "series": [{"name": gettext("目录数"), "values": [by_class[code] for code in sorted(by_class)]}],
        },
    }
    return render(request, "exchange/catalogue/figures.html", facts)
