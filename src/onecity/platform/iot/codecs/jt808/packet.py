"""One message, or one part of a split one, as bytes and back.

    7E | id 2 | property 2 | [version 1] | phone 6 (2019: 10) | serial 2 | [parts 2, part no. 2] | body | check 1 | 7E
       |<----------------------- escaped: 7D -> 7D 01, 7E -> 7D 02 ----------------------------------------->|

property    15 reserved | 14 version flag | 13 split | 12..10 encryption | 9..0 length of the body
check       exclusive or of all unescaped bytes from the id to the end of the body
"""

import re
from dataclasses import dataclass
from functools import reduce
from operator import xor
from typing import Final

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.iot.codecs.faults import Fault
from onecity.platform.iot.codecs.jt808.bcd import digits, packed
from onecity.platform.iot.codecs.refusals import BadFrame

FLAG: Final = b"\x7e"
LONGEST_BODY: Final = 1023
"""Bytes of a body, or of one part of it, before escaping. Source: JT/T 808-2019, 4.4 (消息体属性)."""
LONGEST_SEGMENT: Final = 2 * (21 + LONGEST_BODY + 1)
"""Bytes between two flags if every one of them is escaped."""

_STRAY = re.compile(rb"\x7d(?![\x01\x02])")
_SHORTEST: Final = 13
_VERSION_FLAG: Final = 1 << 14
_SPLIT: Final = 1 << 13
_RESERVED: Final = 1 << 15


class NotEncodable(Invalid):
    """The message holds what its own form cannot carry."""

    code = "iot.jt808.not_encodable"
    message = zh("报文内容不符合JT/T 808的格式或长度要求")


@dataclass(frozen=True, slots=True)
class Packet:
    """A message. phone: its digits as sent, 12 or (2019) 20. version: None for 2011 and 2013, else of the 2019 header.

    encryption: 0 for none, 1 for RSA. parts, part: of a split message, counted from 1; 0 for a whole one.
    """

    id: int
    phone: str
    serial: int
    body: bytes = b""
    version: int | None = None
    encryption: int = 0
    parts: int = 0
    part: int = 0
    reserved: bool = False

    @property
    def key(self) -> str:
        """The phone number without zeros in front: the same for a terminal before and after it changes edition."""
        return self.phone.lstrip("0") or "0"


def checksum(data: bytes) -> int:
    """Return the exclusive or of all bytes. Source: JT/T 808-2019, 4.4 (校验码)."""
    return reduce(xor, data, 0)


def escape(data: bytes) -> bytes:
    """Return `data` without a byte 7E. Source: JT/T 808-2019, 4.4.2 (标识位与转义)."""
    return data.replace(b"\x7d", b"\x7d\x01").replace(b"\x7e", b"\x7d\x02")


def unescape(data: bytes) -> bytes | None:
    """Return what was escaped; None if a 7D stands before anything but 01 and 02."""
    if _STRAY.search(data):
        return None
    return data.replace(b"\x7d\x02", b"\x7e").replace(b"\x7d\x01", b"\x7d")


def decode(segment: bytes) -> Packet | BadFrame:
    """Read what stands between two flags.

    Source: JT/T 808-2013, 4.4 and JT/T 808-2019, 4.4 (消息的组成).
    """
    plain = unescape(segment)
    if plain is None:
        return _bad(segment, Fault.BAD_ESCAPE)
    if len(plain) < _SHORTEST:
        return _bad(segment, Fault.TRUNCATED)
    if checksum(plain):
        return _bad(segment, Fault.BAD_CHECKSUM)
    return _read(segment, plain[:-1])


def encode(packet: Packet) -> bytes:
    """Return the message with flags, escapes and check; `decode` reads an equal packet from it.

    Raises: NotEncodable for a body above 1023 bytes (split it first), or numbers and digits out of range.
    Source: JT/T 808-2019, 4.4 (消息的组成).
    """
    if len(packet.body) > LONGEST_BODY or not 0 <= packet.part <= packet.parts or (packet.parts and not packet.part):
        raise NotEncodable
    of_2019 = packet.version is not None
    properties = len(packet.body) | packet.encryption << 10 | _VERSION_FLAG * of_2019
    properties |= _SPLIT * bool(packet.parts) | _RESERVED * packet.reserved
    try:
        head = packet.id.to_bytes(2, "big") + properties.to_bytes(2, "big")
        if packet.version is not None:
            head += packet.version.to_bytes(1, "big")
        head += packed(packet.phone, size=10 if of_2019 else 6) + packet.serial.to_bytes(2, "big")
        if packet.parts:
            head += packet.parts.to_bytes(2, "big") + packet.part.to_bytes(2, "big")
    except (OverflowError, ValueError):
        raise NotEncodable from None
    plain = head + packet.body
    return FLAG + escape(plain + bytes([checksum(plain)])) + FLAG


def _read(segment: bytes, plain: bytes) -> Packet | BadFrame:
    """Read header and body. plain: unescaped, without the check."""
    properties = int.from_bytes(plain[2:4], "big")
    version = plain[4] if properties & _VERSION_FLAG else None
    phone_at, phone_size = (4, 6) if version is None else (5, 10)
    serial_at = phone_at + phone_size
    split = bool(properties & _SPLIT)
    body = plain[serial_at + 2 + 4 * split :]
    if len(plain) < serial_at + 2 + 4 * split or len(body) != properties & LONGEST_BODY:
        return _bad(segment, Fault.BAD_LENGTH)
    phone = digits(plain[phone_at:serial_at])
    if phone is None:
        return _bad(segment, Fault.BAD_ADDRESS)
    numbers = plain[serial_at : serial_at + 2 + 4 * split]
    parts, part = int.from_bytes(numbers[2:4], "big"), int.from_bytes(numbers[4:6], "big")
    if split and not 1 <= part <= parts:
        return _bad(segment, Fault.BAD_SEQUENCE)
    return Packet(
        int.from_bytes(plain[:2], "big"),
        phone,
        int.from_bytes(numbers[:2], "big"),
        body,
        version,
        properties >> 10 & 7,
        parts,
        part,
        bool(properties & _RESERVED),
    )


def _bad(segment: bytes, fault: Fault) -> BadFrame:
    return BadFrame(FLAG + segment + FLAG, fault)
