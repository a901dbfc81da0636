"""One type per coordinate system, for single points and for arrays.

CGCS2000 (EPSG:4490) and WGS 84 (EPSG:4326) differ by centimetres and are one type here, as in PROJ: whoever surveys to
the centimetre works on the original coordinates.
"""

import math
from dataclasses import dataclass
from typing import NewType

import numpy as np
from numpy.typing import NDArray

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh

Wgs84Array = NewType("Wgs84Array", NDArray[np.float64])
"""n × 2 degrees, WGS 84 or CGCS2000, longitude first."""
Gcj02Array = NewType("Gcj02Array", NDArray[np.float64])
"""n × 2 degrees, GCJ-02, longitude first."""
Bd09Array = NewType("Bd09Array", NDArray[np.float64])
"""n × 2 degrees, BD-09, longitude first."""


class InvalidCoordinates(Invalid):
    """The numbers are no longitude and latitude."""

    code = "coordinates"
    message = zh("经度应在-180至180度之间，纬度应在-90至90度之间")


@dataclass(frozen=True, slots=True)
class _Degrees:
    """Longitude and latitude in degrees.

    Raises: InvalidCoordinates if they are out of bounds or not numbers.
    """

    lon: float
    lat: float

    def __post_init__(self) -> None:
        finite = math.isfinite(self.lon) and math.isfinite(self.lat)
        if not finite or abs(self.lon) > 180 or abs(self.lat) > 90:
            raise InvalidCoordinates


@dataclass(frozen=True, slots=True)
class Wgs84(_Degrees):
    """A point in WGS 84 or CGCS2000 (国家大地坐标系)."""


@dataclass(frozen=True, slots=True)
class Gcj02(_Degrees):
    """A point in GCJ-02 (火星坐标), as Amap and Tencent give it."""


@dataclass(frozen=True, slots=True)
class Bd09(_Degrees):
    """A point in BD-09, as Baidu gives it."""
