"""WGS 84 to GCJ-02 and back.

The formulas are not published officially; public implementations agree on them to about a centimetre. Official maps may
demand an authorised plug-in in their place.
"""

import numpy as np
from numpy.typing import NDArray

from onecity.kernel.coordinates.points import Gcj02, Gcj02Array, Wgs84, Wgs84Array

_Degrees = NDArray[np.float64]

_A = 6378245.0  # Krasovsky's ellipsoid, metres
_E2 = 0.00669342162296594323
_WEST, _EAST = 72.004, 137.8347
_SOUTH, _NORTH = 0.8293, 55.8271
_CLOSE = 1e-10  # degrees; a hundredth of a millimetre
_ROUNDS = 30


def gcj02_from_wgs84(point: Wgs84) -> Gcj02:
    """Return the GCJ-02 coordinates of a point; unchanged outside the box around China.

    The box, longitude 72.004-137.8347 and latitude 0.8293-55.8271, covers neighbours too: where that matters, ask a
    boundary first.
    Source: house rule (public implementations agree).
    """
    shifted = gcj02_array_from_wgs84(Wgs84Array(np.array([[point.lon, point.lat]])))
    return Gcj02(float(shifted[0, 0]), float(shifted[0, 1]))


def wgs84_from_gcj02(point: Gcj02) -> Wgs84:
    """Return the WGS 84 coordinates of a point; the inverse of `gcj02_from_wgs84` to 1e-8 degree (a millimetre).

    Source: house rule (iteration over the forward formula).
    """
    restored = wgs84_array_from_gcj02(Gcj02Array(np.array([[point.lon, point.lat]])))
    return Wgs84(float(restored[0, 0]), float(restored[0, 1]))


def gcj02_array_from_wgs84(points: Wgs84Array) -> Gcj02Array:
    """Return the GCJ-02 coordinates of n × 2 points, longitude first, as a new array.

    Source: house rule (public implementations agree).
    """
    return Gcj02Array(points + _shift(points))


def wgs84_array_from_gcj02(points: Gcj02Array) -> Wgs84Array:
    """Return the WGS 84 coordinates of n × 2 points, longitude first, as a new array.

    Source: house rule (iteration over the forward formula).
    """
    guess = np.array(points, dtype=np.float64)
    for _ in range(_ROUNDS):
        error = guess + _shift(guess) - points
        guess -= error
        if error.size == 0 or np.abs(error).max() < _CLOSE:
            break
    return Wgs84Array(guess)


def _shift(points: _Degrees) -> _Degrees:
    """Return what GCJ-02 adds to n × 2 WGS 84 degrees; zero outside the box."""
    lon, lat = points[:, 0], points[:, 1]
    inside = (lon >= _WEST) & (lon <= _EAST) & (lat >= _SOUTH) & (lat <= _NORTH)
    x, y = lon - 105.0, lat - 35.0
    radians = np.radians(lat)
    m = 1.0 - _E2 * np.sin(radians) ** 2
    lon_shift = np.degrees(_east_metres(x, y) / (_A / np.sqrt(m) * np.cos(radians)))
    lat_shift = np.degrees(_north_metres(x, y) / (_A * (1.0 - _E2) / m**1.5))
    return np.where(inside[:, np.newaxis], np.column_stack((lon_shift, lat_shift)), 0.0)


def _east_metres(x: _Degrees, y: _Degrees) -> _Degrees:
    waves = _ripple(x) + _waves(x, (20.0, 1.0), (40.0, 1 / 3), (150.0, 1 / 12), (300.0, 1 / 30))
    return 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x)) + waves


def _north_metres(x: _Degrees, y: _Degrees) -> _Degrees:
    waves = _ripple(x) + _waves(y, (20.0, 1.0), (40.0, 1 / 3), (160.0, 1 / 12), (320.0, 1 / 30))
    return -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x)) + waves


def _ripple(x: _Degrees) -> _Degrees:
    return _waves(x, (20.0, 6.0), (20.0, 2.0))


def _waves(degrees: _Degrees, *terms: tuple[float, float]) -> _Degrees:
    """Return two thirds of the sum of amplitude × sin(π × frequency × degrees)."""
    total = np.zeros_like(degrees)
    for amplitude, frequency in terms:
        total += amplitude * np.sin(np.pi * frequency * degrees)
    return total * (2.0 / 3.0)
