"""What crosses the border of the register of places. Coordinates are WGS 84 degrees, longitude first."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class BuildingInfo:
    """A building as others see it. use: see `rules.places.fields`."""

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
    source_name: str
    observed_at: datetime
    is_made_up: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class LandInfo:
    """A parcel of land or a natural resource as lists show it. use: class of land use, or kind of resource."""

    id: int
    code: str
    name: str
    use: str
    area_m2: Decimal | None
    division_code: str
    organisation_id: int
    source_name: str
    is_made_up: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class NewRooms:
    """Units of a building to be entered: on each floor so many, numbered floor and place, such as 301.

    stairwell: 单元, empty for none. each: units on a floor.
    """

    stairwell: str
    first_floor: int
    last_floor: int
    each: int
    use: str
    area_m2: Decimal | None = None
