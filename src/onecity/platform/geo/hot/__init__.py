"""The hot roads of geo: vector tiles, and OGC API Features."""

from onecity.platform.geo.hot.features import FEATURE_ROADS
from onecity.platform.geo.hot.tiles import TILE_ROADS, close_tiles

ROADS = (*TILE_ROADS, *FEATURE_ROADS)
CLOSING = (close_tiles,)
"""What to await when the process stops."""

__all__ = ["CLOSING", "ROADS"]
