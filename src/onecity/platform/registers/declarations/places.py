"""What the registers plug into the city: places."""

from typing import Final

ITEMS: Final[tuple[object, ...]] = ()
