"""What the registers plug into the city: provenance."""

from typing import Final

ITEMS: Final[tuple[object, ...]] = ()
