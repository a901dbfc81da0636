"""Codes that declarations, services and selectors of noise share."""

from typing import Final

NOISE_STATION: Final = "environment.noise_station"
LEQ: Final = "leq"
PEAK: Final = "lmax"
EXCESS: Final = "excess"
PEAK_EXCESS: Final = "peak_excess"
"""Derived properties of hours: by how much a limit was passed, dB."""
