"""Reading one packet: the vectors, the tolerance, and the refusals."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.platform.iot.codecs.hj212.decoding import decode, decode_segment
from onecity.platform.iot.codecs.hj212.editions import Edition
from onecity.platform.iot.codecs.hj212.framing import Frame, Framer
from onecity.platform.iot.codecs.hj212.packet import Packet, SubValue, number
from onecity.platform.iot.codecs.hj212.reasons import BadFrame, Reason
from onecity.platform.iot.codecs.hj212.tests import vectors
from onecity.platform.iot.codecs.hj212.tests.segments import HEAD, factor, plain, read
from onecity.platform.iot.codecs.hj212.tests.strategies import frame_of


def vector(chosen: vectors.Vector) -> Packet:
    packet = decode(Frame(chosen.segment, chosen.crc))
    assert isinstance(packet, Packet)
    return packet


def test_request_of_appendix_a_is_read() -> None:
    packet = vector(vectors.SET_INTERVAL)
    assert packet == Packet(
        st="32",
        cn="1062",
        mn="010000A8900016F000169DC0",
        pw="100000",
        qn="20160801085857223",
        flag=5,
        items=(plain("RtdInterval", "30"),),
    )
    assert packet.field("RtdInterval") == "30"
    assert packet.answer_wanted
    assert packet.edition is Edition.HJ_2017
    assert packet.sent_at == datetime(2016, 8, 1, 0, 58, 57, 223_000, tzinfo=UTC)


def test_air_upload_is_read() -> None:
    packet = vector(vectors.AIR_REAL_TIME)
    values = {item.name: item.values[0].number for item in packet.items if item.is_factor}
    assert (packet.st, packet.cn, packet.mn, packet.flag) == ("22", "2011", "Y80110010000010", 4)
    assert values == {
        "a21005": 0.0,
        "a21004": 0.0,
        "a21007": 0.033,
        "a21006": 0.036,
        "a21001": 25.4,
        "a21003": 101.94,
        "a21002": 49.2,
    }
    assert {item.text("Flag") for item in packet.items if item.is_factor} == {"N"}
    assert packet.data_at == datetime(2019, 10, 12, 5, 37, 10, tzinfo=UTC)
    assert not packet.answer_wanted


def test_upload_of_2005_is_read() -> None:
    packet = vector(vectors.WATER_2005)
    values = {item.name: item.values[0].number for item in packet.items if item.is_factor}
    assert (packet.qn, packet.flag, packet.edition, packet.sent_at) == (None, None, Edition.HJ_2005, None)
    assert values == {"060": 3.0943, "011": 18.0412, "001": 8.2137, "B01": 10.989}
    assert not packet.answer_wanted


def test_parts_are_read_with_their_numbers() -> None:
    first, second = vector(vectors.PART_1), vector(vectors.PART_2)
    assert [(part.pnum, part.pno, part.flag, part.is_part) for part in (first, second)] == [
        (2, 1, 7, True),
        (2, 2, 7, True),
    ]
    assert first.items[1] == factor("w00000", Cou="63.0", Min="16.4", Avg="17.5", Max="20.1", Flag="N")


@pytest.mark.parametrize(("wrong", "right"), vectors.WRONG)
def test_wrong_published_frame_is_refused_for_its_crc_alone(wrong: vectors.Vector, right: int) -> None:
    assert decode(Frame(wrong.segment, wrong.crc)) == BadFrame(wrong.frame + b"\r\n", Reason.CRC_MISMATCH)
    assert isinstance(decode(Frame(wrong.segment, b"%04X" % right)), Packet)


@pytest.mark.parametrize("vector", vectors.RIGHT)
def test_changed_vector_is_refused(vector: vectors.Vector) -> None:
    changed = vector.segment.replace(b"0", b"1", 1)
    assert decode(Frame(changed, vector.crc)) == BadFrame(Frame(changed, vector.crc).raw, Reason.CRC_MISMATCH)


def test_length_wrong_by_a_byte_or_two_ends_as_a_crc_that_is_none() -> None:
    frame = vectors.SET_INTERVAL.frame + b"\r\n"
    for length in (b"##0102", b"##0103"):
        found = Framer().feed(length + frame[6:] + frame)
        assert [
            thing.reason
            for thing in map(decode, (f for f in found if isinstance(f, Frame)))
            if isinstance(thing, BadFrame)
        ] == [Reason.CRC_NOT_HEX]


@pytest.mark.parametrize(
    ("segment", "reason"),
    [
        (b"", Reason.NO_DATA_AREA),
        (b"ST=22;CN=2011;MN=A1", Reason.NO_DATA_AREA),
        (b"ST=22;CN=2011;MN=A1;CP=&&x=1", Reason.NO_DATA_AREA),
        (b"ST=22;CN=2011;MN=A1;CP=&&&", Reason.NO_DATA_AREA),
        (b"ST=22;CN=2011;MN=A1;CP=&&x=1&&x", Reason.NO_DATA_AREA),
        (b"ST=22;CN=2011;MN=A1;XCP=&&&&", Reason.NO_DATA_AREA),
        (b"CN=2011;MN=A1;CP=&&&&", Reason.NO_SYSTEM),
        (b"ST=;CN=2011;MN=A1;CP=&&&&", Reason.NO_SYSTEM),
        (b"ST=22;MN=A1;CP=&&&&", Reason.NO_COMMAND),
        (b"ST=22;CN=201;MN=A1;CP=&&&&", Reason.NO_COMMAND),
        (b"ST=22;CN=201x;MN=A1;CP=&&&&", Reason.NO_COMMAND),
        (b"ST=22;CN=2011;CP=&&&&", Reason.NO_DEVICE),
        (b"ST=22;CN=2011;MN= ;CP=&&&&", Reason.NO_DEVICE),
        (b"ST=22;CN=2011;MN=A1;Flag=;CP=&&&&", Reason.BAD_FLAG),
        (b"ST=22;CN=2011;MN=A1;Flag=256;CP=&&&&", Reason.BAD_FLAG),
        (b"ST=22;CN=2011;MN=A1;Flag=-1;CP=&&&&", Reason.BAD_FLAG),
        (b"ST=22;CN=2011;MN=A1;Flag=0x5;CP=&&&&", Reason.BAD_FLAG),
        (b"ST=22;CN=2011;MN=A1;PNUM=x;PNO=1;CP=&&&&", Reason.BAD_PART_NUMBER),
        (b"ST=22;CN=2011;MN=A1;PNUM=2;PNO=0;CP=&&&&", Reason.BAD_PART_NUMBER),
        (b"ST=22;CN=2011;MN=A1;PNUM=2;PNO=3;CP=&&&&", Reason.BAD_PART_NUMBER),
        (b"ST=22;CN=2011;MN=A1;CP=&&x=\xd6\xd0&&", Reason.NOT_UTF8),
    ],
)
def test_what_would_have_to_be_guessed_is_refused(segment: bytes, reason: Reason) -> None:
    frame = frame_of(segment)
    assert decode(frame) == BadFrame(frame.raw, reason)
    assert decode_segment(segment) is reason


@pytest.mark.parametrize("crc", [b"    ", b"12G4", b"0x12", b"80\r\n"])
def test_crc_that_is_not_hexadecimal_is_refused(crc: bytes) -> None:
    frame = Frame(b"ST=22;CN=2011;MN=A1;CP=&&&&", crc)
    assert decode(frame) == BadFrame(frame.raw, Reason.CRC_NOT_HEX)


def test_missing_field_is_none() -> None:
    packet = read(f"{HEAD}CP=&&DataTime=yesterday;QnRtn-x=1&&")
    assert (packet.field("QnRtn"), packet.time("SystemTime"), packet.data_at) == (None, None, None)
    assert packet.items[0].text("Rtd") is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(("12.3", 12.3), ("-0.5", -0.5), ("+7", 7.0), ("007.50", 7.5), (".5", 0.5), ("5.", 5.0), ("1.2E-05", 1.2e-05)),
        *(("", None), ("-", None), (".", None), ("NaN", None), ("inf", None), ("1_0", None), ("0x10", None)),
        *(
            ("1e999", None),
            ("1,5", None),
            ("１２", None),
            (" 1", None),
            ("1 ", None),
            ("12.3.4", None),
            ("9" * 400, None),
        ),
    ],
)
def test_number_is_a_plain_decimal(text: str, value: float | None) -> None:
    assert number(text) == value
    assert SubValue("Rtd", text).number == value


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_written_float_is_read(value: float) -> None:
    assert number(repr(value)) == value


def test_zero_has_no_sign() -> None:
    assert [repr(number(text)) for text in ("-0", "-0.0", "-.0", "-0e5")] == ["0.0"] * 4


@given(st.binary(max_size=200))
def test_any_segment_is_read_or_refused(segment: bytes) -> None:
    assert isinstance(decode(frame_of(segment)), Packet | BadFrame)


@given(st.text("QNSTCPMWFlag=;,&/ -0123456789\n温", max_size=200))
def test_anything_like_a_segment_is_read_or_refused(text: str) -> None:
    assert isinstance(decode_segment(f"ST=22;CN=2011;MN=1;CP=&&{text}&&".encode()), Packet)
    assert isinstance(decode_segment(text.encode()), Packet | Reason)


@given(st.binary(max_size=300), st.binary(min_size=4, max_size=4))
def test_any_frame_is_read_or_refused(segment: bytes, crc: bytes) -> None:
    result = decode(Frame(segment, crc))
    assert isinstance(result, Packet) or result.raw == Frame(segment, crc).raw
