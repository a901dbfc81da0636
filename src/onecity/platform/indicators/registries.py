"""What all modules declared to indicators."""

from functools import cache

from onecity.kernel.registry import Registry, declared
from onecity.platform.indicators.declare import Indicator


@cache
def indicators() -> Registry[Indicator]:
    """Return every declared indicator."""
    return declared(Indicator)
