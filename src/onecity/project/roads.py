"""All hot roads of the city."""

from typing import Final

from onecity.platform.cases import hot as cases
from onecity.portals.cockpit import hot as cockpit
from onecity.web.hot import Road

ROADS: Final[tuple[Road, ...]] = (*cases.ROADS, *cockpit.ROADS)
