"""Segments as packets."""

from onecity.platform.iot.codecs.hj212.decoding import decode
from onecity.platform.iot.codecs.hj212.packet import Item, Packet, SubValue
from onecity.platform.iot.codecs.hj212.tests.strategies import frame_of

HEAD = "QN=20160801085857223;ST=22;CN=2011;PW=123456;MN=A1;Flag=5;"


def read(segment: str) -> Packet:
    packet = decode(frame_of(segment.encode()))
    assert isinstance(packet, Packet)
    return packet


def area(text: str) -> tuple[Item, ...]:
    return read(f"{HEAD}CP=&&{text}&&").items


def plain(name: str, text: str) -> Item:
    return Item(name, (SubValue("", text),))


def factor(name: str, **texts: str) -> Item:
    return Item(name, tuple(SubValue(kind, text) for kind, text in texts.items()))
