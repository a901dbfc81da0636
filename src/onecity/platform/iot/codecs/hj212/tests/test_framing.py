"""The framer: torn, repeated and hostile streams."""

import pytest

from onecity.platform.iot.codecs.hj212 import framing
from onecity.platform.iot.codecs.hj212.checksum import crc16
from onecity.platform.iot.codecs.hj212.framing import Frame, Framer
from onecity.platform.iot.codecs.hj212.reasons import SENTENCES, BadFrame, Reason
from onecity.platform.iot.codecs.hj212.tests.streams import EXPECTED, FRAME, each_byte, run
from onecity.platform.iot.codecs.hj212.tests.vectors import RIGHT, SET_INTERVAL, Vector


@pytest.mark.parametrize("vector", RIGHT)
def test_vector_is_found_whole_and_byte_by_byte(vector: Vector) -> None:
    stream = vector.frame + b"\r\n"
    expected = [Frame(vector.segment, vector.crc)]
    assert run(stream) == expected
    assert run(stream, cuts=each_byte(stream)) == expected
    assert Framer().feed(stream) == expected


@pytest.mark.parametrize("vector", RIGHT)
def test_two_frames_in_one_write_are_two(vector: Vector) -> None:
    stream = vector.frame + b"\r\n" + FRAME
    assert Framer().feed(stream) == [Frame(vector.segment, vector.crc), EXPECTED]


@pytest.mark.parametrize("vector", RIGHT)
@pytest.mark.parametrize("rubbish", [b"\x00\xff", b"#", b"AT+CSQ\r\n", b"##", b"##12", b"##00x1"])
def test_frame_after_rubbish_is_found(vector: Vector, rubbish: bytes) -> None:
    found = run(rubbish + vector.frame + b"\r\n")
    assert found[-1] == Frame(vector.segment, vector.crc)
    assert isinstance(found[0], BadFrame)
    assert found[0].raw == rubbish


def test_raw_bytes_of_a_frame_are_those_sent() -> None:
    (found,) = run(FRAME)
    assert found.raw == FRAME


@pytest.mark.parametrize("tail", [b"", b"\r", b"\n", b"\r\n"])
def test_missing_tail_is_accepted_before_the_next_header(tail: bytes) -> None:
    stream = SET_INTERVAL.frame + tail + FRAME
    expected = [EXPECTED._replace(tail=tail), EXPECTED]
    assert run(stream) == expected
    assert run(stream, cuts=each_byte(stream)) == expected


@pytest.mark.parametrize("tail", [b"", b"\r", b"\n"])
def test_missing_tail_is_accepted_when_the_stream_is_idle(tail: bytes) -> None:
    framer = Framer()
    assert framer.feed(SET_INTERVAL.frame + tail) == []
    assert framer.settle() == [EXPECTED._replace(tail=tail)]
    assert framer.held == 0


@pytest.mark.parametrize("tail", [b"#", b"\r#"])
def test_half_a_header_after_a_missing_tail_is_told_apart(tail: bytes) -> None:
    assert run(SET_INTERVAL.frame + tail) == [EXPECTED._replace(tail=tail[:-1]), BadFrame(b"#", Reason.NO_HEADER)]


@pytest.mark.parametrize("blank", [b"\r\n", b"\n", b" \t", b"\r\n\r\n"])
def test_blanks_between_frames_are_no_rubbish(blank: bytes) -> None:
    assert run(FRAME + blank + FRAME + blank) == [EXPECTED, EXPECTED]


def test_stray_hash_before_the_header_does_not_hide_it() -> None:
    assert run(b"#" + FRAME) == [BadFrame(b"#", Reason.NO_HEADER), EXPECTED]


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (b"no header here", Reason.NO_HEADER),
        (b"##01x1QN=1;", Reason.NO_LENGTH),
        (b"##1025" + b"x" * 100, Reason.TOO_LONG),
        (b"##0099" + FRAME[6:], Reason.NO_TAIL),
        (b"##0104" + FRAME[6:], Reason.NO_TAIL),
        (FRAME[:-2] + b"\n\r", Reason.NO_TAIL),
        (FRAME[:-2] + b"\rX", Reason.NO_TAIL),
    ],
)
def test_broken_frame_is_reported_with_its_reason_and_the_next_is_found(broken: bytes, reason: Reason) -> None:
    assert run(broken + FRAME) == [BadFrame(broken, reason), EXPECTED]


def test_half_a_frame_at_the_end_is_reported() -> None:
    assert run(FRAME + FRAME[:50]) == [EXPECTED, BadFrame(FRAME[:50], Reason.TRUNCATED)]


def test_broken_frames_in_a_row_are_reported_one_by_one() -> None:
    wrong = b"##0100" + FRAME[6:]
    assert run(wrong + wrong + FRAME) == [BadFrame(wrong, Reason.NO_TAIL), BadFrame(wrong, Reason.NO_TAIL), EXPECTED]


def test_short_failures_in_a_row_are_told_as_one_with_the_first_reason() -> None:
    assert run(b"##9999##0000xxxxxx" + FRAME) == [BadFrame(b"##9999##0000xxxxxx", Reason.TOO_LONG), EXPECTED]


def test_torn_frame_does_not_swallow_those_behind_it() -> None:
    torn = b"##%04d%b" % (20 + len(FRAME) - 6, b"x" * 20)
    assert run(torn + FRAME + FRAME) == [BadFrame(torn, Reason.CRC_MISMATCH), EXPECTED, EXPECTED]


def test_hash_within_a_right_frame_is_content() -> None:
    segment = b"ST=22;CN=3020;PW=1;MN=1;CP=&&i11001-Info=//##0012//&&"
    frame = framing.Frame(segment, b"%04X" % crc16(segment))
    assert run(frame.raw) == [frame]


def test_longest_segment_is_accepted_and_one_byte_more_is_not() -> None:
    longest = Frame(b"x" * 1024, b"0000")
    longer = Frame(b"x" * 1025, b"0000")
    assert run(longest.raw) == [longest]
    assert next(thing.reason for thing in run(longer.raw) if isinstance(thing, BadFrame)) is Reason.TOO_LONG
    assert run(longer.raw, longest=2048) == [longer]


def test_empty_write_changes_nothing() -> None:
    framer = Framer()
    for _ in range(3):
        assert framer.feed(b"") == []
    assert framer.feed(FRAME[:60]) + framer.feed(b"") + framer.feed(FRAME[60:]) == [EXPECTED]


def test_framer_goes_on_after_settling() -> None:
    framer = Framer()
    framer.feed(FRAME[:30])
    framer.settle()
    assert framer.feed(FRAME) == [EXPECTED]


def test_every_reason_has_a_chinese_sentence() -> None:
    assert SENTENCES.keys() == set(Reason)
    assert BadFrame(b"", Reason.CRC_MISMATCH).sentence == "CRC校验不一致"
