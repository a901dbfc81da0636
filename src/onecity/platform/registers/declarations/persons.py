"""What the registers plug into the city: persons."""

from typing import Final

ITEMS: Final[tuple[object, ...]] = ()
