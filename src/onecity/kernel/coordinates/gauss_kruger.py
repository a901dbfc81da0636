"""CGCS2000 plane coordinates in Gauss-Krüger zones of 3 and 6 degrees.

The trap of this field: Chinese surveyors call the northing X and the easting Y. Here there is no x and no y.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from pyproj import Transformer

from onecity.kernel.coordinates.points import Wgs84
from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh

ZoneWidth = Literal[3, 6]

_CGCS2000 = 4490
# First zone, last zone, EPSG code of the first zone with the zone number before the easting, and without it.
_ZONES: dict[ZoneWidth, tuple[int, int, int, int]] = {3: (25, 45, 4513, 4534), 6: (13, 23, 4491, 4502)}
_FIRST_EPSG, _LAST_EPSG = 4491, 4554


class OutsideZones(Invalid):
    """The place or the code is outside the zones of China."""

    code = "outside_zones"
    message = zh("位置或坐标系代码不在国家大地坐标系的高斯投影分带范围内")


@dataclass(frozen=True, slots=True)
class PlanePoint:
    """A point in a plane system, metres.

    epsg: the system's code, 4491-4554.
    """

    easting_m: float
    northing_m: float
    epsg: int


def zone_number(lon: float, *, width: ZoneWidth = 3) -> int:
    """Return the number of the zone that a longitude lies in: 25-45 for 3 degrees, 13-23 for 6 degrees.

    Between two zones the eastern one is taken.
    Raises: OutsideZones.
    Source: EPSG registry, 4491-4554: n = ⌊lon / 3 + ½⌋, central meridian 3n; n = ⌊lon / 6⌋ + 1, 6n - 3.
    """
    zone = math.floor(lon / 3 + 0.5) if width == 3 else math.floor(lon / 6) + 1
    first, last, _, _ = _ZONES[width]
    if not first <= zone <= last:
        raise OutsideZones
    return zone


def central_meridian(zone: int, *, width: ZoneWidth = 3) -> int:
    """Return the longitude in the middle of a zone, degrees."""
    return 3 * zone if width == 3 else 6 * zone - 3


def zone_epsg(zone: int, *, width: ZoneWidth = 3, prefixed: bool = False) -> int:
    """Return the EPSG code of a zone's plane system.

    prefixed: the easting begins with the zone number (38528770 instead of 528770).
    Raises: OutsideZones.
    Source: EPSG registry, 4491-4554.
    """
    first, last, with_prefix, without = _ZONES[width]
    if not first <= zone <= last:
        raise OutsideZones
    return (with_prefix if prefixed else without) + zone - first


def projected(point: Wgs84, *, epsg: int) -> PlanePoint:
    """Return the plane coordinates of a point.

    How far the point lies from the zone is the caller's business: a prefecture may use one zone throughout.
    Raises: OutsideZones for a code that is not one of CGCS2000's zones, or a point without an image.
    Source: EPSG registry, 4491-4554; Gauss-Krüger as PROJ computes it.
    """
    easting, northing = _forward(epsg).transform(point.lon, point.lat)
    if not (math.isfinite(easting) and math.isfinite(northing)):
        raise OutsideZones
    return PlanePoint(easting_m=easting, northing_m=northing, epsg=epsg)


def unprojected(plane: PlanePoint) -> Wgs84:
    """Return the longitude and latitude of a plane point.

    Raises: OutsideZones for a code that is not one of CGCS2000's zones, or numbers without an image.
    Source: EPSG registry, 4491-4554; Gauss-Krüger as PROJ computes it.
    """
    lon, lat = _backward(plane.epsg).transform(plane.easting_m, plane.northing_m)
    if not (math.isfinite(lon) and math.isfinite(lat)):
        raise OutsideZones
    return Wgs84(lon, lat)


@lru_cache(maxsize=64)
def _forward(epsg: int) -> Transformer:
    """Return the projection, easting first: by EPSG's own axis order these systems give the northing first."""
    _check(epsg)
    return Transformer.from_crs(_CGCS2000, epsg, always_xy=True)


@lru_cache(maxsize=64)
def _backward(epsg: int) -> Transformer:
    _check(epsg)
    return Transformer.from_crs(epsg, _CGCS2000, always_xy=True)


def _check(epsg: int) -> None:
    if not _FIRST_EPSG <= epsg <= _LAST_EPSG:
        raise OutsideZones
