"""When a lamp has failed."""

from typing import Final

RATED_W: Final = 120.0
FAILED_BELOW: Final = 0.2  # share of rated power; why: README


def lamp_has_failed(*, commanded_on: bool, power_w: float, rated_w: float = RATED_W) -> bool:
    """Say whether a lamp that was told to burn is dark.

    power_w, rated_w: watts at the lamp; rated_w > 0.
    Raises: ValueError if rated_w is not above zero.
    Source: house rule (no standard sets this threshold).
    """
    if rated_w <= 0:
        raise ValueError("rated_w must be above zero")
    return commanded_on and power_w < FAILED_BELOW * rated_w
