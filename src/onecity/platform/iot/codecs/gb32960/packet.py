"""One packet of an electric vehicle or of a subordinate platform, as bytes and back. High bytes come first.

    23 23 | command 1 | answer 1 | VIN 17 | encryption 1 | length 2 | data | check 1         (24 24 since 2025)
          |<---------------- exclusive or of these bytes ------------------>|

There is no escape: the length says where a packet ends.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import Enum, IntEnum
from functools import reduce
from operator import xor
from typing import Final

from onecity.kernel.clock import CITY_ZONE
from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.iot.codecs.faults import Fault
from onecity.platform.iot.codecs.refusals import BadFrame

HEAD: Final = 24
AROUND: Final = 25
LONGEST_DATA: Final = 65_531
"""Bytes. Source: GB/T 32960.3-2016, 6 (数据单元长度)."""
VIN_SIZE: Final = 17
TIME_SIZE: Final = 6


class Edition(Enum):
    """Editions, by the two bytes that their packets begin with."""

    E2016 = b"##"
    E2025 = b"$$"


class Command(IntEnum):
    """What a packet is for. Source: GB/T 32960.3-2016, 6 and GB/T 32960.3-2025, 6 (命令标识)."""

    LOGIN = 0x01
    REAL_TIME = 0x02
    REISSUE = 0x03
    LOGOUT = 0x04
    PLATFORM_LOGIN = 0x05
    PLATFORM_LOGOUT = 0x06
    HEARTBEAT = 0x07
    CALIBRATE = 0x08
    ACTIVATE = 0x09
    ACTIVATED = 0x0A
    EXCHANGE_KEY = 0x0B
    ASK_PARAMETERS = 0x80
    SET_PARAMETERS = 0x81
    CONTROL = 0x82


class Response(IntEnum):
    """The answer flag. Source: GB/T 32960.3-2016, 6 and GB/T 32960.3-2025, 6 (应答标志)."""

    OK = 0x01
    ERROR = 0x02
    VIN_REPEATED = 0x03
    VIN_UNKNOWN = 0x04
    BAD_SIGNATURE = 0x05
    BAD_STRUCTURE = 0x06
    BAD_DECRYPTION = 0x07
    COMMAND = 0xFE


NOT_ENCRYPTED: Final = 0x01
ENCRYPTIONS: Final = frozenset({1, 2, 3, 4, 5, 0xFE, 0xFF})
"""Source: GB/T 32960.3-2025, 6 (数据单元加密方式)."""
_RESPONSES: Final = frozenset(Response)
_COMMANDS: Final = frozenset(Command) | frozenset(range(0xC0, 0xFF))


class NotEncodable(Invalid):
    """The packet holds what its own form cannot carry."""

    code = "iot.gb32960.not_encodable"
    message = zh("报文内容不符合GB/T 32960.3的格式或长度要求")


@dataclass(frozen=True, slots=True)
class Packet:
    """A packet. response: `Response.COMMAND` where an answer is awaited. vin: 17 bytes as sent, zero bytes behind."""

    edition: Edition
    command: int
    response: int
    vin: bytes
    data: bytes = b""
    encryption: int = NOT_ENCRYPTED

    @property
    def key(self) -> str:
        """The vehicle's identification number, or what stands in its place."""
        return self.vin.rstrip(b"\0 ").decode("ascii", "replace")

    def answered(self, response: Response, *, data: bytes) -> "Packet":
        """Return the answer to this packet."""
        return replace(self, response=response, data=data, encryption=NOT_ENCRYPTED)


def check(data: bytes) -> int:
    """Return the exclusive or of all bytes. Source: GB/T 32960.3-2016, 6 (校验码)."""
    return reduce(xor, data, 0)


def plausible(head: bytes) -> bool:
    """Say whether 24 bytes, or the first few of them, can be a packet's head.

    Two start bytes may stand anywhere in data, so what follows them has to make sense before a length is believed.
    """
    return (
        (len(head) < 3 or head[2] in _COMMANDS)
        and (len(head) < 4 or head[3] in _RESPONSES)
        and all(byte == 0 or 0x20 <= byte < 0x7F for byte in head[4:21])
        and (len(head) < 22 or head[21] in ENCRYPTIONS)
        and (len(head) < HEAD or announced(head) <= LONGEST_DATA)
    )


def announced(head: bytes) -> int:
    """Return how many bytes of data a head announces."""
    return int.from_bytes(head[22:24], "big")


def decode(raw: bytes) -> Packet | BadFrame:
    """Read a packet whose length has been found to be that of `raw`, at least 25 bytes.

    Source: GB/T 32960.3-2016, 6 (数据包结构).
    """
    if check(raw[2:]):
        return BadFrame(raw, Fault.BAD_CHECKSUM)
    return Packet(Edition(raw[:2]), raw[2], raw[3], raw[4:21], raw[HEAD:-1], raw[21])


def encode(packet: Packet) -> bytes:
    """Return the packet with its check; `decode` reads an equal packet from it.

    Raises: NotEncodable for data above 65,531 bytes, or a VIN that does not take 17.
    """
    if len(packet.data) > LONGEST_DATA or len(packet.vin) != VIN_SIZE:
        raise NotEncodable
    head = bytes([packet.command, packet.response]) + packet.vin + bytes([packet.encryption])
    body = head + len(packet.data).to_bytes(2, "big") + packet.data
    return packet.edition.value + body + bytes([check(body)])


def vin_bytes(vin: str) -> bytes:
    """Return a VIN in its 17 bytes.

    Raises: NotEncodable if it is too long or not ASCII.
    """
    if not vin.isascii() or len(vin) > VIN_SIZE:
        raise NotEncodable
    return vin.encode().ljust(VIN_SIZE, b"\0")


def instant(data: bytes) -> datetime | None:
    """Read YY MM DD hh mm ss, a byte each, in Beijing time as an instant in UTC; None if it is no time.

    Source: GB/T 32960.3-2016, 6 (时间).
    """
    if len(data) != TIME_SIZE:
        return None
    year, month, day, hour, minute, second = data
    try:
        at = datetime(2000 + year, month, day, hour, minute, second, tzinfo=CITY_ZONE)
    except ValueError:
        return None
    return at.astimezone(UTC)


def time_bytes(at: datetime) -> bytes:
    """Write an aware instant as YY MM DD hh mm ss in Beijing time, a byte each."""
    local = at.astimezone(CITY_ZONE)
    return bytes([local.year % 100, local.month, local.day, local.hour, local.minute, local.second])
