"""A made-up street network: two families of streets at right angles, bent together like ground that grew slowly.

Streets of each class keep their distance; small ones break off between larger ones. Rings go around the middle. Streets
of the main classes cross the river, small ones end at it.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from onecity.demo.packs import StreetPlan
from onecity.demo.synthesis.names import street_names
from onecity.demo.synthesis.plane import Plane, Point
from onecity.platform.geo.contracts import RoadRow

STEP_M: Final = 50.0
SHORTEST_M: Final = 150.0
BEND_M: Final = 70.0
BEND_LENGTH_M: Final = 2_600.0
KEPT: Final = 0.8
"""The share of blocks along which a small street exists."""
_ENDINGS: Final = {True: ("大街", "街"), False: ("大路", "路")}

Inside = Callable[[Point], bool]


@dataclass(frozen=True, slots=True)
class Ground:
    """Where streets may run. is_closed: none at all (lakes, parks); is_river: only those of the main classes."""

    is_town: Inside
    is_closed: Inside
    is_river: Inside


@dataclass(frozen=True, slots=True)
class _Street:
    """One street before it is drawn: where it lies across its family, which way it runs, its class and name."""

    offset_m: float
    northward: bool
    kind: str
    name: str


def bent(point: Point) -> Point:
    """Return where a point of the straight plan lies on the ground; the same bend for everything drawn on it."""
    east, north = point
    return (
        east + BEND_M * (math.sin(north / BEND_LENGTH_M) + 0.5 * math.sin(north / 900.0 + 1.3)),
        north + BEND_M * (math.sin(east / BEND_LENGTH_M + 0.7) + 0.5 * math.sin(east / 1_100.0)),
    )


def turned(point: Point, *, degrees: float) -> Point:
    """Return a point turned around the middle, counter-clockwise."""
    angle = math.radians(degrees)
    return (
        point[0] * math.cos(angle) - point[1] * math.sin(angle),
        point[0] * math.sin(angle) + point[1] * math.cos(angle),
    )


def street_rows(plane: Plane, *, plan: StreetPlan, ground: Ground, reach_m: float, seed: int) -> Iterator[RoadRow]:
    """Yield the streets of a town. reach_m: how far from the middle the network goes."""
    random = np.random.default_rng(seed)
    for number, street in enumerate(_streets(plan, reach_m)):
        for part, run in enumerate(_runs(street, plan, ground, reach_m, random)):
            yield RoadRow(f"s{number}.{part}", street.kind, plane.line(run), street.name, is_synthetic=True)
    for number, radius in enumerate(plan.ring_m):
        ring = [
            bent((radius * math.cos(angle), radius * math.sin(angle))) for angle in np.linspace(0, 2 * math.pi, 121)
        ]
        name = "内环路" if number == 0 else "外环路"
        for part, run in enumerate(_open_runs(ring, ground.is_town)):
            yield RoadRow(f"r{number}.{part}", "trunk", plane.line(run), name, is_synthetic=True)


def _streets(plan: StreetPlan, reach_m: float) -> Iterator[_Street]:
    spacings = [
        (kind, spacing)
        for kind, spacing in (
            ("primary", plan.primary_m),
            ("secondary", plan.secondary_m),
            ("tertiary", plan.tertiary_m),
            ("residential", plan.residential_m),
        )
        if spacing
    ]
    finest = min(spacing for _, spacing in spacings)
    names = street_names()
    steps = int(reach_m // finest)
    for position in sorted(range(-steps, steps + 1), key=abs):  # names begin in the middle of the town
        for northward in (True, False):
            offset = position * finest
            kind = next(kind for kind, spacing in spacings if math.isclose(offset % spacing, 0.0, abs_tol=1e-6))
            ending = _ENDINGS[northward][0 if kind == "primary" else 1]
            yield _Street(offset, northward, kind, next(names) + ending)


def _runs(
    street: _Street, plan: StreetPlan, ground: Ground, reach_m: float, random: np.random.Generator
) -> Iterator[list[Point]]:
    small = street.kind in {"tertiary", "residential"}
    block = plan.secondary_m or plan.primary_m
    gaps = _gaps(reach_m, block, random) if street.kind == "residential" else frozenset()
    stops: list[Point | None] = []
    for along in np.arange(-reach_m, reach_m + STEP_M, STEP_M):
        straight = (street.offset_m, float(along)) if street.northward else (float(along), street.offset_m)
        point = turned(bent(straight), degrees=plan.turned_deg)
        stops.append(None if int(along // block) in gaps else point)

    def is_open(point: Point) -> bool:
        return ground.is_town(point) and not ground.is_closed(point) and not (small and ground.is_river(point))

    yield from _open_runs(stops, is_open)


def _open_runs(points: Sequence[Point | None], is_open: Inside) -> Iterator[list[Point]]:
    """Yield the stretches along which every point is there and open, short ones left out."""
    run: list[Point] = []
    for point in [*points, None]:
        if point is not None and is_open(point):
            run.append(point)
            continue
        if len(run) > 1 and (len(run) - 1) * STEP_M >= SHORTEST_M:
            yield run
        run = []


def _gaps(reach_m: float, block_m: float, random: np.random.Generator) -> frozenset[int]:
    blocks = range(int(-reach_m // block_m) - 1, int(reach_m // block_m) + 2)
    return frozenset(block for block in blocks if random.random() > KEPT)
