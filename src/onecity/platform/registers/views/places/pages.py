"""Buildings, land and natural resources: lists, and one of each with its map."""

from collections.abc import Callable, Sequence
from typing import Final

from django.contrib import messages
from django.contrib.gis.geos import MultiPolygon
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from onecity.kernel.errors import OneCityError
from onecity.kernel.text import zh
from onecity.platform.geo import api as geo
from onecity.platform.geo.api import Focus, map_settings
from onecity.platform.geo.contracts import GeoJSON, MapSettings
from onecity.platform.registers.contracts.places import BuildingInfo, LandInfo
from onecity.platform.registers.forms.places import RoomsForm
from onecity.platform.registers.models import LandParcel, NaturalResource, Room
from onecity.platform.registers.permissions import MAINTAIN_PLACES, VIEW_PERSONS, VIEW_PLACES
from onecity.platform.registers.rules.places.fields import LAND_USES, OWNERS, RESOURCES, USES, land_use_name
from onecity.platform.registers.selectors import places as selectors
from onecity.platform.registers.services.places.rooms import add_rooms
from onecity.web.access import requires
from onecity.web.http import CityRequest
from onecity.web.listing import Action, Column, Filter, Listing, respond

TEMPLATE: Final = "registers/places/list.html"
LONGEST_CODE: Final = 12


@requires(VIEW_PLACES)
@require_GET
def buildings(request: CityRequest) -> HttpResponseBase:
    """List buildings."""
    listing = Listing[BuildingInfo](
        title=zh("楼栋"),
        columns=(
            Column(zh("名称"), lambda row: row.name or row.code, link=building_link),
            Column(zh("楼栋编码"), lambda row: row.code, look="code", wide_only=True),
            Column(zh("用途"), lambda row: gettext(USES[row.use])),
            Column(zh("地址"), lambda row: row.address),
            Column(zh("地上层数"), lambda row: row.floors_above, look="number", wide_only=True),
            Column(zh("所在区划"), lambda row: row.division_code, look="code", wide_only=True),
        ),
        filters=(Filter("use", zh("全部用途"), choices=tuple(USES.items())),),
        fetch=lambda query: selectors.buildings(request.actor, query),
        searchable=True,
        search_hint=zh("名称、编码或地址"),
        empty=zh("还没有登记楼栋"),
        actions=_actions(request),
        template=TEMPLATE,
        extra={"tab": "buildings"},
    )
    return respond(request, listing)


@requires(VIEW_PLACES)
@require_GET
def parcels(request: CityRequest) -> HttpResponseBase:
    """List parcels of land."""
    return respond(
        request,
        Listing[LandInfo](
            title=zh("宗地"),
            columns=_land_columns("registers:parcel", zh("土地用途"), _land_use),
            filters=(Filter("use", zh("全部土地用途"), choices=tuple(LAND_USES.items())),),
            fetch=lambda query: selectors.parcels(request.actor, query),
            searchable=True,
            search_hint=zh("宗地代码或名称"),
            empty=zh("还没有登记宗地"),
            actions=_actions(request),
            template=TEMPLATE,
            extra={"tab": "parcels"},
        ),
    )


@requires(VIEW_PLACES)
@require_GET
def resources(request: CityRequest) -> HttpResponseBase:
    """List natural resources."""
    return respond(
        request,
        Listing[LandInfo](
            title=zh("自然资源"),
            columns=_land_columns("registers:resource", zh("资源类型"), lambda code: gettext(RESOURCES[code])),
            filters=(Filter("use", zh("全部资源类型"), choices=tuple(RESOURCES.items())),),
            fetch=lambda query: selectors.resources(request.actor, query),
            searchable=True,
            search_hint=zh("编码或名称"),
            empty=zh("还没有登记自然资源"),
            actions=_actions(request),
            template=TEMPLATE,
            extra={"tab": "resources"},
        ),
    )


@requires(VIEW_PLACES)
@require_http_methods(["GET", "POST"])
def building(request: CityRequest, building_id: int) -> HttpResponse:
    """Show a building with its units; who may maintain it enters more."""
    row = selectors.building_for(request.actor, building_id)
    may = selectors.may_maintain(request.actor, organisation_id=row.organisation_id, division_code=row.division_code)
    form = RoomsForm(request.POST or None)
    form.offer()
    if request.method == "POST" and form.is_valid():
        try:
            made = add_rooms(request.actor, building_id=building_id, new=form.new())
        except OneCityError as refusal:
            form.take(refusal)
        else:
            messages.success(request, gettext("已登记%(count)s套房屋") % {"count": made})
            return redirect("registers:building", building_id)
    focus = Focus(mark=(row.location.x, row.location.y), outline=_outline(row.outline))
    facts = {
        "building": selectors.building_info(row),
        "use": USES[row.use],
        "place": _division(row.division_code),
        "stairwells": _stairwells(selectors.rooms_of(building_id)),
        "residents": selectors.residents_at(row),
        "may_see_people": request.actor.may(VIEW_PERSONS),
        "may_maintain": may,
        "form": form,
        "map": map_settings(request.actor, name="building-map", offered=("registers.buildings",), focus=focus),
    }
    return render(request, "registers/places/building.html", facts, status=422 if form.is_bound else 200)


@requires(VIEW_PLACES)
@require_GET
def parcel(request: CityRequest, parcel_id: int) -> HttpResponse:
    """Show a parcel of land."""
    row = selectors.parcel_for(request.actor, parcel_id)
    lines = (
        (zh("土地用途"), f"{row.use_code} {_land_use(row.use_code)}"),
        (zh("土地所有权"), gettext(OWNERS[row.owner])),
        (zh("使用权人"), row.right_holder),
        (zh("使用期限至"), row.right_until.isoformat() if row.right_until else ""),
    )
    return _land_page(request, row, zh("宗地"), "registers:parcels", "registers.parcels", lines)


@requires(VIEW_PLACES)
@require_GET
def resource(request: CityRequest, resource_id: int) -> HttpResponse:
    """Show a natural resource."""
    row = selectors.resource_for(request.actor, resource_id)
    lines = ((zh("资源类型"), gettext(RESOURCES[row.kind])),)
    return _land_page(request, row, zh("自然资源"), "registers:resources", "registers.resources", lines)


def building_link(row: BuildingInfo) -> str:
    """Return the address of a building's page."""
    return reverse("registers:building", args=[row.id])


def _land_page(
    request: CityRequest,
    row: LandParcel | NaturalResource,
    title: str,
    back: str,
    layer: str,
    lines: Sequence[tuple[str, str]],
) -> HttpResponse:
    west, south, east, north = row.outline.extent
    facts = {
        "row": row,
        "title": title,
        "back": reverse(back),
        "lines": lines,
        "place": _division(row.division_code),
        "map": _map(request, layer, Focus(box=(west, south, east, north), outline=_outline(row.outline))),
    }
    return render(request, "registers/places/land.html", facts)


def _map(request: CityRequest, layer: str, focus: Focus) -> MapSettings:
    return map_settings(request.actor, name="land-map", shown=(layer,), offered=(layer,), focus=focus)


def _land_columns(url: str, use_title: str, use_name: Callable[[str], str]) -> tuple[Column[LandInfo], ...]:
    return (
        Column(zh("编码"), lambda row: row.code, look="code", link=lambda row: reverse(url, args=[row.id])),
        Column(zh("名称"), lambda row: row.name),
        Column(use_title, lambda row: use_name(row.use)),
        Column(
            zh("面积（平方米）"), lambda row: f"{row.area_m2:,.2f}" if row.area_m2 is not None else "", look="number"
        ),
        Column(zh("所在区划"), lambda row: row.division_code, look="code", wide_only=True),
        Column(zh("数据来源"), lambda row: row.source_name, wide_only=True),
    )


def _land_use(code: str) -> str:
    return gettext(land_use_name(code))


def _stairwells(rooms: Sequence[Room]) -> list[tuple[str, list[tuple[int, list[Room]]]]]:
    """Return units by stairwell and floor, as they stand above one another."""
    found: dict[str, dict[int, list[Room]]] = {}
    for room in rooms:
        found.setdefault(room.stairwell, {}).setdefault(room.floor, []).append(room)
    return [(stairwell, list(floors.items())) for stairwell, floors in found.items()]


def _outline(shape: MultiPolygon | None) -> GeoJSON | None:
    return GeoJSON(shape.geojson) if shape else None


def _division(code: str) -> str:
    known = geo.divisions(search=code[:LONGEST_CODE], size=1) if code else []
    return known[0].full_name if known else code


def _actions(request: CityRequest) -> list[Action]:
    if not request.actor.may(MAINTAIN_PLACES):
        return []
    return [Action(zh("导入GeoJSON"), reverse("registers:take_places"), icon="upload")]
