"""Exact rounding: what Chinese standards call 四舍五入, free of binary fractions."""

import math
from decimal import Decimal
from fractions import Fraction

Exact = Decimal | Fraction | int
"""A number without binary rounding; floats are refused by type, because 0.1 is not a tenth there."""


def round_half_up(number: Exact, *, places: int = 0) -> Fraction:
    """Round to `places` decimals; a half goes away from zero.

    Source: house rule.
    """
    scale = 10**places
    scaled = Fraction(number) * scale
    magnitude = math.floor(abs(scaled) + Fraction(1, 2))
    return Fraction(magnitude if scaled >= 0 else -magnitude, scale)
