"""What all modules declared to messages."""

from functools import cache

from onecity.kernel.registry import Registry, declared
from onecity.platform.messages.declare import Template


@cache
def templates() -> Registry[Template]:
    """Return every declared template."""
    return declared(Template)
