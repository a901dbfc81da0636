"""What all modules declared to exchange."""

from functools import cache

from onecity.kernel.registry import Registry, declared
from onecity.platform.exchange.declare import Dataset


@cache
def declared_datasets() -> Registry[Dataset]:
    """Return every dataset that a module of the city keeps."""
    return declared(Dataset)
