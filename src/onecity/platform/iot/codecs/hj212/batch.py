"""Reads the uploads of many connections at once, ready for a binary COPY.

The fast way knows the heads (everything before the data area but the QN) and the layouts it has seen: one look-up and
one pattern match read a packet. What it accepts, it reads exactly as `decode` and `readings` would; all else it hands
back to be decoded singly, and learns from it.

    QN=20160801085857223 ;ST=22;CN=2011;PW=123456;MN=…;Flag=5;CP=&& DataTime= 20160801085857;a21026-Rtd=12.3,…&&
    |QN, any             |head: looked up                           |         |layout: matched
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from onecity.platform.iot.codecs.hj212.answers import Head
from onecity.platform.iot.codecs.hj212.checksum import crc16_batch, crc_values
from onecity.platform.iot.codecs.hj212.framing import Frame
from onecity.platform.iot.codecs.hj212.learning import QN_DIGITS, QN_KEY, QN_SIZE, TIME_KEY, Known, Learned, Stream
from onecity.platform.iot.codecs.hj212.reasons import BadFrame, Reason
from onecity.platform.iot.codecs.hj212.times import instant, microseconds

_INSTANTS_KEPT: Final = 100_000
_NO_FLAG: Final = (b"\0",)


@dataclass(frozen=True, slots=True)
class ReadingBatch:
    """What came of a batch of frames.

    Per accepted frame: accepted (its index in the batch), uploads (head and QN, empty if none; what `data_answers`
    takes), counts (how many readings).
    Per reading, in the frames' order: stream (index into the decoder's `streams`), at (µs since 2000-01-01 UTC), value,
    flag (the data flag's ASCII code; 0 for none).
    slow: indices of frames with a right CRC, to be decoded singly. bad: index and reason of the others.
    """

    accepted: list[int]
    uploads: list[tuple[Head, bytes]]
    counts: NDArray[np.int32]
    stream: NDArray[np.int32]
    at: NDArray[np.int64]
    value: NDArray[np.float64]
    flag: NDArray[np.uint8]
    slow: list[int]
    bad: list[tuple[int, BadFrame]]


@dataclass(slots=True)
class _Columns:
    """The columns of a batch while it is read."""

    accepted: list[int] = field(default_factory=list)
    uploads: list[tuple[Head, bytes]] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    streams: list[bytes] = field(default_factory=list)
    times: list[int] = field(default_factory=list)
    values: list[bytes] = field(default_factory=list)
    flags: list[bytes] = field(default_factory=list)

    def finish(self, *, slow: list[int], bad: list[tuple[int, BadFrame]]) -> ReadingBatch:
        counts = np.array(self.counts, np.int32)
        # A value in plain form is also plain JSON; this reader is five times as fast as float(), with equal results.
        values = msgspec.json.decode(b"[%b]" % b",".join(self.values), type=list[float])
        return ReadingBatch(
            accepted=self.accepted,
            uploads=self.uploads,
            counts=counts,
            stream=np.frombuffer(b"".join(self.streams), np.int32),
            at=np.repeat(np.array(self.times, np.int64), counts),
            value=np.array(values, np.float64) + 0.0,  # no negative zero, as in packet.number
            flag=np.frombuffer(b"".join(self.flags), np.uint8),
            slow=slow,
            bad=bad,
        )


class BatchDecoder:
    """Keeps what it has learned from batch to batch; one for each process. Not for several threads at once.

    most_streams, most_heads, most_layouts: bounds of what it learns. Beyond them everything still works, the slow way,
    and `full` tells the owner that it is time to `forget`.
    """

    def __init__(self, *, most_streams: int = 1_000_000, most_heads: int = 65_536, most_layouts: int = 1_024) -> None:
        self._bounds = {"most_streams": most_streams, "most_heads": most_heads, "most_layouts": most_layouts}
        self._instants: dict[bytes, int] = {}
        self.forget()

    def forget(self) -> None:
        """Forget all heads, layouts and streams; the numbers of streams begin at 0 again."""
        self._learned = Learned(**self._bounds)

    @property
    def streams(self) -> Sequence[Stream]:
        """All streams seen, by number; grows until `forget`. Keep identifiers of your own in an array beside it."""
        return self._learned.streams

    @property
    def full(self) -> bool:
        """Say whether a bound is reached, so that new devices go the slow way for good."""
        return self._learned.full

    def decode_batch(self, frames: Sequence[Frame]) -> ReadingBatch:
        """Read many frames, of any connections, in any order. Never raises, whatever devices send."""
        bad = _refused(frames)
        refused = {index for index, _ in bad}
        columns = _Columns()
        slow = [
            index
            for index, frame in enumerate(frames)
            if index not in refused and not self._accept(columns, index, frame.segment)
        ]
        self._learned.learn(frames[index].segment for index in slow)
        return columns.finish(slow=slow, bad=bad)

    def _accept(self, columns: _Columns, index: int, segment: bytes) -> bool:
        """Read one segment the fast way; say whether that was possible."""
        cut = segment.find(TIME_KEY)
        qn, known = self._head(segment, cut)
        if known is None:
            return False
        plan = known.plans[0]
        start = cut + len(TIME_KEY)
        match = plan.match(segment, start)
        if match is None:
            another = known.match_another(segment, start)
            if another is None:
                return False
            plan, match = another
        groups: tuple[bytes, ...] = match.groups()
        at = self._instants.get(groups[0]) or self._read_instant(groups[0])
        if at is None:
            return False
        layout = plan.layout
        groups += _NO_FLAG
        columns.accepted.append(index)
        columns.uploads.append((known.head, qn))
        columns.counts.append(len(layout.measured))
        columns.streams.append(plan.streams)
        columns.times.append(at)
        columns.values += layout.values(groups)
        columns.flags += layout.flags(groups)
        return True

    def _head(self, segment: bytes, cut: int) -> tuple[bytes, Known | None]:
        """Return the QN (empty if there is none in front) and what is known of the head."""
        qn = segment[QN_DIGITS]
        if segment.startswith(QN_KEY) and qn.isdigit():
            return qn, self._learned.heads.get(segment[QN_SIZE:cut])
        return b"", self._learned.heads.get(segment[:cut])

    def _read_instant(self, digits: bytes) -> int | None:
        at = instant(digits.decode())
        if at is None:
            return None
        if len(self._instants) >= _INSTANTS_KEPT:
            self._instants.clear()
        self._instants[digits] = microseconds(at)
        return self._instants[digits]


def _refused(frames: Sequence[Frame]) -> list[tuple[int, BadFrame]]:
    """Check the CRC of all frames; return index and reason of those that fail."""
    announced = crc_values([frame.crc for frame in frames])
    wrong = np.flatnonzero(announced != crc16_batch([frame.segment for frame in frames])).tolist()
    reasons = [Reason.CRC_NOT_HEX if announced[index] < 0 else Reason.CRC_MISMATCH for index in wrong]
    return [(index, BadFrame(frames[index].raw, reason)) for index, reason in zip(wrong, reasons, strict=True)]
