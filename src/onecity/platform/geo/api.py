"""The only functions that others may call."""

from onecity.platform.geo.forms import PositionFields
from onecity.platform.geo.rules.systems import BadGeometry, to_wgs84
from onecity.platform.geo.rules.tiles import Tile, parse_tile
from onecity.platform.geo.selectors.addresses import match_addresses, standard_address
from onecity.platform.geo.selectors.city import city
from onecity.platform.geo.selectors.divisions import division, division_box, divisions
from onecity.platform.geo.selectors.grids import grid_cell, grid_cells
from onecity.platform.geo.selectors.map_settings import Focus, legend, live_layers, map_settings, position_map
from onecity.platform.geo.selectors.positions import OutsideCity, describe, locate
from onecity.platform.geo.selectors.search import search
from onecity.platform.geo.services.addresses import load_addresses
from onecity.platform.geo.services.changes import layer_changed
from onecity.platform.geo.services.city import set_city
from onecity.platform.geo.services.grids import TooManyCells, generate_grid, remove_generated_grid
from onecity.platform.geo.services.loading import load_areas, load_divisions, load_places, load_roads
from onecity.platform.geo.services.numbering import generate_addresses
from onecity.platform.geo.services.territories import generate_boundaries

__all__ = [
    "BadGeometry",
    "Focus",
    "OutsideCity",
    "PositionFields",
    "Tile",
    "TooManyCells",
    "city",
    "describe",
    "division",
    "division_box",
    "divisions",
    "generate_addresses",
    "generate_boundaries",
    "generate_grid",
    "grid_cell",
    "grid_cells",
    "layer_changed",
    "legend",
    "live_layers",
    "load_addresses",
    "load_areas",
    "load_divisions",
    "load_places",
    "load_roads",
    "locate",
    "map_settings",
    "match_addresses",
    "parse_tile",
    "position_map",
    "remove_generated_grid",
    "search",
    "set_city",
    "standard_address",
    "to_wgs84",
]
