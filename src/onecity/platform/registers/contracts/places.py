"""What crosses the border of the register of places. Coordinates are WGS 84 degrees, longitude first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

PlaceKind = Literal["building", "parcel", "resource"]
Shape = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class NewBuilding:
    """A building to be registered. outline: GeoJSON (Multi)Polygon."""

    code: str
    name: str
    use: str
    place: tuple[float, float]
    organisation_id: int
    address: str = ""
    outline: Shape | None = None
    floors_above: int | None = None
    floors_below: int | None = None
    built_year: int | None = None
    area_m2: Decimal | None = None
    is_made_up: bool = False


@dataclass(frozen=True, slots=True)
class BuildingInfo:
    """A building as others see it."""

    id: int
    code: str
    name: str
    use: str
    address: str
    longitude: float
    latitude: float
    division_code: str
    organisation_id: int
    floors_above: int | None
    floors_below: int | None
    built_year: int | None
    area_m2: Decimal | None
    source_code: str
    source_at: datetime
    is_made_up: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class RoomInfo:
    """A unit of a building. stairwell: 单元."""

    id: int
    stairwell: str
    floor: int
    number: str
    use: str
    area_m2: Decimal | None
    title_number: str
