"""Versions of an entry beside one another, and where its data come from and go."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from onecity.platform.exchange.permissions import VIEW_CATALOGUE
from onecity.platform.exchange.rules.comparing import Difference
from onecity.platform.exchange.selectors.catalogue.entries import differences_of, entry_for, version_for, versions_of
from onecity.platform.exchange.selectors.catalogue.figures import lineage_of
from onecity.platform.exchange.views.catalogue.drawing import drawn
from onecity.platform.exchange.views.catalogue.shown import ADDED, ITEM, REMOVED, word
from onecity.web.access import requires
from onecity.web.http import CityRequest


@requires(VIEW_CATALOGUE)
@require_GET
def compare(request: CityRequest, code: str, before: int, after: int) -> HttpResponse:
    """Show what differs between two versions of an entry."""
    dataset, rights = entry_for(request.actor, code)
    old = version_for(dataset, rights=rights, number=before)
    new = version_for(dataset, rights=rights, number=after)
    facts = {
        "dataset": dataset,
        "before": old,
        "after": new,
        "changes": [_change(item) for item in differences_of(old, new)],
        "versions": versions_of(dataset, rights=rights),
    }
    return render(request, "exchange/catalogue/compare.html", facts)


@requires(VIEW_CATALOGUE)
@require_GET
def lineage_page(request: CityRequest, code: str) -> HttpResponse:
    """Draw where an entry's data come from and where they go."""
    dataset, rights = entry_for(request.actor, code)
    nodes, edges = lineage_of(dataset)
    titles = {node.id: node for node in nodes}
    facts = {
        "dataset": dataset,
        "drawing": drawn(nodes, edges),
        "rows": [(titles[edge.source_id], titles[edge.target_id], edge) for edge in edges],
        "rights": rights,
    }
    return render(request, "exchange/catalogue/lineage.html", facts)


def _change(item: Difference) -> tuple[str, str, object, object]:
    """Return what a difference is of, which part, before and after, in words."""
    name = ITEM.get(item.what, item.what) if item.kind == "item" else item.what
    aspect = ITEM.get(item.aspect, item.aspect)
    if item.change == "added":
        return name, ADDED, None, item.after
    if item.change == "removed":
        return name, REMOVED, item.before, None
    key = item.what if item.kind == "item" else item.aspect
    return name, aspect, word(key, item.before), word(key, item.after)
