"""Long series made short enough to be drawn."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

MOST_POINTS: Final = 800


def drawn_places(result: NDArray[np.float64], *, most: int = MOST_POINTS) -> NDArray[np.intp]:
    """Return which readings of a series are drawn: of each stretch the lowest and the highest, at most `most` in all.

    result: values in order of time, NaN for none. most: even, at least 2.
    Peaks are never drawn away. A stretch without any value keeps one reading without a value: a gap stays a gap.
    """
    count = len(result)
    if count <= most:
        return np.arange(count)
    bounds = np.linspace(0, count, most // 2 + 1).astype(int)
    kept: list[int] = []
    for begin, end in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        part = result[begin:end]
        if np.isnan(part).all():
            kept.append(begin)
        else:
            kept.extend(sorted({begin + int(np.nanargmin(part)), begin + int(np.nanargmax(part))}))
    return np.array(kept, np.intp)
