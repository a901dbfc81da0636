"""What all modules declared to the registers."""

from functools import cache

from onecity.kernel.registry import Registry, declared
from onecity.platform.registers.declare import Register


@cache
def registers() -> Registry[Register]:
    """Return every declared register."""
    return declared(Register)
