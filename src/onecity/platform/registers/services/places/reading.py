"""Files of places: each feature with its values, its shape in the city's coordinates, where it lies, what is wrong."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import orjson
from django.contrib.gis.geos import GEOSException, GEOSGeometry, MultiPolygon, Point, Polygon

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.geo import api as geo
from onecity.platform.geo.contracts import System
from onecity.platform.registers.models.places import SRID
from onecity.platform.registers.rules.places.fields import PlaceKind, properties_of

LARGEST_FILE: Final = 4 * 1024 * 1024
MOST_FEATURES: Final = 2_000


class NoFeatures(Invalid):
    """The text is no GeoJSON with features."""

    code = "registers.no_features"
    message = zh("文件不是GeoJSON要素集，或其中没有要素")


class TooManyFeatures(Invalid):
    """The file holds more features than are taken at once."""

    code = "registers.too_many_features"
    message = zh("一次最多导入{most}个要素")


@dataclass(frozen=True, slots=True)
class PlaceRead:
    """A feature as understood. number: from 1. shape: a point, or multipolygon; None where it is at fault.

    point: inside the shape. division_code: unit grid or smallest division of the point.
    """

    number: int
    values: Mapping[str, str]
    shape: Point | MultiPolygon | None = None
    point: Point | None = None
    division_code: str = ""
    faults: Mapping[str, str] = field(default_factory=dict)


def read_places(text: str, *, kind: PlaceKind, system: System) -> list[PlaceRead]:
    """Read a GeoJSON feature collection.

    system: the coordinate system of the file. Buildings may be points or areas, parcels and resources are areas.
    Raises: NoFeatures; TooManyFeatures.
    Source: RFC 7946, 3.3 (feature collection).
    """
    features = _features(text)
    read = [_read(number, item, kind=kind, system=system) for number, item in enumerate(features, start=1)]
    often = Counter(item.values["code"] for item in read)
    return [_twice(item) if often[item.values["code"]] > 1 and item.values["code"] else item for item in read]


def _features(text: str) -> list[object]:
    try:
        document = orjson.loads(text)
    except ValueError:
        raise NoFeatures from None
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list) or not features:
        raise NoFeatures
    if len(features) > MOST_FEATURES:
        raise TooManyFeatures(params={"most": MOST_FEATURES})
    return features


def _read(number: int, feature: object, *, kind: PlaceKind, system: System) -> PlaceRead:
    given = feature.get("properties") if isinstance(feature, dict) else None
    values, faults = properties_of(kind, given if isinstance(given, dict) else {})
    try:
        shape = _shape(feature, kind=kind, system=system)
        inside = shape if isinstance(shape, Point) else shape.point_on_surface
        point = Point(inside.x, inside.y, srid=SRID)
        found = geo.locate(longitude=point.x, latitude=point.y)
    except Invalid as refusal:
        return PlaceRead(number, values, faults={**faults, "geometry": refusal.template})
    return PlaceRead(number, values, shape, point, found.code, faults)


def _shape(feature: object, *, kind: PlaceKind, system: System) -> Point | MultiPolygon:
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    text = geo.to_wgs84(orjson.dumps(geometry), system=system)
    try:
        shape = GEOSGeometry(text, srid=SRID)
    except (GEOSException, ValueError):
        raise geo.BadGeometry from None
    if isinstance(shape, Polygon):
        shape = MultiPolygon(shape, srid=SRID)
    if isinstance(shape, Point) and kind == "building":
        return shape
    if not isinstance(shape, MultiPolygon):
        raise geo.BadGeometry(zh("图形类型应为面") if kind != "building" else zh("图形类型应为点或面"))
    if not shape.valid:
        raise geo.BadGeometry(zh("图形自相交，请修正后重新导入"))
    return shape


def _twice(item: PlaceRead) -> PlaceRead:
    fault = {"code": zh("编码在文件中重复")}
    return PlaceRead(item.number, item.values, item.shape, item.point, item.division_code, {**item.faults, **fault})
