"""Readings as four arrays of one length."""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Choice = NDArray[np.bool_] | NDArray[np.intp]
Element = TypeVar("Element", bound=np.generic)


@dataclass(frozen=True, slots=True)
class Readings:
    """datastream: ids. at: microseconds since 2000. result: NaN for none. quality: ASCII codes."""

    datastream: NDArray[np.int32]
    at: NDArray[np.int64]
    result: NDArray[np.float64]
    quality: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.datastream)

    def where(self, chosen: Choice) -> "Readings":
        """Return the chosen ones: those that are true, or those at these places."""
        return Readings(self.datastream[chosen], self.at[chosen], self.result[chosen], self.quality[chosen])


def same_values(one: Readings, other: Readings) -> NDArray[np.bool_]:
    """Say of readings with equal keys whether value and quality are equal too; no value equals no value."""
    equal = (one.result == other.result) | (np.isnan(one.result) & np.isnan(other.result))
    answer: NDArray[np.bool_] = equal & (one.quality == other.quality)
    return answer


def joined(parts: list[NDArray[Element]]) -> NDArray[Element]:
    """Return the parts as one array; a single part as it is."""
    return parts[0] if len(parts) == 1 else np.concatenate(parts)
