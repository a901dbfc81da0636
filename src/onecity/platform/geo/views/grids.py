"""Pages of unit grids: the list, one cell with its map, and drawing them for a place."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from onecity.kernel import clock
from onecity.kernel.clock import city_date
from onecity.kernel.errors import OneCityError
from onecity.kernel.text import zh
from onecity.platform.geo.contracts import GeoJSON, GridInfo
from onecity.platform.geo.declarations import MANAGE, VIEW
from onecity.platform.geo.forms import GridForm
from onecity.platform.geo.models import BaseArea
from onecity.platform.geo.selectors import grids as selectors
from onecity.platform.geo.selectors.divisions import divisions
from onecity.platform.geo.selectors.map_settings import Focus, map_settings
from onecity.platform.geo.selectors.positions import describe
from onecity.platform.geo.services.drawing import start_generating_grid
from onecity.platform.geo.views.divisions import SURVEYED, SYNTHETIC
from onecity.platform.geo.views.keys import key_of, key_page
from onecity.web.access import requires
from onecity.web.http import CityRequest
from onecity.web.listing import Action, Badge, Column, Filter, Listing, Query, respond
from onecity.web.paging import Count, Page


@requires(VIEW)
@require_GET
def grids(request: CityRequest) -> HttpResponseBase:
    """List unit grids by code; the first digits of a code pick a division."""
    actions = (Action(zh("生成单元网格"), reverse("geo:draw_grid"), icon="wand"),) if request.actor.may(MANAGE) else ()
    listing = Listing[GridInfo](
        title=zh("单元网格"),
        columns=(
            Column(zh("网格编码"), lambda row: row.code, look="code", link=_link),
            Column(zh("所在社区"), lambda row: row.full_name),
            Column(zh("面积（平方米）"), lambda row: round(row.area_m2), look="number", wide_only=True),
            Column(zh("用地类型"), land_use, wide_only=True),
            Column(zh("启用日期"), lambda row: row.initial_date.isoformat(), look="code", wide_only=True),
            Column(zh("状态"), _state),
        ),
        filters=(Filter("ended", zh("含已停用"), kind="flag"),),
        searchable=True,
        search_hint=zh("输入网格编码或区划代码的前几位"),
        fetch=_page,
        empty=zh("还没有单元网格，可由地图与网格管理员按建成区范围自动划分。"),
        actions=actions,
    )
    return respond(request, listing)


@requires(VIEW)
@require_GET
def grid(request: CityRequest, code: str) -> HttpResponse:
    """Show one unit grid: where it is, its attributes, its neighbours on the map."""
    found = selectors.grid_cell(code)
    outline = GeoJSON(selectors.grid_outline(found.code))
    reach = 0.0035  # degrees around the middle: the cell with three neighbours on each side
    lon, lat = found.longitude, found.latitude
    facts = {
        "grid": found,
        "land_use": land_use(found),
        "state": _state(found),
        "kind": SYNTHETIC if found.is_synthetic else SURVEYED,
        "position": describe(longitude=lon, latitude=lat),
        "map": map_settings(
            request.actor,
            name="grid-map",
            shown=("geo.grid",),
            offered=("geo.grid", "geo.communities"),
            focus=Focus(box=(lon - reach, lat - reach, lon + reach, lat + reach), outline=outline),
        ),
    }
    return render(request, "geo/grid.html", facts)


@requires(MANAGE)
@require_http_methods(["GET", "POST"])
def draw_grid(request: CityRequest) -> HttpResponse:
    """Start the job that fills the built-up area of a place with unit grids."""
    places = [(item.code, item.full_name) for item in divisions(level=2) + divisions(level=3)]
    today = city_date(request.now)
    form = GridForm(request.POST if request.method == "POST" else None, places=places, initial={"day": today})
    if request.method == "POST" and form.is_valid():
        try:
            code, day = form.cleaned_data["division_code"], form.cleaned_data["day"]
            title = gettext("生成单元网格：%(place)s") % {"place": dict(places)[code]}
            now = clock.real_now()
            run = start_generating_grid(request.actor, division_code=code, title=title, day=day, now=now)
            return redirect("jobs:run", run)
        except OneCityError as error:
            form.take(error)
    return render(request, "geo/draw_grid.html", {"form": form})


def land_use(row: GridInfo) -> str:
    """Return a cell's land use in the visitor's language."""
    return gettext(str(BaseArea.Kind(row.land_use).label)) if row.land_use else "—"


def _page(query: Query) -> Page[GridInfo]:
    prefix = query.search if query.search.isascii() and query.search.isdigit() and len(query.search) <= 15 else ""
    if query.search and not prefix:
        return Page([], None, Count(0))
    rows = selectors.grid_cells(
        code_prefix=prefix, after=key_of(query.after), size=query.size + 1, ended="ended" in query.filters
    )
    return key_page(rows, size=query.size, key=lambda row: int(row.code))


def _state(row: GridInfo) -> Badge:
    return Badge(zh("已停用"), "grey") if row.end_date else Badge(zh("在用"), "green")


def _link(row: GridInfo) -> str:
    return reverse("geo:grid", args=[row.code])
