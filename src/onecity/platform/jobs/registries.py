"""What all modules declared to jobs."""

from functools import cache

from onecity.kernel.registry import Registry, declared
from onecity.platform.jobs.declare import Job, Tick


@cache
def jobs() -> Registry[Job]:
    """Return every declared job."""
    return declared(Job)


@cache
def ticks() -> Registry[Tick]:
    """Return everything that is done every so often."""
    return declared(Tick)
