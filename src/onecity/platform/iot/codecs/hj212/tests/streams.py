"""Streams for the framer."""

from itertools import pairwise

from onecity.platform.iot.codecs.hj212.framing import LONGEST_SEGMENT, Frame, Framer
from onecity.platform.iot.codecs.hj212.reasons import BadFrame
from onecity.platform.iot.codecs.hj212.tests.vectors import SET_INTERVAL

FRAME = SET_INTERVAL.frame + b"\r\n"


EXPECTED = Frame(SET_INTERVAL.segment, SET_INTERVAL.crc)


def run(stream: bytes, *, cuts: tuple[int, ...] = (), longest: int = LONGEST_SEGMENT) -> list[Frame | BadFrame]:
    """Feed a stream cut at these places, then settle."""
    framer = Framer(longest=longest)
    places = [0, *sorted(cuts), len(stream)]
    found = [thing for begin, end in pairwise(places) for thing in framer.feed(stream[begin:end])]
    return found + framer.settle()


def each_byte(stream: bytes) -> tuple[int, ...]:
    return tuple(range(1, len(stream)))
