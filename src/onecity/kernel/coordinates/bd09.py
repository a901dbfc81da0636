"""GCJ-02 to BD-09 and back: Baidu turns and stretches GCJ-02 once more.

What comes from Baidu goes to WGS 84 through GCJ-02: `wgs84_from_gcj02(gcj02_from_bd09(point))`.
"""

import numpy as np
from numpy.typing import NDArray

from onecity.kernel.coordinates.points import Bd09, Bd09Array, Gcj02, Gcj02Array

_X_PI = np.pi * 3000.0 / 180.0
_OFFSET = np.array([0.0065, 0.006])
_CLOSE = 1e-10  # degrees
_ROUNDS = 30


def bd09_from_gcj02(point: Gcj02) -> Bd09:
    """Return the BD-09 coordinates of a point.

    Source: house rule (public implementations agree).
    """
    turned = bd09_array_from_gcj02(Gcj02Array(np.array([[point.lon, point.lat]])))
    return Bd09(float(turned[0, 0]), float(turned[0, 1]))


def gcj02_from_bd09(point: Bd09) -> Gcj02:
    """Return the GCJ-02 coordinates of a point; the inverse of `bd09_from_gcj02` to 1e-8 degree.

    Source: house rule (iteration over the forward formula).
    """
    restored = gcj02_array_from_bd09(Bd09Array(np.array([[point.lon, point.lat]])))
    return Gcj02(float(restored[0, 0]), float(restored[0, 1]))


def bd09_array_from_gcj02(points: Gcj02Array) -> Bd09Array:
    """Return the BD-09 coordinates of n × 2 points, longitude first, as a new array.

    Source: house rule (public implementations agree).
    """
    return Bd09Array(_turned(points))


def gcj02_array_from_bd09(points: Bd09Array) -> Gcj02Array:
    """Return the GCJ-02 coordinates of n × 2 points, longitude first, as a new array.

    Source: house rule (iteration over the forward formula).
    """
    guess = points - _OFFSET
    for _ in range(_ROUNDS):
        error = _turned(guess) - points
        guess -= error
        if error.size == 0 or np.abs(error).max() < _CLOSE:
            break
    return Gcj02Array(guess)


def _turned(points: NDArray[np.float64]) -> NDArray[np.float64]:
    lon, lat = points[:, 0], points[:, 1]
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _X_PI)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _X_PI)
    turned: NDArray[np.float64] = np.column_stack((radius * np.cos(angle), radius * np.sin(angle))) + _OFFSET
    return turned
