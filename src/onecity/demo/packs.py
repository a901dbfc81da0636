"""City packs: one folder per city under `cities/`, each with a `city.toml`. A new city is a new folder, no code.

A pack names its files relative to the folder with real data (`ONECITY_DATA`); a synthetic pack needs none.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

import msgspec

from onecity.kernel.errors import Invalid, NotFound
from onecity.kernel.text import zh
from onecity.platform.geo.contracts import System

CITIES: Final = Path(__file__).parent / "cities"
SAMPLE: Final = "sample"


class UnknownCity(NotFound):
    """There is no such pack."""

    code = "unknown_city"
    message = zh("没有名为 {code} 的城市包")


class BadPack(Invalid):
    """A pack's file breaks the form; the sentence says where."""

    code = "bad_city_pack"
    message = zh("城市包 {code} 的内容有误：{reason}")


class Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of a file that people write; a misspelt field is an error."""


class View(Strict, frozen=True):
    """Where the map begins."""

    longitude: float
    latitude: float
    zoom: float


class Disc(Strict, frozen=True):
    """A rounded built-up area: its middle and how far it reaches."""

    name: str
    longitude: float
    latitude: float
    radius_m: float


class BoundaryFile(Strict, frozen=True):
    """A GeoJSON file with county boundaries. rename: code in the file → code in force. only: prefixes that count."""

    file: str
    source: str
    system: System = "wgs84"
    rename: Mapping[str, str] = {}
    only: tuple[str, ...] = ()


class CodeFiles(Strict, frozen=True):
    """Tables of division codes and names, one per level; `name` and `code` are their columns."""

    counties: str
    streets: str
    communities: str
    source: str


class FeatureFile(Strict, frozen=True):
    """A file of roads, areas or places.

    form: what its columns are called. kinds: value in the file → kind of the map.
    """

    file: str
    source: str
    form: Literal["osm_roads", "sumo_roads", "osm_railways", "land_use", "footprints", "places_csv", "plots"]
    system: System = "wgs84"
    kinds: Mapping[str, str] = {}


class StreetPlan(Strict, frozen=True):
    """Streets to generate where the data have none: distance between streets of each class, metres; 0 leaves it out.

    turned_deg: how far the network is turned from north. ring_m: radii of ring roads. beside: real roads that the
    generated ones keep away from, as west, south, east, north.
    """

    primary_m: float = 1600.0
    secondary_m: float = 800.0
    tertiary_m: float = 400.0
    residential_m: float = 200.0
    turned_deg: float = 0.0
    ring_m: tuple[float, ...] = ()
    beside: tuple[float, float, float, float] | None = None


class Department(Strict, frozen=True):
    """A department of the city. code: the same in every city, so that other packs can name it."""

    code: str
    name: str
    short_name: str
    kind: str = "department"


class Names(Strict, frozen=True):
    """What bodies of this city are called where the common table does not fit: code → name."""

    departments: Mapping[str, str] = {}


class CityPack(Strict, frozen=True):
    """One city. hosts: a development zone's code → the county in whose boundary its streets lie.

    files: data of other modules, by the name that the module looks for. demo_start: the city's time at which a
    demonstration begins, with its offset; demo_speed: how many times faster than real time it runs.
    """

    code: str
    name: str
    division_code: str
    attribution: str
    view: View
    built_up: tuple[Disc, ...]
    demo_start: datetime
    demo_speed: float = 60.0
    is_synthetic: bool = False
    county_seat_radius_m: float = 0.0
    calendar: str = "north"
    codes: CodeFiles | None = None
    boundaries: tuple[BoundaryFile, ...] = ()
    hosts: Mapping[str, str] = {}
    roads: tuple[FeatureFile, ...] = ()
    areas: tuple[FeatureFile, ...] = ()
    places: tuple[FeatureFile, ...] = ()
    streets: StreetPlan | None = None
    names: Names = Names()
    files: Mapping[str, str] = {}

    @property
    def needs_data(self) -> bool:
        """Say whether the pack reads real files."""
        return not self.is_synthetic


def pack_codes() -> tuple[str, ...]:
    """Return the codes of all packs."""
    return tuple(sorted(path.parent.name for path in CITIES.glob("*/city.toml")))


def read_pack(code: str) -> CityPack:
    """Return a city's pack.

    Raises: UnknownCity; BadPack.
    """
    if code not in pack_codes():
        raise UnknownCity(params={"code": code})
    try:
        pack = msgspec.toml.decode((CITIES / code / "city.toml").read_bytes(), type=CityPack)
    except msgspec.DecodeError as error:
        raise BadPack(params={"code": code, "reason": str(error)}) from error
    if pack.code != code:
        raise BadPack(params={"code": code, "reason": f"code = {pack.code}"})
    return pack


def pack_in_force(code: str, *, data: Path | None) -> CityPack:
    """Return the pack a demonstration runs on: the one asked for, or the sample city where its data are missing."""
    pack = read_pack(code)
    return read_pack(SAMPLE) if pack.needs_data and data is None else pack
