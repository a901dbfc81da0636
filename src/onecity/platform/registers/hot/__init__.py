"""Hot roads of the registers."""

from typing import Final

from onecity.platform.registers.hot import entities, persons
from onecity.web.hot import Road

ROADS: Final[tuple[Road, ...]] = (*persons.ROADS, *entities.ROADS)
