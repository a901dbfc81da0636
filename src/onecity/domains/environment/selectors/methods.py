"""The methods by which indices are made."""

from collections.abc import Iterable

from onecity.domains.environment.models import AirMethod
from onecity.domains.environment.rules.averages import Validity
from onecity.domains.environment.rules.editions import Pollutant
from onecity.domains.environment.rules.methods import METHOD_EDITIONS, Method


def methods() -> list[Method]:
    """Return every method, the oldest first."""
    return [_method(row) for row in AirMethod.objects.order_by("valid_from")]


def method_rows() -> list[AirMethod]:
    """Return every method as it was entered, the newest first."""
    return list(AirMethod.objects.order_by("-valid_from"))


def _method(row: AirMethod) -> Method:
    return Method(
        valid_from=row.valid_from,
        edition=METHOD_EDITIONS[row.edition_code],
        realtime_needs=_pollutants(row.realtime_needs),
        daily_needs=_pollutants(row.daily_needs),
        validity=Validity(row.hour_minutes, row.day_hours, row.eight_hours, row.ozone_means),
        city_hour_share=row.city_hour_share,
        city_day_share=row.city_day_share,
    )


def _pollutants(codes: Iterable[str]) -> frozenset[Pollutant]:
    return frozenset(Pollutant(code) for code in codes)
