"""Readings as the feed keeps them: packed rows of 22 bytes, in the order in which the store has them.

datastream(4) at(8) result(8) marks(2), little-endian; marks = quality letter + 256 where it became the latest value
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

NEWEST: Final = 256
"""Mark of a reading that became its datastream's latest value."""
ROW: Final = np.dtype([("datastream", "<i4"), ("at", "<i8"), ("result", "<f8"), ("marks", "<i2")])
Packed = NDArray[np.void]


def pack(
    datastream: NDArray[np.int32],
    at: NDArray[np.int64],
    result: NDArray[np.float64],
    *,
    quality: NDArray[np.uint8],
    newest: NDArray[np.bool_],
) -> bytes:
    """Return readings as bytes. at: microseconds since 2000. result: NaN for none."""
    rows = np.empty(len(datastream), ROW)
    rows["datastream"], rows["at"], rows["result"] = datastream, at, result
    rows["marks"] = quality.astype(np.int16) + NEWEST * newest.astype(np.int16)
    return rows.tobytes()


def unpack(data: bytes) -> Packed:
    """Return the rows of packed readings.

    Raises: ValueError if it is no whole number of them.
    """
    return np.frombuffer(data, ROW)
