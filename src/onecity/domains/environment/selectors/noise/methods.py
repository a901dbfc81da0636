"""Limits and methods of noise."""

from onecity.domains.environment.models import NoiseLimit, NoiseMethod
from onecity.domains.environment.rules.noise.areas import Area, AreaLimits, Method


def noise_limits() -> list[AreaLimits]:
    """Return the limits of all areas and all times."""
    rows = NoiseLimit.objects.order_by("valid_from")
    return [AreaLimits(Area(row.area_code), row.day_db, row.night_db, row.edition_code, row.valid_from) for row in rows]


def noise_methods() -> list[Method]:
    """Return every method, the oldest first."""
    return [
        Method(
            valid_from=row.valid_from,
            day_from=row.day_from,
            night_from=row.night_from,
            peak_allowance_db=row.peak_allowance_db,
            night_weight_db=row.night_weight_db,
            hour_minutes=row.hour_minutes,
            day_hours=row.day_hours,
            night_hours=row.night_hours,
        )
        for row in NoiseMethod.objects.order_by("valid_from")
    ]
