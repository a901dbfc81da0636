"""Pages of divisions: the list, and one division with its map and what lies below it."""

from typing import Final

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from onecity.kernel.text import zh
from onecity.platform.geo.contracts import DivisionInfo
from onecity.platform.geo.declarations import VIEW
from onecity.platform.geo.models import Division
from onecity.platform.geo.selectors import divisions as selectors
from onecity.platform.geo.selectors.grids import grid_count
from onecity.platform.geo.selectors.map_settings import Focus, map_settings
from onecity.platform.geo.views.keys import key_of, key_page
from onecity.web.access import requires
from onecity.web.http import CityRequest
from onecity.web.listing import Badge, Column, Filter, Listing, Query, respond
from onecity.web.paging import Page

LAYER_OF_LEVEL: Final = {2: "geo.districts", 3: "geo.subdistricts", 4: "geo.communities", 5: "geo.grid"}
SYNTHETIC: Final = Badge(zh("示意"), "yellow")
SURVEYED: Final = Badge(zh("实测"), "green")


@requires(VIEW)
@require_GET
def divisions(request: CityRequest) -> HttpResponseBase:
    """List divisions by code, with search by name or code."""
    listing = Listing[DivisionInfo](
        title=zh("行政区划"),
        columns=(
            Column(zh("区划代码"), lambda row: row.code, look="code", link=_link),
            Column(zh("名称"), lambda row: row.name),
            Column(zh("级别"), lambda row: _level(row.level)),
            Column(zh("所在区划"), lambda row: row.full_name, wide_only=True),
            Column(zh("边界"), _boundary, wide_only=True),
        ),
        filters=(
            Filter("level", zh("全部级别"), choices=[(str(item.value), _level(item.value)) for item in Division.Level]),
        ),
        searchable=True,
        search_hint=zh("输入名称或代码"),
        fetch=_page,
        empty=zh("没有符合条件的区划。"),
    )
    return respond(request, listing)


@requires(VIEW)
@require_GET
def division(request: CityRequest, code: str) -> HttpResponse:
    """Show one division: where it is, and what lies below it."""
    found = selectors.division(code)
    box = selectors.division_box(found.code)
    shown = (LAYER_OF_LEVEL[found.level],) if found.level in LAYER_OF_LEVEL else ()
    facts = {
        "division": found,
        "level": _level(found.level),
        "boundary": _boundary(found),
        "above": selectors.division(found.parent_code) if _is_kept(found.parent_code) else None,
        "below": selectors.divisions(parent_code=found.code, size=500),
        "grids": grid_count(found.code),
        "map": map_settings(
            request.actor,
            name="division-map",
            shown=shown,
            offered=shown,
            focus=Focus(box=box, outline=selectors.division_outline(found.code)),
        ),
    }
    return render(request, "geo/division.html", facts)


def _page(query: Query) -> Page[DivisionInfo]:
    level = query.filters.get("level")
    rows = selectors.divisions(
        level=int(level) if level else None, search=query.search, after=key_of(query.after), size=query.size + 1
    )
    return key_page(rows, size=query.size, key=lambda row: int(row.code))


def _is_kept(code: str) -> bool:
    return bool(code) and Division.objects.filter(code=code).exists()


def _boundary(row: DivisionInfo) -> Badge:
    if row.longitude is None:
        return Badge(zh("暂无"))
    return SYNTHETIC if row.is_synthetic else SURVEYED


def _level(number: int) -> str:
    return gettext(str(Division.Level(number).label))


def _link(row: DivisionInfo) -> str:
    return reverse("geo:division", args=[row.code])
