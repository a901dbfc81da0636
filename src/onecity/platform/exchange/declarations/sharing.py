"""What the sharing of exchange plug into the city."""

from typing import Final

ITEMS: Final[tuple[object, ...]] = ()
