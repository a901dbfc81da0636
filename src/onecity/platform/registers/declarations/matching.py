"""What the registers plug into the city: matching."""

from typing import Final

ITEMS: Final[tuple[object, ...]] = ()
