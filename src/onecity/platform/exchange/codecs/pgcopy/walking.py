"""Cuts a stream of binary COPY into rows and fields.

    header: PGCOPY\\n\\377\\r\\n\\0 · int32 flags · int32 length of the rest of the header
    row:    int16 number of fields · per field: int32 length (-1: null) · so many bytes
    end:    int16 -1

All numbers have their highest byte first. Every place where a row could begin (the two bytes of the number of fields)
is walked at the same time; false ones die at an impossible length. What is left is proved: each row ends where the next
one begins, and the first begins at the beginning, so none can be false. If false ones are left, the chain is followed.
"""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from onecity.platform.exchange.rules.hashing import PADDING, Octets, Places

HEADER: Final = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
TRAILER: Final = b"\xff\xff"
_FIXED: Final = len(HEADER)


class Torn(ValueError):
    """The bytes are no binary COPY of so many columns."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Complete rows in a buffer.

    octets: the buffer, PADDING bytes longer than its content; starts, ends: n, first byte and byte after the last of
    each row; offsets, lengths: columns × n, first byte of each field and its length, -1 for null; known: numerics that
    have been read, by column and scale.
    """

    octets: Octets
    starts: Places
    ends: Places
    offsets: npt.NDArray[np.int64]
    lengths: npt.NDArray[np.int64]
    known: dict[tuple[int, int], npt.NDArray[np.int64]] = field(default_factory=dict, repr=False, compare=False)

    def __len__(self) -> int:
        return len(self.starts)

    def slice(self, first: int, last: int) -> "Rows":
        """Return the rows from `first` up to `last`, over the same buffer."""
        part = slice(first, last)
        return Rows(
            self.octets, self.starts[part], self.ends[part], self.offsets[:, part], self.lengths[:, part],
        )  # fmt: skip

    def pick(self, rows: Places) -> "Rows":
        """Return some rows by their index, over the same buffer."""
        return Rows(
            self.octets, self.starts[rows], self.ends[rows], self.offsets[:, rows], self.lengths[:, rows],
        )  # fmt: skip


def body_of(head: bytes) -> int | None:
    """Return where the rows begin in a stream, or None while there is too little of it. Raises: Torn."""
    if head[: len(HEADER) - 8] != HEADER[: min(len(head), len(HEADER) - 8)]:
        raise Torn("no header of binary COPY")
    if len(head) < _FIXED:
        return None
    begin = _FIXED + int.from_bytes(head[_FIXED - 4 : _FIXED], "big")
    return begin if len(head) >= begin else None


def walk(octets: Octets, *, size: int, columns: int) -> Rows:
    """Return all complete rows of a buffer whose first byte is the first of a row.

    size: bytes of content; the buffer is at least PADDING longer. columns: fields of each row, at least one.
    Raises: Torn if what follows the last complete row can be neither the beginning of a row nor the end.
    """
    starts = _candidates(octets, size=size, columns=columns)
    offsets = np.empty((columns, len(starts)), np.int64)
    lengths = np.empty((columns, len(starts)), np.int64)
    numbers = np.ndarray((len(octets) - 3,), ">i4", octets, strides=(1,))
    alive = np.ones(len(starts), bool)
    place = starts + 2
    for column in range(columns):
        np.minimum(place, size, out=place)  # a row that is not complete runs against the end, and dies there
        length, offset = lengths[column], offsets[column]
        length[...] = numbers[place]
        np.add(place, 4, out=offset)
        if len(length) and length.min() >= 0:
            np.add(offset, length, out=place)
        else:
            alive &= length >= -1
            np.add(offset, np.maximum(length, 0), out=place)
    alive &= place <= size
    found = _proved(Rows(octets, starts, place, offsets, lengths), alive)
    _check_rest(octets, begin=int(found.ends[-1]) if len(found) else 0, size=size, columns=columns)
    return found


def _candidates(octets: Octets, *, size: int, columns: int) -> Places:
    high, low = columns >> 8, columns & 0xFF
    return np.flatnonzero((octets[: max(size - 1, 0)] == high) & (octets[1 : max(size, 1)] == low))


def _proved(rows: Rows, alive: npt.NDArray[np.bool_]) -> Rows:
    found = rows if alive.all() else rows.pick(np.flatnonzero(alive))
    if not len(found) or found.starts[0] != 0:
        return found.slice(0, 0)
    if np.array_equal(found.ends[:-1], found.starts[1:]):
        return found
    return found.pick(_chain(found))


def _chain(rows: Rows) -> Places:
    """Follow the rows from the first: the walk for buffers in which a field looks like a row."""
    following = np.searchsorted(rows.starts, rows.ends).tolist()
    starts, ends = rows.starts.tolist(), rows.ends.tolist()
    chain = [0]
    while (after := following[chain[-1]]) < len(starts) and starts[after] == ends[chain[-1]]:
        chain.append(after)
    return np.array(chain, np.int64)


def _check_rest(octets: Octets, *, begin: int, size: int, columns: int) -> None:
    rest = octets[begin : min(begin + 2, size)].tobytes()
    if len(rest) == 2 and rest not in {TRAILER, columns.to_bytes(2, "big")}:
        raise Torn(f"byte {begin} begins neither a row of {columns} fields nor the end")


def padded(*parts: bytes | memoryview | Octets) -> Octets:
    """Return the parts one after the other in a buffer with PADDING bytes behind them."""
    views = [np.frombuffer(part, np.uint8) for part in parts]
    found = np.empty(sum(map(len, views)) + PADDING, np.uint8)
    found[-PADDING:] = 0
    place = 0
    for view in views:
        found[place : place + len(view)] = view
        place += len(view)
    return found
