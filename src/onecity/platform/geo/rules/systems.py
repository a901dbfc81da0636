"""Whole geometries from one coordinate system to another, at the border of the city."""

from collections.abc import Iterator
from typing import Final

import numpy as np
import orjson

from onecity.kernel.coordinates.bd09 import gcj02_array_from_bd09
from onecity.kernel.coordinates.gcj02 import wgs84_array_from_gcj02
from onecity.kernel.coordinates.points import Bd09Array, Gcj02Array
from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.geo.rules.shapes import GeoJSON, System

_KINDS: Final = frozenset({"Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon"})


class BadGeometry(Invalid):
    """The text is no geometry that can be stored."""

    code = "geometry"
    message = zh("几何图形格式不正确")


def to_wgs84(geometry: str | bytes, *, system: System) -> GeoJSON:
    """Return a GeoJSON geometry in WGS 84; heights are dropped.

    geometry: GeoJSON text with coordinates in `system`, longitude first.
    Raises: BadGeometry.
    Source: RFC 7946, 3.1 (geometry object); GCJ-02 and BD-09 as in `kernel.coordinates`.
    """
    try:
        plain = orjson.loads(geometry)
        if plain["type"] not in _KINDS:
            raise BadGeometry
        pairs: list[tuple[float, float]] = []
        _gather(plain["coordinates"], pairs)
        points = np.array(pairs, dtype=np.float64).reshape(-1, 2)
    except (ValueError, TypeError, KeyError, IndexError):
        raise BadGeometry from None
    if not points.size or not np.isfinite(points).all() or (np.abs(points) > (180.0, 90.0)).any():
        raise BadGeometry
    moved = iter(_moved(points, system).tolist())
    return GeoJSON(orjson.dumps({"type": plain["type"], "coordinates": _put(plain["coordinates"], moved)}).decode())


def _moved(
    points: np.ndarray[tuple[int, ...], np.dtype[np.float64]], system: System
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    if system == "wgs84":
        return points
    gcj02 = gcj02_array_from_bd09(Bd09Array(points)) if system == "bd09" else Gcj02Array(points)
    return wgs84_array_from_gcj02(gcj02)


def _gather(node: object, pairs: list[tuple[float, float]]) -> None:
    if not isinstance(node, list):
        raise BadGeometry
    if node and isinstance(node[0], int | float):
        pairs.append((float(node[0]), float(node[1])))
        return
    for child in node:
        _gather(child, pairs)


def _put(node: list[object], moved: Iterator[list[float]]) -> object:
    if node and isinstance(node[0], int | float):
        return next(moved)
    return [_put(child, moved) for child in node if isinstance(child, list)]
