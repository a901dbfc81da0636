from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.kernel.rounding import Exact, round_half_up


@pytest.mark.parametrize(
    ("number", "places", "rounded"),
    [
        (Decimal("0.5"), 0, Fraction(1)),
        (Decimal("1.5"), 0, Fraction(2)),
        (Decimal("2.5"), 0, Fraction(3)),
        (Decimal("2.4999"), 0, Fraction(2)),
        (Decimal("-0.5"), 0, Fraction(-1)),
        (Decimal("1.25"), 1, Fraction(13, 10)),
        (Fraction(1, 3), 2, Fraction(33, 100)),
        (7, 3, Fraction(7)),
    ],
)
def test_half_goes_away_from_zero(number: Exact, places: int, rounded: Fraction) -> None:
    assert round_half_up(number, places=places) == rounded


@given(st.fractions(), st.integers(0, 6))
def test_rounding_moves_by_half_a_place_at_most_and_mirrors(number: Fraction, places: int) -> None:
    rounded = round_half_up(number, places=places)
    assert abs(rounded - number) <= Fraction(1, 2 * 10**places)
    assert (rounded * 10**places).denominator == 1
    assert round_half_up(-number, places=places) == -rounded
