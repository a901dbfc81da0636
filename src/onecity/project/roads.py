"""All hot roads of the city, and what must be closed with them when a process stops."""

from collections.abc import Awaitable, Callable
from typing import Final

from onecity.platform.cases import hot as cases
from onecity.platform.geo import hot as geo
from onecity.platform.iot import hot as iot
from onecity.platform.registers import hot as registers
from onecity.portals.cockpit import hot as cockpit
from onecity.web.hot import Road

ROADS: Final[tuple[Road, ...]] = (*geo.ROADS, *cases.ROADS, *iot.ROADS, *registers.ROADS, *cockpit.ROADS)
CLOSING: Final[tuple[Callable[[], Awaitable[None]], ...]] = (*geo.CLOSING, *iot.CLOSING)
