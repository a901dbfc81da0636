"""Reading the real files that a pack names into rows for the map."""

import csv
import gzip
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from io import BufferedReader
from pathlib import Path
from typing import Final

import orjson

from onecity.demo.packs import BadPack, BoundaryFile, CityPack, FeatureFile
from onecity.platform.geo import api as geo
from onecity.platform.geo.contracts import AreaRow, DivisionRow, GeoJSON, PlaceRow, RoadRow

Feature = Mapping[str, object]

# Classes of OpenStreetMap (also used by SUMO) → kinds of the map; links go with their road.
OSM_KINDS: Final = {
    "motorway": "motorway", "trunk": "trunk", "primary": "primary", "secondary": "secondary", "tertiary": "tertiary",
    "residential": "residential", "living_street": "residential", "unclassified": "residential", "road": "residential",
    "service": "service", "track": "service", "busway": "service",
    "footway": "footway", "pedestrian": "footway", "path": "footway", "cycleway": "footway", "steps": "footway",
}  # fmt: skip
_RAILWAYS: Final = "rail"
_CHINESE: Final = re.compile(r"[\u3400-\u9fff]")


def division_rows(pack: CityPack, *, data: Path) -> Iterator[DivisionRow]:
    """Yield the city and everything below it that the code tables list, counties with their boundary where known.

    Raises: BadPack if a boundary belongs to no listed county.
    """
    prefix = pack.division_code[:4]
    shapes = _boundaries(pack, data=data)
    yield DivisionRow(code=pack.division_code, name=pack.name, source="城市包")
    if pack.codes is None:
        return
    for file in (pack.codes.counties, pack.codes.streets, pack.codes.communities):
        for record in _table(data / file):
            if record["code"].startswith(prefix):
                shape = shapes.pop(record["code"], None)
                row = DivisionRow(record["code"], record["name"], source=pack.codes.source)
                yield replace(row, geometry=shape.geometry, source=shape.source, centre=shape.seat) if shape else row
    if shapes:
        raise BadPack(params={"code": pack.code, "reason": f"boundaries without a county: {sorted(shapes)}"})


def road_rows(file: FeatureFile, *, data: Path) -> list[RoadRow]:
    """Return the roads or railways of a file."""
    read: Mapping[str, Callable[[int, Feature], RoadRow]] = {
        "osm_roads": _osm_road,
        "sumo_roads": _sumo_road,
        "osm_railways": _railway,
    }
    return [read[file.form](number, feature) for number, feature in enumerate(_located(file, data=data))]


def area_rows(file: FeatureFile, *, data: Path) -> list[AreaRow]:
    """Return the areas of a file: parcels of land use, or footprints of buildings."""
    rows = []
    for number, feature in enumerate(_located(file, data=data)):
        facts, geometry = _parts(feature)
        if file.form == "footprints":
            floors = facts.get("floors")
            rows.append(AreaRow(str(number), "building", geometry, floors=int(str(floors)) if floors else None))
        else:
            kind = file.kinds[str(facts["Type"])]
            rows.append(AreaRow(str(number), kind, geometry))
    return rows


def place_rows(file: FeatureFile, *, data: Path) -> list[PlaceRow]:
    """Return the places of a table with the columns Name, Type, Lat, Lng and perhaps Address."""
    rows = []
    for number, record in enumerate(_table(data / file.file)):
        name, kind = record["Name"].strip(), record["Type"].strip()
        if name:
            longitude, latitude = float(record["Lng"]), float(record["Lat"])
            rows.append(PlaceRow(str(number), name, kind, longitude, latitude, (record.get("Address") or "").strip()))
    return rows


@dataclass(frozen=True, slots=True)
class _Shape:
    """A county's outline, where it comes from, and its seat where the file tells it."""

    geometry: GeoJSON
    source: str
    seat: tuple[float, float] | None


def _boundaries(pack: CityPack, *, data: Path) -> dict[str, _Shape]:
    shapes: dict[str, _Shape] = {}
    for file in pack.boundaries:
        for feature in _features(data / file.file):
            facts, geometry = _parts(feature)
            code = str(facts["adcode"])
            code = file.rename.get(code, code)
            if not file.only or code.startswith(file.only):
                shapes[code] = _Shape(_in_wgs84(geometry, file), file.source, _seat(facts, file))
    return shapes


def _seat(facts: Mapping[str, object], file: BoundaryFile) -> tuple[float, float] | None:
    pair = facts.get("center")
    if not isinstance(pair, list):
        return None
    point = geo.to_wgs84(orjson.dumps({"type": "Point", "coordinates": pair}), system=file.system)
    longitude, latitude = orjson.loads(point)["coordinates"]
    return float(longitude), float(latitude)


def _in_wgs84(geometry: GeoJSON, file: BoundaryFile | FeatureFile) -> GeoJSON:
    return geo.to_wgs84(geometry, system=file.system)


def _osm_road(number: int, feature: Feature) -> RoadRow:
    facts, geometry = _parts(feature)
    kind = OSM_KINDS[str(facts["fclass"]).removesuffix("_link")]
    oneway = facts["oneway"]
    if oneway == "T":  # OpenStreetMap's extract: traffic runs against the line
        geometry = _reversed(geometry)
    # Ids of OpenStreetMap repeat where an extract was cut; the number keeps them apart.
    return RoadRow(f"{facts['osm_id']}.{number}", kind, geometry, _name(facts), is_oneway=oneway in {"F", "T"})


def _sumo_road(number: int, feature: Feature) -> RoadRow:
    facts, geometry = _parts(feature)
    kind = str(facts.get("type") or "highway.unclassified").removeprefix("highway.").removesuffix("_link")
    return RoadRow(f"{facts['id']}.{number}", OSM_KINDS[kind], geometry, _name(facts), is_oneway=True)


def _railway(number: int, feature: Feature) -> RoadRow:
    facts, geometry = _parts(feature)
    return RoadRow(f"{facts['osm_id']}.{number}", _RAILWAYS, geometry, _name(facts))


def _name(facts: Mapping[str, object]) -> str:
    """Return a street's Chinese name without the Latin one that some carry beside it; a Latin one alone stays."""
    name = str(facts.get("name") or "").split("(")[0].strip()
    return next((word for word in name.split() if _CHINESE.search(word)), name)


def _reversed(geometry: GeoJSON) -> GeoJSON:
    plain = orjson.loads(geometry)
    return GeoJSON(orjson.dumps({**plain, "coordinates": plain["coordinates"][::-1]}).decode())


def _located(file: FeatureFile, *, data: Path) -> Iterator[Feature]:
    for feature in _features(data / file.file):
        facts, geometry = _parts(feature)
        yield {"properties": facts, "geometry": orjson.loads(_in_wgs84(geometry, file))}


def _parts(feature: Feature) -> tuple[Mapping[str, object], GeoJSON]:
    facts = feature["properties"]
    assert isinstance(facts, Mapping)
    return facts, GeoJSON(orjson.dumps(feature["geometry"]).decode())


def _features(path: Path) -> list[Feature]:
    with _opened(path) as file:
        features: list[Feature] = orjson.loads(file.read())["features"]
        return features


def _table(path: Path) -> Iterator[dict[str, str]]:
    with _opened(path) as file:
        text = file.read().decode("utf-8-sig")
    yield from csv.DictReader(text.splitlines())


def _opened(path: Path) -> gzip.GzipFile | BufferedReader:
    return gzip.open(path) if path.suffix == ".gz" else path.open("rb")
