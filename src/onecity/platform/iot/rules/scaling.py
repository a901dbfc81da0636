"""Changing a value's unit without leaving traces of binary fractions: 700 µg are 0.7 mg, not 0.7000000000000001."""

from typing import NamedTuple


class Ratio(NamedTuple):
    """What a value is multiplied by and then divided by."""

    times: float
    over: float

    def of(self, value: float) -> float:
        """Return the value in the other unit."""
        return value * self.times / self.over


SAME = Ratio(1.0, 1.0)


def ratio(scale: float) -> Ratio:
    """Return a scale as a ratio: one part of a whole number is a division by that number.

    scale: above zero; how many of the new units one of the old is.
    """
    whole = round(1 / scale)
    return Ratio(1.0, float(whole)) if whole > 1 and abs(whole * scale - 1) < 1e-12 else Ratio(scale, 1.0)
