"""How simulated values move with the city's time."""

import math
from datetime import datetime


def wave(at: datetime, *, mean: float, swing: float, period_s: float, phase: float = 0.0) -> float:
    """Return a value that swings about its mean, the same at the same time of the city."""
    return mean + swing * math.sin(2 * math.pi * (at.timestamp() / period_s + phase))
