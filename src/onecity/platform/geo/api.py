"""The only functions that others may call."""

from onecity.platform.geo.rules.systems import BadGeometry, to_wgs84
from onecity.platform.geo.services.changes import layer_changed
from onecity.platform.geo.services.city import set_city
from onecity.platform.geo.services.loading import load_areas, load_divisions, load_places, load_roads

__all__ = [
    "BadGeometry",
    "layer_changed",
    "load_areas",
    "load_divisions",
    "load_places",
    "load_roads",
    "set_city",
    "to_wgs84",
]
