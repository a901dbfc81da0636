"""What the registers plug into the city: entities."""

from typing import Final

ITEMS: Final[tuple[object, ...]] = ()
