"""All hot roads of the city."""

from typing import Final

from onecity.portals.cockpit import hot as cockpit
from onecity.web.hot import Road

ROADS: Final[tuple[Road, ...]] = (*cockpit.ROADS,)
