"""The interface for programs: positions in words, search, divisions, unit grids."""

from datetime import date
from typing import Annotated

from django.http import HttpRequest
from ninja import P, QueryEx, Router, Schema

from onecity.platform.geo.contracts import AddressMatch, DivisionInfo, Found, GridInfo, Position
from onecity.platform.geo.declarations import VIEW
from onecity.platform.geo.selectors import addresses as address_selectors
from onecity.platform.geo.selectors import divisions as division_selectors
from onecity.platform.geo.selectors.grids import grid_cell
from onecity.platform.geo.selectors.positions import describe
from onecity.platform.geo.selectors.search import search
from onecity.web.api import for_everyone, needs

router = Router(tags=["geo"])


class PositionOut(Schema):
    """A point in words and codes."""

    longitude: float
    latitude: float
    grid_code: str
    division_code: str
    full_name: str
    road: str
    description: str


class AddressesIn(Schema):
    """Addresses as people write them."""

    texts: Annotated[list[Annotated[str, P(max_length=200)]], P(min_length=1, max_length=1000)]


class PartsOut(Schema):
    """An address taken apart; empty where it has no such part."""

    division_code: str
    street: str
    road: str
    lane: str
    number: str
    estate: str
    building: str
    unit: str
    floor: str
    room: str
    rest: str


class StandardAddressOut(Schema):
    """A standard address."""

    id: int
    text: str
    division_code: str
    longitude: float
    latitude: float
    is_synthetic: bool


class AddressMatchOut(Schema):
    """What an address was understood as and which standard address answers it best; score 0–1."""

    text: str
    parts: PartsOut
    score: float
    is_sure: bool
    best: StandardAddressOut | None


class FoundOut(Schema):
    """One answer of the search."""

    kind: str
    name: str
    detail: str
    longitude: float
    latitude: float
    zoom: float
    link: str


class DivisionOut(Schema):
    """A division; level 1 province to 5 community."""

    code: str
    name: str
    level: int
    parent_code: str
    full_name: str
    longitude: float | None
    latitude: float | None
    is_synthetic: bool


class GridOut(Schema):
    """A unit grid."""

    code: str
    division_code: str
    full_name: str
    longitude: float
    latitude: float
    area_m2: float
    land_use: str
    initial_date: date
    end_date: date | None
    is_synthetic: bool


@router.get("/position", auth=for_everyone(), response=PositionOut, summary="位置描述")
def position(request: HttpRequest, longitude: float, latitude: float) -> Position:
    """Say where a point lies (WGS 84 degrees): its grid, divisions, nearest street, and all of it in words."""
    return describe(longitude=longitude, latitude=latitude)


@router.get("/search", auth=for_everyone(), response=list[FoundOut], summary="搜索地图")
def find(request: HttpRequest, q: QueryEx[str, P(max_length=64)]) -> list[Found]:
    """Find divisions, unit grids, streets and places by words, codes or coordinates."""
    return search(q)


@router.get("/divisions", auth=for_everyone(), response=list[DivisionOut], summary="行政区划列表")
def divisions(
    request: HttpRequest,
    level: QueryEx[int | None, P(ge=1, le=5)] = None,
    parent_code: QueryEx[str, P(max_length=12)] = "",
    q: QueryEx[str, P(max_length=64)] = "",
    after: QueryEx[int, P(ge=0)] = 0,
    limit: QueryEx[int, P(ge=1, le=1000)] = 100,
) -> list[DivisionInfo]:
    """List divisions in the order of their codes; the next page begins `after` the last code."""
    return division_selectors.divisions(level=level, parent_code=parent_code, search=q, after=after, size=limit)


@router.get("/divisions/{code}", auth=for_everyone(), response=DivisionOut, summary="行政区划")
def division(request: HttpRequest, code: str) -> DivisionInfo:
    """Return one division."""
    return division_selectors.division(code)


@router.get("/grids/{code}", auth=needs(VIEW), response=GridOut, summary="单元网格")
def grid(request: HttpRequest, code: str) -> GridInfo:
    """Return one unit grid."""
    return grid_cell(code)


@router.post("/addresses/match", auth=needs(VIEW), response=list[AddressMatchOut], summary="地址解析与匹配")
def match_addresses(request: HttpRequest, body: AddressesIn) -> list[AddressMatch]:
    """Take addresses apart and match them to standard addresses; nothing is kept."""
    return address_selectors.match_addresses(body.texts)
