"""One cutter for three protocols: whole frames are found however the stream is cut, and memory is bounded."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.platform.iot.codecs import cjt188, dlt645, sl651
from onecity.platform.iot.codecs.cutting import Cutter
from onecity.platform.iot.codecs.faults import Fault
from onecity.platform.iot.codecs.tests.streams import run, whole

DLT645 = bytes.fromhex("6861010000000068910833333433593333338A16")
CJT188 = bytes.fromhex("68104433221100337881161F9000007766552C007766552C3101221105152021841316")
SL651 = bytes.fromhex("7E7E01001234567812342F0008020003591011155111036BCA")
CASES = [(dlt645.cutter, DLT645), (cjt188.cutter, CJT188), (sl651.cutter, SL651)]
each = pytest.mark.parametrize(("make", "frame"), CASES, ids=["dlt645", "cjt188", "sl651"])
Make = Callable[[], Cutter]


@each
@given(data=st.data())
def test_frames_are_found_among_rubbish_however_the_stream_is_cut(
    make: Make, frame: bytes, data: st.DataObject
) -> None:
    harmless = st.binary(max_size=40).map(lambda part: part.translate(None, b"\x01\x68\x7e"))
    parts = data.draw(st.lists(harmless | st.just(frame), max_size=12))
    stream = b"".join(parts)
    cuts = data.draw(st.lists(st.integers(0, len(stream)), max_size=12))
    assert whole(run(make, stream, cuts=cuts)) == [part for part in parts if part == frame]


@each
@given(data=st.data())
def test_nothing_of_a_stream_is_lost_but_fillers(make: Make, frame: bytes, data: st.DataObject) -> None:
    hostile = st.sampled_from([b"\x68", b"\x7e", b"\x7e\x7e", b"\x01", b"\x68" * 9, frame[:-1], frame[3:], frame])
    stream = b"".join(data.draw(st.lists(hostile | st.binary(max_size=20), max_size=20)))
    cuts = data.draw(st.lists(st.integers(0, len(stream)), max_size=12))
    place = 0
    for piece in run(make, stream, cuts=cuts):
        begin = stream.index(piece.raw, place)
        assert stream[place:begin].strip(b"\xfe\r\n\0") == b""
        place = begin + len(piece.raw)
    assert stream[place:].strip(b"\xfe\r\n\0") == b""


@each
@pytest.mark.parametrize("unit", [b"\x68", b"\x7e", b"\x01", b"\xfe", b"a", b"\x01" + b"0" * 18])
def test_memory_is_bounded(make: Make, frame: bytes, unit: bytes) -> None:
    cutter = make()
    for _ in range(400):
        for piece in cutter.feed(unit * 50 + frame[:-2]):
            assert len(piece.raw) <= 5200
        assert cutter.held <= 5200


@each
def test_frame_comes_byte_by_byte(make: Make, frame: bytes) -> None:
    assert whole(run(make, frame, cuts=range(len(frame)))) == [frame]


@each
def test_frame_behind_a_torn_one_is_found(make: Make, frame: bytes) -> None:
    found = run(make, frame[:-3] + frame)
    assert whole(found) == [frame]
    assert found[0].raw == frame[:-3]


@each
def test_unfinished_frame_is_told_when_the_line_ends(make: Make, frame: bytes) -> None:
    (piece,) = run(make, frame[:-1])
    assert (piece.raw, piece.fault) == (frame[:-1], Fault.TRUNCATED)


@each
def test_every_flipped_bit_is_noticed(make: Make, frame: bytes) -> None:
    for place in range(8 * len(frame)):
        spoilt = bytearray(frame)
        spoilt[place // 8] ^= 1 << place % 8
        assert frame not in whole(run(make, bytes(spoilt)))
