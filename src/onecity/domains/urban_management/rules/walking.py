"""Positions from a phone: which are taken in, and how far and how long somebody walked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import asin, cos, isfinite, radians, sin, sqrt
from typing import Final

EARTH_RADIUS_M: Final = 6_371_008.8
OLDEST: Final = timedelta(days=7)
"""Older positions are refused: a phone that was off for a week has nothing to say of a patrol. House rule."""
MOST_POINTS: Final = 500
GAP: Final = timedelta(minutes=10)
"""A silence longer than this splits a walk; nothing is drawn or measured across it. House rule."""
FASTEST_MS: Final = 40.0
"""Faster jumps are a receiver's fault, not a way. House rule."""


@dataclass(frozen=True, slots=True)
class Point:
    """Where somebody was. longitude, latitude: WGS 84 degrees. accuracy_m: metres, None where the phone did not say."""

    at: datetime
    longitude: float
    latitude: float
    accuracy_m: float | None = None


@dataclass(frozen=True, slots=True)
class Walk:
    """How far and how long somebody walked. legs: unbroken stretches, each at least one point."""

    legs: Sequence[Sequence[Point]]
    metres: float
    moving: timedelta


def on_earth(longitude: float, latitude: float) -> bool:
    """Say whether a pair of degrees is a place."""
    return isfinite(longitude) and isfinite(latitude) and abs(longitude) <= 180 and abs(latitude) <= 90


def ground_distance(first: tuple[float, float], second: tuple[float, float]) -> float:
    """Return the metres between two points (longitude, latitude; WGS 84 degrees) on a sphere: haversine formula.

    Source: House rule (mean earth radius 6,371,008.8 m).
    """
    lon1, lat1, lon2, lat2 = (radians(value) for value in (*first, *second))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(half)))


def walk_of(points: Sequence[Point]) -> Walk:
    """Return the walk along points in the order of time: split at silences, without impossible jumps.

    Source: House rule.
    """
    legs: list[list[Point]] = []
    metres, moving = 0.0, timedelta()
    for point in points:
        last = legs[-1][-1] if legs else None
        if last is None or point.at - last.at > GAP:
            legs.append([point])
            continue
        step = ground_distance((last.longitude, last.latitude), (point.longitude, point.latitude))
        if step > FASTEST_MS * max(1.0, (point.at - last.at).total_seconds()):
            continue
        legs[-1].append(point)
        metres += step
        moving += point.at - last.at
    return Walk(legs, metres, moving)
