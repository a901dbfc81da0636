"""A flat sheet around a point, metres east and north, on which made-up shapes are drawn."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
import orjson

from onecity.platform.geo.contracts import GeoJSON

METRES_PER_DEGREE: Final = 111_320.0
_DIGITS: Final = 7  # of a degree: a centimetre

Point = tuple[float, float]
Ring = list[Point]


@dataclass(frozen=True, slots=True)
class Plane:
    """The sheet. Right to a thousandth within 50 km of its middle, which made-up shapes do not need."""

    longitude: float
    latitude: float

    def degrees(self, point: Point) -> list[float]:
        """Return longitude and latitude of a point of the sheet."""
        stretch = METRES_PER_DEGREE * math.cos(math.radians(self.latitude))
        return [
            round(float(self.longitude + point[0] / stretch), _DIGITS),
            round(float(self.latitude + point[1] / METRES_PER_DEGREE), _DIGITS),
        ]

    def metres(self, longitude: float, latitude: float) -> Point:
        """Return where a place lies on the sheet."""
        stretch = METRES_PER_DEGREE * math.cos(math.radians(self.latitude))
        return (longitude - self.longitude) * stretch, (latitude - self.latitude) * METRES_PER_DEGREE

    def line(self, points: Iterable[Point]) -> GeoJSON:
        """Return a line as GeoJSON."""
        return _geometry("LineString", [self.degrees(point) for point in points])

    def polygon(self, rings: Iterable[Ring]) -> GeoJSON:
        """Return a polygon as GeoJSON; rings need not be closed."""
        return _geometry("Polygon", [[self.degrees(point) for point in [*ring, ring[0]]] for ring in rings])


def together(polygons: Iterable[GeoJSON]) -> GeoJSON:
    """Return several polygons as one geometry."""
    return _geometry("MultiPolygon", [orjson.loads(polygon)["coordinates"] for polygon in polygons])


def rounded(middle: Point, *, radius_m: float, seed: int, roughness: float = 0.12, points: int = 72) -> Ring:
    """Return a closed outline that wavers around a circle, as towns do; the same for the same seed.

    roughness: how far it strays from the circle, as a share of the radius.
    """
    random = np.random.default_rng(seed)
    waves = [(order, random.uniform(0, 2 * math.pi), random.uniform(0.3, 1.0) / order) for order in range(2, 7)]
    scale = roughness / sum(size for _, _, size in waves)
    ring = []
    for step in range(points):
        angle = 2 * math.pi * step / points
        swing = sum(size * math.sin(order * angle + shift) for order, shift, size in waves)
        reach = radius_m * (1 + scale * swing)
        ring.append((middle[0] + reach * math.cos(angle), middle[1] + reach * math.sin(angle)))
    return ring


def _geometry(kind: str, coordinates: object) -> GeoJSON:
    return GeoJSON(orjson.dumps({"type": kind, "coordinates": coordinates}).decode())
