"""Pages of standard addresses: the list, and matching what people write to them."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from onecity.kernel.text import zh
from onecity.platform.geo.contracts import AddressMatch, AddressParts, StandardAddressInfo
from onecity.platform.geo.declarations import VIEW
from onecity.platform.geo.forms import AddressesForm
from onecity.platform.geo.selectors import addresses as selectors
from onecity.platform.geo.selectors.map_settings import Focus, map_settings
from onecity.platform.geo.views.divisions import SURVEYED, SYNTHETIC
from onecity.platform.geo.views.keys import key_of, key_page
from onecity.web.access import requires
from onecity.web.http import CityRequest
from onecity.web.listing import Action, Badge, Column, Listing, Query, respond
from onecity.web.paging import Page

NAMES_OF_PARTS = {
    "division_code": zh("所在区划代码"),
    "street": zh("街道"),
    "road": zh("道路"),
    "lane": zh("弄"),
    "number": zh("门牌号"),
    "estate": zh("小区"),
    "building": zh("楼栋号"),
    "unit": zh("单元号"),
    "floor": zh("楼层"),
    "room": zh("户室号"),
    "rest": zh("未识别部分"),
}


@requires(VIEW)
@require_GET
def addresses(request: CityRequest) -> HttpResponseBase:
    """List standard addresses, with search by words."""
    listing = Listing[StandardAddressInfo](
        title=zh("标准地址"),
        columns=(
            Column(zh("地址"), lambda row: row.text, link=lambda row: reverse("geo:address", args=[row.id])),
            Column(zh("所在区划代码"), lambda row: row.division_code, look="code", wide_only=True),
            Column(zh("道路"), lambda row: row.parts.road, wide_only=True),
            Column(zh("门牌号"), lambda row: row.parts.number, wide_only=True),
            Column(zh("来源"), lambda row: SYNTHETIC if row.is_synthetic else SURVEYED),
        ),
        searchable=True,
        search_hint=zh("输入地址中的词，至少两个字"),
        fetch=_page,
        empty=zh("没有符合条件的标准地址。"),
        actions=(Action(zh("地址匹配"), reverse("geo:match_addresses"), icon="map-search"),),
    )
    return respond(request, listing)


@requires(VIEW)
@require_GET
def address(request: CityRequest, address_id: int) -> HttpResponse:
    """Show one standard address: its parts, and where it lies."""
    found = selectors.standard_address(address_id)
    reach = 0.003
    box = (found.longitude - reach, found.latitude - reach, found.longitude + reach, found.latitude + reach)
    facts = {
        "address": found,
        "parts": named_parts(found.parts),
        "kind": SYNTHETIC if found.is_synthetic else SURVEYED,
        "map": map_settings(
            request.actor,
            name="address-map",
            shown=("geo.addresses",),
            offered=("geo.addresses", "geo.places"),
            focus=Focus(box=box),
        ),
    }
    return render(request, "geo/address.html", facts)


@requires(VIEW)
@require_http_methods(["GET", "POST"])
def match_addresses(request: CityRequest) -> HttpResponse:
    """Match up to 200 written addresses: what each was understood as, and what answers it. Nothing is kept."""
    form = AddressesForm(request.POST if request.method == "POST" else None)
    matches = selectors.match_addresses(form.lines) if form.is_bound and form.is_valid() else []
    facts = {"form": form, "rows": [_row(match) for match in matches]}
    return render(request, "geo/match_addresses.html", facts)


def named_parts(parts: AddressParts) -> list[tuple[str, str]]:
    """Return an address's parts with their Chinese names, without empty ones."""
    named = [(title, str(getattr(parts, name))) for name, title in NAMES_OF_PARTS.items()]
    return [(title, value) for title, value in named if value]


def _row(match: AddressMatch) -> dict[str, object]:
    return {
        "match": match,
        "parts": named_parts(match.parts),
        "verdict": _verdict(match),
        "percent": round(match.score * 100),
        "others": [(one, round(score * 100)) for one, score in match.candidates[1:]],
    }


def _verdict(match: AddressMatch) -> Badge:
    if match.is_sure:
        return Badge(zh("已匹配"), "green")
    if match.best is not None:
        return Badge(zh("需人工确认"), "yellow")
    return Badge(zh("未匹配"), "red")


def _page(query: Query) -> Page[StandardAddressInfo]:
    rows = selectors.standard_addresses(search=query.search, after=key_of(query.after), size=query.size + 1)
    return key_page(rows, size=query.size, key=lambda row: row.id)
