"""The public catalogue in DCAT 3, as JSON-LD and Turtle."""

from typing import Final

from django.http import HttpResponse
from django.views.decorators.http import require_GET
from rdflib import Graph

from onecity.platform.exchange.codecs.dcat import Offer, Site, catalogue_graph, dataset_graph
from onecity.platform.exchange.contracts.catalogue import DistributionFacts, PublishedEntry
from onecity.platform.exchange.selectors.catalogue.entries import complete, published_entry
from onecity.platform.exchange.selectors.catalogue.lists import counts, open_datasets
from onecity.platform.exchange.views.catalogue.open_data import formats_of
from onecity.platform.identity import api as identity
from onecity.web.access import public
from onecity.web.http import CityRequest
from onecity.web.paging import Cursor
from onecity.web.shell import city_name

PAGE: Final = 200
_SERIALISED: Final = {
    "jsonld": ("json-ld", "application/ld+json"),
    "ttl": ("turtle", "text/turtle; charset=utf-8"),
}


@public
@require_GET
def catalogue(request: CityRequest, form: str) -> HttpResponse:
    """Give the catalogue, page by page when it is large (`?after=`, named by hydra:next)."""
    site = site_of(request)
    rows = open_datasets(after=Cursor.decode(request.GET.get("after", "")), size=PAGE)
    offers = [offer_of(site, entry) for entry in complete(list(rows.rows))]
    here = site.base + request.get_full_path()
    following = f"{site.base}{request.path}?after={rows.next.encode()}" if rows.next else ""
    total = counts("public", facet="all").get("", 0)
    page = here if following or "after" in request.GET else ""
    return _answer(catalogue_graph(site, offers=offers, page=page, next_page=following, total=total), form)


@public
@require_GET
def dataset(request: CityRequest, code: str, form: str) -> HttpResponse:
    """Give one dataset."""
    site = site_of(request)
    return _answer(dataset_graph(site, offer=offer_of(site, published_entry(code))), form)


def site_of(request: CityRequest) -> Site:
    """Return where the catalogue stands, and who answers for it: the city's government."""
    owner = next(iter(identity.organisations(kind="government")), None)
    name = city_name()
    return Site(
        base=request.build_absolute_uri("/").rstrip("/"),
        title=f"{name}公共数据开放目录",
        description=f"{name}向社会开放的公共数据资源目录。",
        publisher_code=owner.code if owner else "city",
        publisher=owner.name if owner else name,
        publisher_credit_code=owner.credit_code if owner else "",
    )


def offer_of(site: Site, entry: PublishedEntry) -> Offer:
    """Return an entry with the ways to get it."""
    ways = tuple(
        DistributionFacts(form.code, form.title, form.media_type, f"{site.base}{url}", size)
        for form, url, size in formats_of(entry)
    )
    return Offer(entry, ways, f"{site.base}/api/exchange/open/{entry.code}/rows" if ways and entry.queryable else "")


def _answer(graph: Graph, form: str) -> HttpResponse:
    name, media_type = _SERIALISED[form]
    response = HttpResponse(graph.serialize(format=name, encoding="utf-8"), content_type=media_type)
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
