"""Writes a packet as bytes, fields in the order that the standard's examples use."""

from typing import Final

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.iot.codecs.hj212.checksum import crc16, crc_text
from onecity.platform.iot.codecs.hj212.decoding import decode_segment
from onecity.platform.iot.codecs.hj212.packet import Item, Packet

_LONGEST_ANNOUNCED: Final = 9999


class NotEncodable(Invalid):
    """The packet holds what its own form cannot carry, such as a delimiter inside a value, or grows too long."""

    code = "iot.hj212.not_encodable"
    message = zh("报文内容含有协议不允许的字符、取值无效，或报文过长")


def encode(packet: Packet) -> bytes:
    """Return the packet with length, CRC (upper case) and CR LF; `decode` reads an equal packet from it.

    Raises: NotEncodable where reading it back would give another packet (delimiters or blanks around a name or value;
    only a log text between `//` may hold `;` and `,`), for `&` and unprintable characters in a value, and for a data
    segment above 9999 bytes. The 1024 bytes of the 2017 edition are the sender's to keep.
    Source: HJ 212-2017, 6.
    """
    header = "".join(f"{name}={value};" for name, value in _header(packet) if value is not None)
    area = ";".join(_item(item) for item in packet.items)
    if "&" in area or not (header + area).isprintable():
        raise NotEncodable
    segment = f"{header}CP=&&{area}&&".encode()
    if len(segment) > _LONGEST_ANNOUNCED or decode_segment(segment) != packet:
        raise NotEncodable
    return frame_bytes(segment)


def frame_bytes(segment: bytes) -> bytes:
    """Put the outer form of a packet around a data segment of at most 9999 bytes."""
    return b"##%04d%b%b\r\n" % (len(segment), segment, crc_text(crc16(segment)))


def _header(packet: Packet) -> tuple[tuple[str, str | int | None], ...]:
    return (
        ("QN", packet.qn),
        ("ST", packet.st),
        ("CN", packet.cn),
        ("PW", packet.pw),
        ("MN", packet.mn),
        ("Flag", packet.flag),
        ("PNUM", packet.pnum),
        ("PNO", packet.pno),
        *packet.extra,
    )


def _item(item: Item) -> str:
    names = (f"{item.name}-{value.kind}" if value.kind else item.name for value in item.values)
    return ",".join(f"{name}={value.text}" for name, value in zip(names, item.values, strict=True))
