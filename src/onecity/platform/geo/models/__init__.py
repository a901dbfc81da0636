"""Tables of the one map."""

from onecity.platform.geo.models.addresses import StandardAddress
from onecity.platform.geo.models.base_map import BaseArea, Place, Road
from onecity.platform.geo.models.divisions import City, Division
from onecity.platform.geo.models.grid import GridCell

__all__ = ["BaseArea", "City", "Division", "GridCell", "Place", "Road", "StandardAddress"]
