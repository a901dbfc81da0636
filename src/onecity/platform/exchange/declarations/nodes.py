"""What the nodes of exchange plug into the city."""

from typing import Final

ITEMS: Final[tuple[object, ...]] = ()
