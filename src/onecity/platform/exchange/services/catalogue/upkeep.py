"""What the catalogue does by itself from time to time; the ticks' entries."""

from onecity.kernel import clock
from onecity.platform.exchange.services.catalogue.corrections import tell_late
from onecity.platform.exchange.services.catalogue.downloads import sweep_files
from onecity.platform.exchange.services.catalogue.entering import enter_declared
from onecity.platform.exchange.services.catalogue.freshness import refresh_declared


def enter_now() -> int:
    """Enter what modules declare."""
    return enter_declared(now=clock.city_now())


def refresh_now() -> int:
    """Ask declared datasets for their newest data, and sweep away the files of versions that are past."""
    sweep_files()
    return refresh_declared(now=clock.city_now())


def tell_late_now() -> int:
    """Tell providers of doubts that they have not answered in time."""
    return tell_late(now=clock.city_now())
