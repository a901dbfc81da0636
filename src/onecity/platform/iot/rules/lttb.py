"""Long series made short enough to be drawn, keeping the shape that the eye sees."""

import numpy as np
from numpy.typing import NDArray


def largest_triangles(at: NDArray[np.int64], value: NDArray[np.float64], *, points: int) -> NDArray[np.intp]:
    """Return which points of a series are kept: the first, the last, and of each stretch between the one that spans the
    largest triangle with the one kept before and the mean of the next stretch.

    at: ascending. value: no NaN. points: at least 3.
    Source: Steinarsson 2013, 4.2 (Largest-Triangle-Three-Buckets).
    """
    count = len(at)
    if count <= points:
        return np.arange(count)
    borders = np.linspace(1, count - 1, points - 1).astype(np.intp)
    x = (at - at[0]).astype(np.float64)
    sums_x, sums_y = np.append(0.0, np.cumsum(x)), np.append(0.0, np.cumsum(value))
    kept = np.empty(points, np.intp)
    kept[0], kept[-1] = 0, count - 1
    for number in range(points - 2):
        begin, end = borders[number], borders[number + 1]
        follow = borders[number + 2] if number + 2 < len(borders) else count
        size = follow - end
        mean_x, mean_y = (sums_x[follow] - sums_x[end]) / size, (sums_y[follow] - sums_y[end]) / size
        last = kept[number]
        area = np.abs(
            (x[last] - mean_x) * (value[begin:end] - value[last]) - (x[last] - x[begin:end]) * (mean_y - value[last])
        )
        kept[number + 1] = begin + int(np.argmax(area))
    return kept
