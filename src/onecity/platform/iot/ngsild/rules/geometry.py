"""GeoJSON geometries, and queries by place."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

from onecity.platform.iot.ngsild.rules.problems import BadRequestData

_DEPTH: Final = {
    "Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3,
}  # fmt: skip
_NEAR: Final = re.compile(r"near;(minDistance|maxDistance)==(\d+(?:\.\d+)?)")
_RELATIONS: Final = frozenset({"within", "contains", "intersects", "equals", "disjoint", "overlaps"})
MOST_POSITIONS: Final = 100_000
LOCATION: Final = "https://uri.etsi.org/ngsi-ld/location"


@dataclass(frozen=True, slots=True)
class GeoQuery:
    """Where entities are to be. relation: of the standard; near has `nearest` or `farthest` in metres."""

    relation: str
    geometry: str
    attribute: str = LOCATION
    nearest: float | None = None
    farthest: float | None = None


def looks_like_geometry(value: object) -> bool:
    """Say whether a value is meant as a GeoJSON geometry."""
    if not isinstance(value, dict):
        return False
    kind = value.get("type")
    return (kind in _DEPTH and "coordinates" in value) or (kind == "GeometryCollection" and "geometries" in value)


def checked(value: Any, *, where: str) -> dict[str, Any]:
    """Return a geometry; longitude first, WGS 84.

    Raises: BadRequestData for anything but a GeoJSON geometry.
    Source: IETF RFC 7946, clause 3.1; ETSI GS CIM 009 V1.8.1, clause 4.7.
    """
    if isinstance(value, str):  # also as a text that holds GeoJSON
        try:
            value = orjson.loads(value)
        except orjson.JSONDecodeError:
            raise BadRequestData(f"{where}: not a GeoJSON geometry") from None
    if not isinstance(value, dict):
        raise BadRequestData(f"{where}: not a GeoJSON geometry")
    if value.get("type") == "GeometryCollection":
        parts = value.get("geometries")
        if not isinstance(parts, list) or not parts:
            raise BadRequestData(f"{where}: a collection without geometries")
        return {"type": "GeometryCollection", "geometries": [checked(part, where=where) for part in parts]}
    depth = _DEPTH.get(str(value.get("type")))
    if depth is None:
        raise BadRequestData(f"{where}: not a GeoJSON geometry")
    if _positions(value.get("coordinates"), depth, where=where) > MOST_POSITIONS:
        raise BadRequestData(f"{where}: too many positions")
    _check_shape(value, where=where)
    return value


def query(given: Mapping[str, Any], *, attribute: str) -> GeoQuery:
    """Return a query by place from its parts `georel`, `geometry`, `coordinates`.

    Raises: BadRequestData. Source: ETSI GS CIM 009 V1.8.1, clause 4.10.
    """
    relation, kind, coordinates = (given.get(name) for name in ("georel", "geometry", "coordinates"))
    if not isinstance(relation, str) or not isinstance(kind, str) or coordinates is None:
        raise BadRequestData("a query by place needs georel, geometry and coordinates")
    if isinstance(coordinates, str):
        try:
            coordinates = orjson.loads(coordinates)
        except orjson.JSONDecodeError:
            raise BadRequestData("coordinates: not JSON") from None
    shape = orjson.dumps(checked({"type": kind, "coordinates": coordinates}, where="geometry")).decode()
    near = _NEAR.fullmatch(relation)
    if near:
        distance = float(near[2])
        farthest = distance if near[1] == "maxDistance" else None
        return GeoQuery("near", shape, attribute, None if farthest is not None else distance, farthest)
    if relation not in _RELATIONS:
        raise BadRequestData("georel: not a relation")
    return GeoQuery(relation, shape, attribute)


def _positions(value: Any, depth: int, *, where: str) -> int:
    if not isinstance(value, list) or not value:
        raise BadRequestData(f"{where}: coordinates are missing")
    if depth:
        return sum(_positions(item, depth - 1, where=where) for item in value)
    numbers = all(isinstance(item, int | float) and not isinstance(item, bool) for item in value)
    if not numbers or not 2 <= len(value) <= 4:
        raise BadRequestData(f"{where}: a position is longitude and latitude")
    if not (-180 <= value[0] <= 180 and -90 <= value[1] <= 90):
        raise BadRequestData(f"{where}: longitude or latitude out of range")
    return 1


def _check_shape(value: Mapping[str, Any], *, where: str) -> None:
    kind, coordinates = value["type"], value["coordinates"]
    if kind == "LineString" and len(coordinates) < 2:
        raise BadRequestData(f"{where}: a line needs two positions")
    if kind == "MultiLineString" and any(len(line) < 2 for line in coordinates):
        raise BadRequestData(f"{where}: a line needs two positions")
    rings = (
        coordinates
        if kind == "Polygon"
        else [r for part in coordinates for r in part]
        if kind == "MultiPolygon"
        else []
    )
    if any(len(ring) < 4 or ring[0] != ring[-1] for ring in rings):
        raise BadRequestData(f"{where}: a ring has four positions or more and ends where it begins")
