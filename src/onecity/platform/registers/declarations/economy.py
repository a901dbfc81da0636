"""What the registers plug into the city: economy."""

from typing import Final

ITEMS: Final[tuple[object, ...]] = ()
