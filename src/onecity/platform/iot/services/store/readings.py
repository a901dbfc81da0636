"""Comparing and joining readings."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from onecity.platform.iot.contracts import Readings

Element = TypeVar("Element", bound=np.generic)


def same_values(one: Readings, other: Readings) -> NDArray[np.bool_]:
    """Say of readings with equal keys whether value and quality are equal too; no value equals no value."""
    equal = (one.result == other.result) | (np.isnan(one.result) & np.isnan(other.result))
    answer: NDArray[np.bool_] = equal & (one.quality == other.quality)
    return answer


def joined(parts: list[NDArray[Element]]) -> NDArray[Element]:
    """Return the parts as one array; a single part as it is."""
    return parts[0] if len(parts) == 1 else np.concatenate(parts)
