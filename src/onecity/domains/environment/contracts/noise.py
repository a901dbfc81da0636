"""Noise across the border of environment."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class NewNoiseLimit:
    """Limits of an area from a day on, dB(A)."""

    area_code: str
    valid_from: date
    edition_code: str
    day_db: Decimal
    night_db: Decimal
    source: str
