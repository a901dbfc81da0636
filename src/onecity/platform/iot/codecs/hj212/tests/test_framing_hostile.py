"""Hostile streams: nothing is lost, memory is bounded, and work grows no faster than the stream."""

import sys
from types import FrameType
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from onecity.platform.iot.codecs.hj212 import framing
from onecity.platform.iot.codecs.hj212.framing import LONGEST_SEGMENT, Frame, Framer
from onecity.platform.iot.codecs.hj212.reasons import BadFrame
from onecity.platform.iot.codecs.hj212.tests.streams import EXPECTED, FRAME, run


def pieces() -> st.SearchStrategy[bytes]:
    """What a hostile or unlucky line may bring."""
    hostile = [
        b"#",
        b"##",
        b"##0000",
        b"##0002",
        b"##0998",
        b"##1024",
        b"##9999",
        b"\r",
        b"\n",
        b"\r\n",
        b"a" * 70,
        FRAME,
    ]
    return st.sampled_from(hostile) | st.binary(max_size=30) | st.just(FRAME[:-2])


@given(st.lists(pieces(), max_size=30), st.data())
@example([b"##0002##0002\r\n"], None)
def test_stream_is_kept_whole_however_it_is_cut(parts: list[bytes], data: st.DataObject | None) -> None:
    """Each byte comes out once and in order; only blanks between packets may be missing."""
    stream = b"".join(parts)
    cuts = tuple(data.draw(st.lists(st.integers(0, len(stream)), max_size=20))) if data else ()
    found = run(stream, cuts=cuts)
    place = 0
    for thing in found:
        begin = stream.index(thing.raw, place)
        assert stream[place:begin].strip(b"\r\n \t") == b""
        place = begin + len(thing.raw)
    assert stream[place:].strip(b"\r\n \t") == b""


@given(st.lists(st.binary(max_size=40).filter(lambda part: b"#" not in part) | st.just(FRAME), max_size=20), st.data())
def test_whole_frames_are_found_among_rubbish_however_the_stream_is_cut(
    parts: list[bytes], data: st.DataObject
) -> None:
    stream = b"\n".join(parts)
    cuts = tuple(data.draw(st.lists(st.integers(0, len(stream)), max_size=20)))
    assert run(stream, cuts=cuts).count(EXPECTED) == parts.count(FRAME)


@given(st.lists(pieces(), max_size=40), st.integers(1, 200))
def test_memory_is_bounded(parts: list[bytes], size: int) -> None:
    framer = Framer()
    stream = b"".join(parts)
    for begin in range(0, len(stream), size):
        for thing in framer.feed(stream[begin : begin + size]):
            assert len(thing.raw) <= LONGEST_SEGMENT + 12
        assert framer.held <= LONGEST_SEGMENT + 12 + 1024


class Counting(Framer):
    """Counts the bytes that the framer goes through."""

    scanned = 0

    def _scan(self, buffer: bytes, *, final: bool) -> list[Frame | BadFrame]:
        self.scanned += len(buffer)
        return super()._scan(buffer, final=final)


def work(stream: bytes, *, size: int) -> tuple[int, int]:
    """Return lines of Python executed in the framer, and bytes gone through, to feed a stream in pieces."""
    framer = Counting()
    lines = 0

    def count(frame: FrameType, event: str, _: Any) -> Any:  # the interpreter's own signature
        nonlocal lines
        if frame.f_code.co_filename != framing.__file__:
            return None
        lines += event == "line"
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        for begin in range(0, len(stream), size):
            framer.feed(stream[begin : begin + size])
    finally:
        sys.settrace(before)
    return lines, framer.scanned


@pytest.mark.parametrize("size", [1, 7, 512, 4096])
@pytest.mark.parametrize(
    "unit", [b"#", b"a", b"\r\n", b"##0000", b"##0002", b"##0998", b"##1024", b"##9999", b"#0", b"##10x", FRAME]
)
def test_work_grows_no_faster_than_the_stream(unit: bytes, size: int) -> None:
    """Twice the stream costs at most a little more than twice the work, counted in lines and bytes, not in time."""
    once = work((unit * 8192)[:8192], size=size)
    twice = work((unit * 16384)[:16384], size=size)
    assert twice[0] <= 2.2 * once[0] + 200
    assert twice[1] <= 2.2 * once[1] + 2 * 8192


@pytest.mark.parametrize("unit", [b"#", b"a", b"\r\n", b"##0000", b"##9999", FRAME])
def test_dripping_byte_by_byte_costs_a_constant_for_each_byte(unit: bytes) -> None:
    lines, scanned = work((unit * 8192)[:8192], size=1)
    assert lines <= 60 * 8192
    assert scanned <= 8 * 8192
