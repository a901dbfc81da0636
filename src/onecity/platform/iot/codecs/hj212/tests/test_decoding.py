"""Reading one packet: the vectors, the tolerance, and the refusals."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.platform.iot.codecs.hj212.decoding import decode, decode_segment
from onecity.platform.iot.codecs.hj212.editions import Edition
from onecity.platform.iot.codecs.hj212.framing import Frame, Framer
from onecity.platform.iot.codecs.hj212.packet import Item, Packet, SubValue, number
from onecity.platform.iot.codecs.hj212.reasons import BadFrame, Reason
from onecity.platform.iot.codecs.hj212.tests import vectors
from onecity.platform.iot.codecs.hj212.tests.strategies import frame_of

HEAD = "QN=20160801085857223;ST=22;CN=2011;PW=123456;MN=A1;Flag=5;"


def read(segment: str) -> Packet:
    packet = decode(frame_of(segment.encode()))
    assert isinstance(packet, Packet)
    return packet


def vector(chosen: vectors.Vector) -> Packet:
    packet = decode(Frame(chosen.segment, chosen.crc))
    assert isinstance(packet, Packet)
    return packet


def area(text: str) -> tuple[Item, ...]:
    return read(f"{HEAD}CP=&&{text}&&").items


def plain(name: str, text: str) -> Item:
    return Item(name, (SubValue("", text),))


def factor(name: str, **texts: str) -> Item:
    return Item(name, tuple(SubValue(kind, text) for kind, text in texts.items()))


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


def test_fields_are_read_by_name_in_any_order() -> None:
    packet = read("MN=A1;Flag=4;CN=2011;QN=20160801085857223;PW=123456;ST=22;CP=&&&&")
    assert packet == read("QN=20160801085857223;ST=22;CN=2011;PW=123456;MN=A1;Flag=4;CP=&&&&")


def test_unknown_and_repeated_fields_are_kept() -> None:
    packet = read("ST=22;CN=2011;MN=A1;Ver=3;MN=A2;odd;CP=&&&&")
    assert (packet.mn, packet.extra) == ("A1", (("Ver", "3"), ("MN", "A2"), ("odd", "")))


def test_field_names_are_case_sensitive() -> None:
    assert read("ST=22;CN=2011;MN=A1;flag=5;CP=&&&&").flag is None


def test_stray_blanks_are_tolerated() -> None:
    packet = read("ST = 22; CN=2011 ;MN= A1;CP = && DataTime=20160801085857; a21026 - Rtd = 1.5 , a21026-Flag=N ; && ")
    assert (packet.st, packet.cn, packet.mn) == ("22", "2011", "A1")
    assert packet.items == (plain("DataTime", "20160801085857"), factor("a21026", Rtd="1.5", Flag="N"))


def test_blank_data_area_is_empty() -> None:
    assert area(" ") == ()


@pytest.mark.parametrize(
    "text",
    [
        "a21026-Rtd=1.5,a21026-Flag=N;a34004-Rtd=35,a34004-Flag=D",
        "a21026-Rtd=1.5,a21026-Flag=N,a34004-Rtd=35,a34004-Flag=D",
        "a21026-Rtd=1.5;a21026-Flag=N;a34004-Rtd=35;a34004-Flag=D",
        "a21026-Rtd=1.5,a21026-Flag=N;;a34004-Rtd=35,,a34004-Flag=D;",
    ],
)
def test_comma_and_semicolon_stand_for_one_another(text: str) -> None:
    assert area(text) == (factor("a21026", Rtd="1.5", Flag="N"), factor("a34004", Rtd="35", Flag="D"))


def test_factor_that_comes_twice_is_two_items() -> None:
    assert area("a21-Rtd=1;a21-Rtd=2,a21-Flag=N") == (factor("a21", Rtd="1"), factor("a21", Rtd="2", Flag="N"))


def test_plain_field_is_not_taken_for_a_factor() -> None:
    items = (plain("a", "1"), factor("a", Rtd="2"), plain("a", "3"), factor("a", Flag="N"), plain("a-", "4"))
    assert area("a=1,a-Rtd=2,a=3,a-Flag=N,a-=4,-Rtd=5") == (*items, plain("-Rtd", "5"))


def test_log_text_may_hold_delimiters() -> None:
    items = area("PolId=w01018;i11001-Info=//清洗管路,a=1;b=2//;i12001-Info=0")
    assert items == (
        plain("PolId", "w01018"),
        factor("i11001", Info="//清洗管路,a=1;b=2//"),
        factor("i12001", Info="0"),
    )


def test_log_text_that_does_not_end_is_cut_at_the_delimiter() -> None:
    assert area("i11001-Info=//open;b=2") == (factor("i11001", Info="//open"), plain("b", "2"))


def test_later_parts_of_a_value_with_equal_sign_belong_to_it() -> None:
    assert area("i1-Info=a=b;c=d=e") == (factor("i1", Info="a=b"), plain("c", "d=e"))


def test_name_without_value_is_kept() -> None:
    assert area("DataTime=;odd") == (plain("DataTime", ""), plain("odd", ""))


def test_missing_field_is_none() -> None:
    packet = read(f"{HEAD}CP=&&DataTime=yesterday;QnRtn-x=1&&")
    assert (packet.field("QnRtn"), packet.time("SystemTime"), packet.data_at) == (None, None, None)
    assert packet.items[0].text("Rtd") is None


def test_item_without_values_is_no_factor() -> None:
    assert not Item("x", ()).is_factor


def test_single_part_is_not_in_parts() -> None:
    assert not read("ST=22;CN=2011;MN=A1;Flag=6;PNUM=1;PNO=1;CP=&&&&").is_part


def test_part_number_alone_is_kept() -> None:
    packet = read("ST=22;CN=2011;MN=A1;PNO=0002;CP=&&&&")
    assert (packet.pno, packet.pnum, packet.is_part) == (2, None, False)


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
