"""What all modules declared to documents."""

from functools import cache

from onecity.kernel.registry import Registry, declared
from onecity.platform.documents.declare import Holder


@cache
def holders() -> Registry[Holder]:
    """Return every declared kind of holder."""
    return declared(Holder)
