"""Sections and noise stations follow iot's devices, all at once."""

from datetime import datetime

from onecity.domains.environment.models import Outlet
from onecity.domains.environment.services.noise.following import refresh_stations
from onecity.domains.environment.services.water.following import refresh_sections


def refresh_surroundings(*, now: datetime) -> tuple[int, int, int]:
    """Follow all devices; return how many sections, noise stations and outlets there are. now: city time."""
    return refresh_sections(now=now), refresh_stations(now=now), Outlet.objects.count()
