"""Gathers readings and refusals one by one, for messages that do not go the fast way."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from onecity.platform.iot.contracts import Batch, Message, Refusal


@dataclass(slots=True)
class Collected:
    """Readings so far, column by column, and what was refused."""

    datastream: list[int] = field(default_factory=list)
    at: list[int] = field(default_factory=list)
    result: list[float] = field(default_factory=list)
    quality: list[int] = field(default_factory=list)
    origin: list[int] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)

    def add(self, datastream: int, *, at: int, result: float | None, quality: int, origin: int) -> None:
        """Take one reading. origin: number of its message."""
        self.datastream.append(datastream)
        self.at.append(at)
        self.result.append(np.nan if result is None else result)
        self.quality.append(quality)
        self.origin.append(origin)

    def cut(self, count: int) -> None:
        """Keep the first `count` readings only."""
        for column in (self.datastream, self.at, self.result, self.quality, self.origin):
            del column[count:]

    def batch(self, message: Callable[[int], Message] | None) -> Batch:
        """Return the readings as a batch."""
        return Batch(
            np.array(self.datastream, np.int32),
            np.array(self.at, np.int64),
            np.array(self.result, np.float64),
            np.array(self.quality, np.uint8),
            np.array(self.origin, np.int32),
            message,
        )
