"""All hot roads of the city."""

from typing import Final

from onecity.web.hot import Road

ROADS: Final[tuple[Road, ...]] = ()
