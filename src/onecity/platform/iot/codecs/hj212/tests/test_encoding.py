"""Writing packets: byte for byte, back and forth, and what cannot be written."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.platform.iot.codecs.hj212.decoding import decode
from onecity.platform.iot.codecs.hj212.encoding import NotEncodable, encode
from onecity.platform.iot.codecs.hj212.framing import Frame, Framer
from onecity.platform.iot.codecs.hj212.packet import Item, Packet, SubValue
from onecity.platform.iot.codecs.hj212.tests.strategies import packets
from onecity.platform.iot.codecs.hj212.tests.vectors import RIGHT, Vector

PACKET = Packet(st="22", cn="2011", mn="A1", qn="20160801085857223", flag=5)


def with_text(text: str) -> Packet:
    return replace(PACKET, items=(Item("i11001", (SubValue("Info", text),)),))


@pytest.mark.parametrize("vector", RIGHT)
def test_vector_is_written_as_it_was_but_for_the_case_of_the_crc(vector: Vector) -> None:
    packet = decode(Frame(vector.segment, vector.crc))
    assert isinstance(packet, Packet)
    written = encode(packet)
    assert written == vector.frame[:-4] + vector.crc.upper() + b"\r\n"
    assert (written == vector.frame + b"\r\n") is vector.lossless


@given(packets())
def test_written_packet_reads_back(packet: Packet) -> None:
    frame, *rest = Framer(longest=9999).feed(encode(packet))
    assert rest == []
    assert isinstance(frame, Frame)
    assert decode(frame) == packet


def test_log_text_with_delimiters_is_written() -> None:
    assert b"i11001-Info=//" + "清洗;反吹,完成".encode() + b"//" in encode(with_text("//清洗;反吹,完成//"))


@pytest.mark.parametrize("text", ["a;b", "a,b", "a&b", "a&&", "//a//b//;", "a\nb", "a\x00", " a", "a ", "\ud800"])
def test_value_that_would_change_the_structure_is_refused(text: str) -> None:
    with pytest.raises(NotEncodable):
        encode(with_text(text))


@pytest.mark.parametrize(
    "packet",
    [
        replace(PACKET, mn=""),
        replace(PACKET, mn="A1;CN=9014"),
        replace(PACKET, mn="A1;CP=&&x=1&&"),
        replace(PACKET, pw=" 1"),
        replace(PACKET, cn="x"),
        replace(PACKET, flag=256),
        replace(PACKET, pnum=1, pno=2),
        replace(PACKET, extra=(("ST", "22"), ("CP", "1"), ("", "x;"))),
        replace(PACKET, items=(Item("a-b", (SubValue("", "1"),)),)),
        replace(PACKET, items=(Item("a", (SubValue("Rtd", "1"),)), Item("a", (SubValue("Flag", "N"),)))),
        replace(PACKET, items=(Item("a", ()),)),
    ],
)
def test_packet_that_would_read_back_differently_is_refused(packet: Packet) -> None:
    with pytest.raises(NotEncodable) as refusal:
        encode(packet)
    assert refusal.value.code == "iot.hj212.not_encodable"


def test_segment_of_9999_bytes_is_the_longest() -> None:
    base = len(encode(with_text("x"))) - 12 - 1
    assert encode(with_text("x" * (9999 - base)))[:6] == b"##9999"
    with pytest.raises(NotEncodable):
        encode(with_text("x" * (10_000 - base)))


@given(st.text("ab1;,=&/ -\n\x00\x85\u3000\ud800温é", max_size=30))
def test_any_value_is_written_faithfully_or_refused(text: str) -> None:
    packet = with_text(text)
    try:
        written = encode(packet)
    except NotEncodable:
        return
    assert decode(Frame(written[6:-6], written[-6:-2])) == packet
