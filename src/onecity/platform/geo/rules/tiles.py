"""The web map's tile scheme: which square of the world a tile shows."""

import math
from dataclasses import dataclass
from typing import Final

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.geo.rules.shapes import Box

DEEPEST: Final = 22
EXTENT: Final = 4096
"""Units across a tile."""
MARGIN: Final = 64
"""Units around a tile that are drawn with it, so that lines and symbols do not break at its edge."""
HALF_WORLD: Final = math.pi * 6378137.0
"""Metres from the middle to the edge of the Web Mercator square (EPSG:3857)."""
FULL_DETAIL: Final = 14
"""From this zoom on, geometries are drawn as they are stored."""
COARSE_UNITS: Final = 4.0
"""Below that, what is finer than so many units (half a pixel of a 512-pixel tile) is left out."""


class NoSuchTile(Invalid):
    """The numbers name no tile."""

    code = "no_such_tile"
    message = zh("没有这个地图瓦片")


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile: zoom, column from the west, row from the north.

    Raises: NoSuchTile if there is none with these numbers.
    Source: OGC 17-083r4, annex D.1 (WebMercatorQuad).
    """

    z: int
    x: int
    y: int

    def __post_init__(self) -> None:
        if not (0 <= self.z <= DEEPEST and 0 <= self.x < 1 << self.z and 0 <= self.y < 1 << self.z):
            raise NoSuchTile

    @property
    def width_m(self) -> float:
        """Metres of EPSG:3857 across the tile."""
        return 2 * HALF_WORLD / (1 << self.z)

    @property
    def square(self) -> Box:
        """West, south, east, north of the tile in metres of EPSG:3857."""
        width = self.width_m
        west, north = -HALF_WORLD + self.x * width, HALF_WORLD - self.y * width
        return west, north - width, west + width, north

    @property
    def box(self) -> Box:
        """The degrees that the tile shows, its margin included."""
        margin = MARGIN / EXTENT * self.width_m
        west, south, east, north = self.square
        return (*_degrees(west - margin, south - margin), *_degrees(east + margin, north + margin))

    @property
    def tolerance_m(self) -> float:
        """How far a drawn line may stray, metres of EPSG:3857; 0 from `FULL_DETAIL` on."""
        return 0.0 if self.z >= FULL_DETAIL else COARSE_UNITS / EXTENT * self.width_m


def parse_tile(z: str, x: str, y: str) -> Tile:
    """Read a tile's address.

    Raises: NoSuchTile.
    """
    if not all(text.isascii() and text.isdigit() and len(text) <= 8 for text in (z, x, y)):
        raise NoSuchTile
    return Tile(int(z), int(x), int(y))


def touches(one: Box, other: Box) -> bool:
    """Say whether two boxes have a point in common."""
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


def _degrees(easting_m: float, northing_m: float) -> tuple[float, float]:
    latitude = math.degrees(2 * math.atan(math.exp(northing_m / 6378137.0)) - math.pi / 2)
    return math.degrees(easting_m / 6378137.0), latitude
