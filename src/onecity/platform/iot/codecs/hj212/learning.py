"""What the batch decoder has learned from uploads: heads, layouts and streams, each within a bound."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from onecity.platform.iot.codecs.hj212.answers import Head, head_of
from onecity.platform.iot.codecs.hj212.decoding import decode_segment
from onecity.platform.iot.codecs.hj212.layouts import Layout, layout_of, skeleton
from onecity.platform.iot.codecs.hj212.packet import Packet
from onecity.platform.iot.codecs.hj212.reasons import Reason

FAST_COMMANDS: Final = frozenset({"2011", "2031", "2051", "2061"})
TIME_KEY: Final = b"DataTime="
QN_KEY: Final = b"QN="
QN_DIGITS: Final = slice(3, 20)
QN_SIZE: Final = 20  # QN= and 17 digits
_TIME: Final = re.compile(rb"[0-9]{14};")
_PLAIN_HEAD: Final = re.compile(rb"[!-%'-~]+;CP=&&")
# House rules: compiling a pattern takes as long as reading a hundred packets the fast way, learning a head as ten.
_PATTERNS_AT_ONCE: Final = 16
_HEADS_AT_ONCE: Final = 512
_PLANS_OF_HEAD: Final = 8

Match = Callable[[bytes, int], "re.Match[bytes] | None"]


class Stream(NamedTuple):
    """What one series of values is: device, command (which tells the period), factor and kind."""

    mn: str
    cn: str
    factor: str
    kind: str


class Plan(NamedTuple):
    """A layout as one head uses it. streams: int32 each, in the machine's order of bytes."""

    match: Match
    layout: Layout
    streams: bytes


@dataclass(slots=True)
class Known:
    """A head and its plans, the one used last in front."""

    head: Head
    plans: list[Plan]

    def match_another(self, segment: bytes, start: int) -> "tuple[Plan, re.Match[bytes]] | None":
        """Try the plans after the first; the one that matches moves to the front."""
        for place, plan in enumerate(self.plans[1:], start=1):
            match = plan.match(segment, start)
            if match is not None:
                self.plans.insert(0, self.plans.pop(place))
                return plan, match
        return None


class Learned:
    """Heads by their bytes, layouts by their skeleton, streams by number. Streams keep their numbers for good."""

    def __init__(self, *, most_streams: int, most_heads: int, most_layouts: int) -> None:
        self._most_streams = most_streams
        self._most_heads = most_heads
        self._most_layouts = most_layouts
        self.heads: dict[bytes, Known] = {}
        self.streams: list[Stream] = []
        self._numbers: dict[Stream, int] = {}
        self._layouts: dict[bytes, Layout] = {}

    @property
    def full(self) -> bool:
        """Say whether a bound is reached."""
        return (
            len(self.heads) >= self._most_heads
            or len(self._layouts) >= self._most_layouts
            or len(self.streams) >= self._most_streams
        )

    def learn(self, segments: Iterable[bytes]) -> None:
        """Learn from segments with a right CRC that could not be read the fast way; not from all of them at once."""
        heads_left, layouts_before = _HEADS_AT_ONCE, len(self._layouts)
        for segment in segments:
            if heads_left == 0 or len(self._layouts) - layouts_before == _PATTERNS_AT_ONCE:
                return
            key, shape = _head_and_shape(segment)
            if shape is not None and self._is_new(key, shape):
                heads_left -= 1
                self._take(key, shape, decode_segment(segment))

    def _is_new(self, key: bytes, shape: bytes) -> bool:
        known, layout = self.heads.get(key), self._layouts.get(shape)
        return known is None or layout is None or all(plan.layout is not layout for plan in known.plans)

    def _take(self, key: bytes, shape: bytes, packet: Packet | Reason) -> None:
        if isinstance(packet, Reason) or packet.cn not in FAST_COMMANDS or packet.pno is not None or self.full:
            return
        layout = self._layouts.get(shape) or layout_of(shape, packet=packet)
        if layout is None or len(self.streams) + len(layout.measured) > self._most_streams:
            return
        self._layouts[shape] = layout
        numbers = [self._number(Stream(packet.mn, packet.cn, factor, kind)) for factor, kind in layout.measured]
        known = self.heads.setdefault(key, Known(head_of(packet), []))
        known.plans.insert(0, Plan(layout.pattern.fullmatch, layout, np.array(numbers, np.int32).tobytes()))
        del known.plans[_PLANS_OF_HEAD:]

    def _number(self, stream: Stream) -> int:
        number = self._numbers.setdefault(stream, len(self.streams))
        if number == len(self.streams):
            self.streams.append(stream)
        return number


def _head_and_shape(segment: bytes) -> tuple[bytes, bytes | None]:
    """Return the head's bytes without a QN in front, and the data area's skeleton; None if either is not plain."""
    cut = segment.find(TIME_KEY)
    key = segment[:cut]
    if segment.startswith(QN_KEY) and segment[QN_DIGITS].isdigit():
        key = segment[QN_SIZE:cut]
    time = _TIME.match(segment, cut + len(TIME_KEY))
    plain = cut >= 0 and _PLAIN_HEAD.fullmatch(key) and QN_KEY not in key
    if not plain or time is None or not segment.endswith(b"&&"):
        return key, None
    return key, skeleton(segment[time.end() : -2])
