"""How this city's indices are made: an edition with what a city may settle beside it, by the day of the data."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from onecity.domains.environment.rules.averages import Validity
from onecity.domains.environment.rules.editions import PUBLISHED_EDITIONS, Edition, Pollutant

METHOD_EDITIONS: Final = {edition.code: edition for edition in PUBLISHED_EDITIONS}
"""Editions that the platform computes by: real-time indices from 1-hour means, as the national platform does."""


@dataclass(frozen=True, slots=True)
class Method:
    """One way of making indices, in force from a day of the data on.

    realtime_needs, daily_needs: pollutants without which there is no index. validity: how much data a mean needs.
    city_hour_share, city_day_share: per cent of the stations in service that a city's mean needs.
    """

    valid_from: date
    edition: Edition
    realtime_needs: frozenset[Pollutant]
    daily_needs: frozenset[Pollutant]
    validity: Validity
    city_hour_share: int
    city_day_share: int


def method_on(day: date, *, methods: Sequence[Method]) -> Method:
    """Return the method for readings of a day; it goes by the day measured, not by the day of computing.

    Raises: ValueError if no method is in force yet on that day.
    Source: HJ 633-2026, in force from 2026-03-01; HJ 633-2012 before.
    """
    begun = [method for method in methods if method.valid_from <= day]
    if not begun:
        raise ValueError("no method is in force on that day")
    return max(begun, key=lambda method: method.valid_from)
