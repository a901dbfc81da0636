"""Stretches of time with what their readings come to, as columns."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Buckets:
    """Stretches of datastreams, sorted by datastream and time; arrays of one length. Times: microseconds since 2000.

    readings: all of a stretch; the rest is of the good ones among them (`rules.quality.JUDGED`): how many, their sum,
    lowest, highest, first and last with their times, and the sum of value × seconds that it stood, with those seconds.
    Without a good reading, values are NaN and times `rules.instants.NEVER`.
    """

    datastream: NDArray[np.int32]
    at: NDArray[np.int64]
    readings: NDArray[np.int64]
    good: NDArray[np.int64]
    total: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    first: NDArray[np.float64]
    last: NDArray[np.float64]
    first_at: NDArray[np.int64]
    last_at: NDArray[np.int64]
    weighted: NDArray[np.float64]
    weighted_s: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.at)

    @property
    def mean(self) -> NDArray[np.float64]:
        """Mean of the good readings; NaN for none."""
        answer: NDArray[np.float64] = np.divide(
            self.total, self.good, out=np.full(len(self), np.nan), where=self.good > 0
        )
        return answer

    @property
    def weighted_mean(self) -> NDArray[np.float64]:
        """Mean weighted with how long each reading stood; NaN for none."""
        answer: NDArray[np.float64] = np.divide(
            self.weighted, self.weighted_s, out=np.full(len(self), np.nan), where=self.weighted_s > 0
        )
        return answer
