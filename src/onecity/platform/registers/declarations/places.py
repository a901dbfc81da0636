"""What the registers plug into the city: places."""

from typing import Final

from onecity.kernel.registry import Declared

ITEMS: Final[tuple[Declared, ...]] = ()
