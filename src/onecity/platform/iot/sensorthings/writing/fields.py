"""What a client may say of an entity, read into the columns of its table."""

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import orjson
from django.contrib.gis.gdal import GDALException
from django.contrib.gis.geos import GEOSException, GEOSGeometry, WKBWriter

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.iot.models.devices import SRID
from onecity.platform.iot.models.sensorthings import TITLE
from onecity.platform.iot.sensorthings.entities import EntitySet
from onecity.platform.iot.sensorthings.times import instant_of

GEOJSON: Final = frozenset({"application/geo+json", "application/vnd.geo+json"})
Body = Mapping[str, object]
Columns = dict[str, object]
_GEOMETRIES: Final = frozenset(
    {"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection"}
)


class BadEntity(Invalid):
    """An entity that cannot be kept as it was told."""

    code = "iot.sensorthings_entity"
    message = zh("实体内容不符合要求：{field}")


def columns_of(entities: EntitySet, body: Body, *, partial: bool) -> Columns:
    """Return the columns that a body tells. partial: what is not told stays as it is; else it must be told or is empty.

    Raises: BadEntity; BadTime.
    Source: OGC 18-088, 8.2 (sensing entities), tables 4 to 16.
    """
    readers = _READERS[entities.name]
    known = set(readers) | {item.name for item in entities.properties} | {item.name for item in entities.relations}
    known |= {"id"}
    for name in body:
        if name not in known and "@iot." not in name and entities.relation(name) is None:
            raise BadEntity(params={"field": name[:60]})
    found: Columns = {}
    for name, read in readers.items():
        if name in body:
            found.update(read(name, body[name]))
        elif not partial:
            _check_missing(entities, name)
            found.update(_EMPTY.get(name, {}))
    return found


def _check_missing(entities: EntitySet, name: str) -> None:
    told = entities.property(name)
    if told is not None and told.required:
        raise BadEntity(params={"field": name})


def _text(column: str, *, longest: int, empty: bool = False) -> "Reader":
    def read(name: str, value: object) -> Columns:
        if not isinstance(value, str) or (not value and not empty) or len(value) > longest or "\0" in value:
            raise BadEntity(params={"field": name})
        return {column: value}

    return read


def _object(column: str) -> "Reader":
    def read(name: str, value: object) -> Columns:
        if value is not None and not isinstance(value, dict):
            raise BadEntity(params={"field": name})
        return {column: storable(name, value)}

    return read


def _anything(column: str) -> "Reader":
    return lambda name, value: {column: storable(name, value)}


def _instant(column: str) -> "Reader":
    def read(name: str, value: object) -> Columns:
        if not isinstance(value, str):
            raise BadEntity(params={"field": name})
        return {column: instant_of(value)}

    return read


def _place(column: str, geometry: str, *, required: bool) -> "Reader":
    def read(name: str, value: object) -> Columns:
        if value is None and not required:
            return {column: None, geometry: None}
        if value is None:
            raise BadEntity(params={"field": name})
        return {column: storable(name, value), geometry: geometry_of(value, name)}

    return read


def _ignored(name: str, value: object) -> Columns:
    """Take what the service itself tells, and leave it."""
    return {}


def storable(name: str, value: object) -> object:
    """Return JSON that PostgreSQL can keep.

    Raises: BadEntity for a NUL in any text.
    """
    if b"\\u0000" in orjson.dumps(value):
        raise BadEntity(params={"field": name})
    return value


def geometry_of(value: object, name: str) -> GEOSGeometry | None:
    """Return the geometry of GeoJSON, also of a Feature; None for a location in another encoding.

    Raises: BadEntity for GeoJSON that is no geometry, or lies outside the globe.
    Source: RFC 7946, 3.1 (geometry object) and 4 (coordinates: WGS 84, longitude first).
    """
    told = value.get("geometry") if isinstance(value, dict) and value.get("type") == "Feature" else value
    if not isinstance(told, dict) or told.get("type") not in _GEOMETRIES:
        return None
    try:
        found = GEOSGeometry(orjson.dumps(told).decode(), srid=SRID)
    except (GDALException, GEOSException, ValueError, TypeError):
        raise BadEntity(params={"field": name}) from None
    if found.empty or not all(math.isfinite(part) for part in found.extent) or not _on_globe(found):
        raise BadEntity(params={"field": name})
    return _flat(found)


def _on_globe(found: GEOSGeometry) -> bool:
    west, south, east, north = found.extent
    return bool(west >= -180 and east <= 180 and south >= -90 and north <= 90)


def _flat(found: GEOSGeometry) -> GEOSGeometry:
    """Return a geometry without heights: the column keeps none; the JSON beside it does."""
    if not found.hasz:
        return found
    return GEOSGeometry(WKBWriter(dim=2).write(found), srid=SRID)


Reader = Callable[[str, object], Columns]
_NAME: Final = {"name": _text("name", longest=TITLE), "description": _text("description", longest=20_000, empty=True)}
_PROPERTIES: Final = {"properties": _object("properties")}
_ENCODED: Final = {"encodingType": _text("encoding_type", longest=200)}
_EMPTY: Final[Mapping[str, Columns]] = {
    "properties": {"properties": None},
    "observedArea": {"observed_area": None, "area": None},
}
_READERS: Final[Mapping[str, Mapping[str, Reader]]] = MappingProxyType(
    {
        "Things": {**_NAME, **_PROPERTIES},
        "Locations": {
            **_NAME,
            **_ENCODED,
            "location": _place("location", "geometry", required=True),
            **_PROPERTIES,
        },
        "HistoricalLocations": {"time": _instant("time")},
        "Datastreams": {
            **_NAME,
            "observationType": _text("observation_type", longest=200),
            "unitOfMeasurement": _object("unit"),
            "observedArea": _place("observed_area", "area", required=False),
            "phenomenonTime": _ignored,
            "resultTime": _ignored,
            **_PROPERTIES,
        },
        "Sensors": {**_NAME, **_ENCODED, "metadata": _anything("metadata"), **_PROPERTIES},
        "ObservedProperties": {**_NAME, "definition": _text("definition", longest=1000), **_PROPERTIES},
        "FeaturesOfInterest": {
            **_NAME,
            **_ENCODED,
            "feature": _place("feature", "geometry", required=True),
            **_PROPERTIES,
        },
        "Observations": {},
    }
)
