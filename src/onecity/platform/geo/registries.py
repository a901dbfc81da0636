"""What all modules declared to geo."""

from functools import cache
from typing import Final

from onecity.kernel.registry import Registry, declared
from onecity.platform.geo.declare import Layer

BASE: Final = "base"
BASE_LAYERS: Final = (
    "geo.areas",
    "geo.buildings",
    "geo.main_roads",
    "geo.streets",
    "geo.lanes",
    "geo.boundaries",
    "geo.division_names",
)
"""The layers of the base map, which travel together in one tile under the name `base`."""


@cache
def layers() -> Registry[Layer]:
    """Return every declared layer."""
    return declared(Layer)
