"""What crosses the border of geo. Coordinates are WGS 84 degrees, longitude first, unless a name says otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from onecity.platform.geo.rules.addresses import AddressParts
from onecity.platform.geo.rules.shapes import Box, GeoJSON, System

__all__ = [
    "AddressMatch",
    "AddressParts",
    "AddressRow",
    "AreaRow",
    "Box",
    "CityInfo",
    "CityRow",
    "DivisionInfo",
    "DivisionRow",
    "Found",
    "FoundKind",
    "Generated",
    "GeoJSON",
    "GridInfo",
    "Loaded",
    "MapSettings",
    "PlaceRow",
    "Position",
    "RoadRow",
    "StandardAddressInfo",
    "System",
]


@dataclass(frozen=True, slots=True)
class CityInfo:
    """The city that this installation runs. bounds: the box around its built-up area. plane_epsg: its 3-degree zone."""

    code: str
    name: str
    division_code: str
    longitude: float
    latitude: float
    zoom: float
    bounds: Box
    plane_epsg: int
    attribution: str
    is_synthetic: bool


@dataclass(frozen=True, slots=True)
class DivisionInfo:
    """A division as others see it.

    level: 1 province to 5 community. full_name: from the county down, without blanks.
    """

    code: str
    name: str
    level: int
    parent_code: str
    full_name: str
    longitude: float | None
    latitude: float | None
    is_synthetic: bool

    @property
    def division_code(self) -> str:
        """The code under which rows at this place are seen."""
        return self.code


@dataclass(frozen=True, slots=True)
class GridInfo:
    """A unit grid as others see it. distance_m: from the point that was asked for; 0 inside the cell."""

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
    distance_m: float = 0.0


@dataclass(frozen=True, slots=True)
class Position:
    """A point of the city in words and codes. grid_code, road: empty where there is none near."""

    longitude: float
    latitude: float
    grid_code: str
    division_code: str
    full_name: str
    road: str
    description: str


SURE_FROM: Final = 0.85
AHEAD_BY: Final = 0.05
FoundKind = Literal["division", "grid", "road", "place", "point"]


@dataclass(frozen=True, slots=True)
class Found:
    """One answer of the search: what it is, where the map should go, and its page if it has one."""

    kind: FoundKind
    name: str
    detail: str
    longitude: float
    latitude: float
    zoom: float
    link: str = ""


@dataclass(frozen=True, slots=True)
class DivisionRow:
    """A division to load. geometry: (Multi)Polygon, or None when the source has no boundary.

    centre: longitude and latitude of its seat, where its name stands; a point inside it when not given.
    """

    code: str
    name: str
    geometry: GeoJSON | None = None
    parent_code: str | None = None
    is_synthetic: bool = False
    source: str = ""
    centre: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class RoadRow:
    """A road to load. key: unique within its source. geometry: LineString; one-way roads run along it."""

    key: str
    kind: str
    geometry: GeoJSON
    name: str = ""
    is_oneway: bool = False
    is_synthetic: bool = False


@dataclass(frozen=True, slots=True)
class AreaRow:
    """An area of the base map to load. key: unique within its source. geometry: (Multi)Polygon."""

    key: str
    kind: str
    geometry: GeoJSON
    name: str = ""
    floors: int | None = None
    is_synthetic: bool = False


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A place to load. key: unique within its source. kind: what it is, in Chinese."""

    key: str
    name: str
    kind: str
    longitude: float
    latitude: float
    address: str = ""
    is_synthetic: bool = False


@dataclass(frozen=True, slots=True)
class CityRow:
    """The city to set up. built_up: (Multi)Polygon that unit grids fill."""

    code: str
    name: str
    division_code: str
    longitude: float
    latitude: float
    zoom: float
    built_up: GeoJSON
    attribution: str
    is_synthetic: bool = False


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did: rows written (new or changed), rows left as they were, rows taken out."""

    written: int
    unchanged: int
    removed: int = 0


@dataclass(frozen=True, slots=True)
class Generated:
    """What a generator did. areas: streets or communities worked through; made: divisions or cells written."""

    areas: int
    made: int
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class MapSettings:
    """Everything a map on a page needs, ready to be written as JSON beside it. name: unique on the page."""

    name: str
    settings: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class AddressRow:
    """A standard address to load. key: unique within its source; division_code: empty to have it read from the text."""

    key: str
    text: str
    longitude: float
    latitude: float
    division_code: str = ""
    is_synthetic: bool = False


@dataclass(frozen=True, slots=True)
class StandardAddressInfo:
    """A standard address as others see it."""

    id: int
    text: str
    division_code: str
    longitude: float
    latitude: float
    parts: AddressParts
    is_synthetic: bool


@dataclass(frozen=True, slots=True)
class AddressMatch:
    """What an address was understood as, and the standard addresses that answer it, the best first.

    score: 0–1 of the best; 0 when there is none. is_sure: it may be taken without asking a person.
    """

    text: str
    parts: AddressParts
    candidates: tuple[tuple[StandardAddressInfo, float], ...]

    @property
    def best(self) -> StandardAddressInfo | None:
        """The best answer, or None."""
        return self.candidates[0][0] if self.candidates else None

    @property
    def score(self) -> float:
        """The best answer's score."""
        return self.candidates[0][1] if self.candidates else 0.0

    @property
    def is_sure(self) -> bool:
        """Good enough, and better than the next (house rule: 0.85, ahead by 0.05)."""
        rivals = [score for _, score in self.candidates[1:]]
        return self.score >= SURE_FROM and all(self.score - score >= AHEAD_BY for score in rivals)
