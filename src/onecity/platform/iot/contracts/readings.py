"""Readings in bulk, as arrays; what the store takes and what it gives back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Message(NamedTuple):
    """One message of a device as it came. device_key: "" where it could not be read. peer: network address."""

    raw: bytes
    protocol: str
    peer: str
    device_key: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A message, or a part of one, that goes into the quarantine. device_id: None for an unknown device.

    reason: a stable code. fields: what exactly was wrong; JSON values.
    """

    message: Message
    reason: str
    fields: Mapping[str, object] = field(default_factory=dict)
    device_id: int | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Readings of any datastreams in any order; all arrays have one length.

    datastream: its id. at: phenomenon time, microseconds since 2000-01-01 UTC. result: NaN for none. quality: ASCII
    code of the quality letter. origin: which message of the batch each came from. message: gives that message when a
    reading has to be quarantined; None for derived values, which have none. open_clock: its times are believed whatever
    they are, as those of forecasts; whoever sets it has looked at them.
    """

    datastream: NDArray[np.int32]
    at: NDArray[np.int64]
    result: NDArray[np.float64]
    quality: NDArray[np.uint8]
    origin: NDArray[np.int32]
    message: Callable[[int], Message] | None = None
    open_clock: bool = False

    def __len__(self) -> int:
        return len(self.datastream)


def empty_batch() -> Batch:
    """Return a batch without readings."""
    nothing = np.empty(0, np.int32)
    return Batch(nothing, np.empty(0, np.int64), np.empty(0, np.float64), np.empty(0, np.uint8), nothing)


class Outcome(IntEnum):
    """What became of a reading. All but STORED and REPEATED lie in the quarantine, durably."""

    STORED = 0
    REPEATED = 1
    CONFLICTING = 2
    CLOCK = 3


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a batch, reading by reading, in its order."""

    outcome: NDArray[np.uint8]

    def count(self, outcome: Outcome) -> int:
        """Return how many readings had this outcome."""
        return int(np.count_nonzero(self.outcome == outcome))


@dataclass(frozen=True, slots=True)
class Series:
    """One datastream's readings of a stretch of time, oldest first.

    at: microseconds since 2000-01-01 UTC. result: NaN for none. quality: ASCII codes. whole: nothing was left out.
    """

    datastream_id: int
    at: NDArray[np.int64]
    result: NDArray[np.float64]
    quality: NDArray[np.uint8]
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Readings:
    """Readings as four arrays of one length.

    datastream: ids. at: microseconds since 2000. result: NaN for none. quality: ASCII codes.
    """

    datastream: NDArray[np.int32]
    at: NDArray[np.int64]
    result: NDArray[np.float64]
    quality: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.datastream)

    def where(self, chosen: "NDArray[np.bool_] | NDArray[np.intp]") -> "Readings":
        """Return the chosen ones: those that are true, or those at these places."""
        return Readings(self.datastream[chosen], self.at[chosen], self.result[chosen], self.quality[chosen])
