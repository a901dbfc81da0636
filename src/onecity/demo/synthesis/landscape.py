"""A made-up landscape: river, lake, parks, quarters of one use each, and buildings in the middle of the town."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from onecity.demo.packs import StreetPlan
from onecity.demo.synthesis.outlines import inside_any
from onecity.demo.synthesis.plane import Plane, Point, Ring, rounded
from onecity.demo.synthesis.streets import bent, turned
from onecity.platform.geo.contracts import AreaRow

RIVER_WIDTH_M: Final = 190.0
RIVER_EAST_M: Final = 2_100.0
LAKE: Final[Point] = (-2_300.0, -2_600.0)
_PARKS: Final = (
    ("人民公园", (-600.0, 1_500.0), 380.0),
    ("劳动公园", (900.0, -1_300.0), 300.0),
    ("植物园", (-3_600.0, 2_300.0), 520.0),
)
_VERGE_M: Final = 22.0
_BUILT_WITHIN_M: Final = 2_400.0


@dataclass(frozen=True, slots=True)
class Landscape:
    """Outlines on the sheet, metres."""

    river: Ring
    lake: Ring
    parks: tuple[tuple[str, Ring], ...]

    @property
    def water(self) -> list[Ring]:
        """River and lake."""
        return [self.river, self.lake]


def landscape(*, reach_m: float, seed: int) -> Landscape:
    """Return the river that winds through from north to south, the lake with its park, and the parks."""
    lake = rounded(LAKE, radius_m=620, seed=seed + 1, roughness=0.25)
    parks = [("东湖公园", rounded(LAKE, radius_m=1_000, seed=seed + 2, roughness=0.15))]
    parks += [(name, rounded(middle, radius_m=size, seed=seed + 3, roughness=0.2)) for name, middle, size in _PARKS]
    return Landscape(_river(reach_m), lake, tuple(parks))


def area_rows(
    plane: Plane, *, town: list[Ring], land: Landscape, plan: StreetPlan, reach_m: float, seed: int
) -> Iterator[AreaRow]:
    """Yield water, parks, the built-up area, quarters by use, and buildings."""
    for number, ring in enumerate(town):
        yield AreaRow(f"t{number}", "built_up", plane.polygon([ring]), is_synthetic=True)
    yield from _quarters(plane, town=town, land=land, plan=plan, reach_m=reach_m, seed=seed)
    for number, (name, ring) in enumerate(land.parks):
        yield AreaRow(f"p{number}", "green", plane.polygon([ring]), name, is_synthetic=True)
    yield AreaRow("river", "water", plane.polygon([land.river]), "清江", is_synthetic=True)
    yield AreaRow("lake", "water", plane.polygon([land.lake]), "东湖", is_synthetic=True)
    yield from _buildings(plane, land=land, plan=plan, seed=seed)


def _river(reach_m: float) -> Ring:
    middle = []
    for north in np.arange(-reach_m, reach_m + 1, 250.0):
        sway = 900 * math.sin(north / 2_900) + 420 * math.sin(north / 1_250 + 1) + north * 0.12
        middle.append((RIVER_EAST_M + sway, float(north)))
    half = [RIVER_WIDTH_M / 2 * (1 + 0.25 * math.sin(index / 5)) for index in range(len(middle))]
    west = [(east - wide, north) for (east, north), wide in zip(middle, half, strict=True)]
    east_bank = [(east + wide, north) for (east, north), wide in zip(middle, half, strict=True)]
    return west + east_bank[::-1]


def _quarters(
    plane: Plane, *, town: list[Ring], land: Landscape, plan: StreetPlan, reach_m: float, seed: int
) -> Iterator[AreaRow]:
    is_town, is_water = inside_any(town), inside_any(land.water)
    random = np.random.default_rng(seed + 7)
    size = plan.secondary_m
    count = int(reach_m // size)
    for column in range(-count, count):
        for row in range(-count, count):
            ring = _block(column * size, row * size, size, margin=_VERGE_M, turn=plan.turned_deg)
            middle = _middle(ring)
            chance = float(random.random())
            if all(is_town(point) for point in ring) and not any(is_water(point) for point in [*ring, middle]):
                kind = _use(middle, chance)
                yield AreaRow(f"q{column}.{row}", kind, plane.polygon([ring]), is_synthetic=True)


def _use(middle: Point, chance: float) -> str:
    away = math.hypot(*middle)
    if away < 1_500:
        return "commercial" if chance < 0.6 else "public"
    if middle[0] > RIVER_EAST_M + 900 and chance < 0.7:
        return "industrial"
    if away > _BUILT_WITHIN_M and chance < 0.08:
        return "green"
    return "public" if chance < 0.2 else "commercial" if chance < 0.28 else "residential"


def _buildings(plane: Plane, *, land: Landscape, plan: StreetPlan, seed: int) -> Iterator[AreaRow]:
    """Yield two rows of buildings in each block of the smallest streets near the middle."""
    closed = inside_any([*land.water, *(ring for _, ring in land.parks)])
    random = np.random.default_rng(seed + 9)
    size = plan.residential_m
    count = int(_BUILT_WITHIN_M // size)
    for column in range(-count, count):
        for row in range(-count, count):
            for number in range(6):
                wide = (size - 2 * _VERGE_M) / 3
                west = column * size + _VERGE_M + (number % 3) * wide
                south = row * size + _VERGE_M + (number // 3) * (size / 2 - _VERGE_M)
                deep = float(random.uniform(14, 40))
                ring = _rectangle(west + 6, south + 8, wide - 12, deep, turn=plan.turned_deg)
                floors = int(random.integers(4, 31))
                near = math.hypot(west, south) < _BUILT_WITHIN_M
                if near and random.random() < 0.85 and not any(closed(point) for point in ring):
                    key = f"b{column}.{row}.{number}"
                    yield AreaRow(key, "building", plane.polygon([ring]), floors=floors, is_synthetic=True)


def _block(west: float, south: float, size: float, *, margin: float, turn: float) -> Ring:
    low, high = margin, size - margin
    edge = np.linspace(low, high, 5).tolist()
    corners = [(west + step, south + low) for step in edge] + [(west + high, south + step) for step in edge[1:]]
    corners += [(west + step, south + high) for step in edge[::-1][1:]] + [
        (west + low, south + step) for step in edge[::-1][1:-1]
    ]
    return [turned(bent(point), degrees=turn) for point in corners]


def _rectangle(west: float, south: float, wide: float, deep: float, *, turn: float) -> Ring:
    corners = [(west, south), (west + wide, south), (west + wide, south + deep), (west, south + deep)]
    return [turned(bent(point), degrees=turn) for point in corners]


def _middle(ring: Ring) -> Point:
    return sum(point[0] for point in ring) / len(ring), sum(point[1] for point in ring) / len(ring)
