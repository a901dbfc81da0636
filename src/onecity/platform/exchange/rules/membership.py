"""Sets of values that are asked again and again whether they hold a column's values."""

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from onecity.platform.exchange.rules.casting import as_text

SMALL: Final = 10_000
WIDEST: Final = 64


class Membership:
    """A set of values, compared as text. Large ones are kept sorted: Arrow would hash them anew for each batch."""

    def __init__(self, values: pa.Array) -> None:
        self._values = pc.unique(as_text(values).drop_null())
        self._sorted: np.ndarray | None = None
        widest = pc.max(pc.binary_length(self._values)).as_py() or 0
        if len(self._values) > SMALL and widest <= WIDEST:
            self._sorted = np.sort(_bytes(self._values, widest))

    def missing(self, column: pa.Array) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Return which values are not in the set; null is never missing."""
        text = as_text(column)
        if self._sorted is None:
            absent = pc.and_(pc.invert(pc.is_in(text, value_set=self._values)), text.is_valid())
            small: np.ndarray[tuple[int], np.dtype[np.bool_]] = absent.to_numpy(zero_copy_only=False)
            return small
        rows = np.flatnonzero(text.is_valid().to_numpy(zero_copy_only=False))
        asked = _bytes(text.drop_null(), self._sorted.dtype.itemsize + 1)
        places = np.minimum(np.searchsorted(self._sorted, asked), len(self._sorted) - 1)
        large = np.zeros(len(column), dtype=np.bool_)
        large[rows[self._sorted[places] != asked]] = True
        return large


def _bytes(texts: pa.Array, width: int) -> np.ndarray:
    """Return texts as fixed-width bytes; what is longer is cut one byte beyond, so that it equals nothing shorter."""
    return np.array(texts.cast(pa.binary()).to_pylist(), dtype=f"S{max(width, 1)}")
