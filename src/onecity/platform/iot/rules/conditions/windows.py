"""What each function gives, for every device at every instant at once: windows over readings sorted by device and time.

A window of length w at instant t holds the readings with t − w < phenomenon time ≤ t. Sums run over a window's own
readings alone, so that a value never depends on what was read together with it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from onecity.platform.iot.rules.instants import SECOND

Instants = NDArray[np.int64]
Given = tuple[NDArray[np.float64] | NDArray[np.int64] | NDArray[np.bool_], NDArray[np.bool_]]
_MINUTE: Final = 60 * SECOND


@dataclass(frozen=True, slots=True)
class Track:
    """Readings of one property of many devices. row: place of the device, ascending; at: ascending within a row.

    Only readings that may be judged, with a number. rows: how many devices there are.
    """

    rows: int
    row: NDArray[np.int64]
    at: Instants
    value: NDArray[np.float64]


def given(track: Track, function: str, *, window: int, instants: Instants) -> Given:
    """Return a function's values and whether there is one, rows × instants. instants: ascending.

    Readings later than an instant do not count for it.
    """
    first, end = _bounds(track, window, instants)
    number = end - first
    if function in {"count", "seen"}:
        return (number if function == "count" else number > 0), np.ones(number.shape, np.bool_)
    return _FUNCTIONS[function](track, first, end, instants)


def _bounds(track: Track, window: int, instants: Instants) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return for each device and instant the place of the window's first reading and that behind its last."""
    shape = (track.rows, len(instants))
    if not len(track.at) or not len(instants):
        return np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    base = min(int(track.at.min()), int(instants[0])) - window - 1
    span = max(int(track.at.max()), int(instants[-1])) - base + 2
    keys = track.row * span + (track.at - base)
    starts = (np.arange(track.rows, dtype=np.int64) * span)[:, None]
    end = np.searchsorted(keys, starts + (instants - base)[None, :], side="right")
    first = np.searchsorted(keys, starts + (instants - window - base)[None, :], side="right")
    return first, end


def _newest(track: Track, first: NDArray[np.int64], end: NDArray[np.int64], _: Instants) -> Given:
    return _at(track.value, end - 1, end > first), end > first


def _age(track: Track, first: NDArray[np.int64], end: NDArray[np.int64], instants: Instants) -> Given:
    there = end > first
    return np.where(there, instants[None, :] - _at(track.at, end - 1, there), 0), there


def _change(track: Track, first: NDArray[np.int64], end: NDArray[np.int64], _: Instants) -> Given:
    there = end - first > 1
    return _at(track.value, end - 1, there) - _at(track.value, first, there), there


def _rate(track: Track, first: NDArray[np.int64], end: NDArray[np.int64], instants: Instants) -> Given:
    change, there = _change(track, first, end, instants)
    minutes = (_at(track.at, end - 1, there) - _at(track.at, first, there)) / _MINUTE
    return np.where(there, change / np.where(there, minutes, 1.0), 0.0), there


def _reduced(
    reduce: Callable[[NDArray[np.float64], NDArray[np.int64]], NDArray[np.float64]],
) -> Callable[[Track, NDArray[np.int64], NDArray[np.int64], Instants], Given]:
    def values(track: Track, first: NDArray[np.int64], end: NDArray[np.int64], _: Instants) -> Given:
        there = end > first
        found = np.zeros(first.shape, np.float64)
        if there.any():
            pairs = np.stack([first[there], end[there]], axis=1).ravel()
            padded = np.append(track.value, 0.0)  # a window may end with the last reading
            found[there] = reduce(padded, pairs)[::2]
        return found, there

    return values


def _mean(track: Track, first: NDArray[np.int64], end: NDArray[np.int64], instants: Instants) -> Given:
    total, there = _FUNCTIONS["sum"](track, first, end, instants)
    return total / np.where(there, end - first, 1), there


def _at(values: NDArray[Any], places: NDArray[np.int64], there: NDArray[np.bool_]) -> NDArray[Any]:
    """Return the values at some places; any value where there is none."""
    if not len(values):
        return np.zeros(places.shape, values.dtype)
    return values[np.where(there, places, 0)]


_FUNCTIONS: Final[Mapping[str, Callable[[Track, NDArray[np.int64], NDArray[np.int64], Instants], Given]]] = {
    "last": _newest,
    "age": _age,
    "change": _change,
    "rate": _rate,
    "mean": _mean,
    "sum": _reduced(np.add.reduceat),
    "min": _reduced(np.minimum.reduceat),
    "max": _reduced(np.maximum.reduceat),
}
