"""One packet of a user information transmission device (用户信息传输装置), as bytes and back. Low bytes come first.

    40 40 | serial 2 | version 2 | time 6 | source 6 | destination 6 | length 2 | command 1 | data | sum 1 | 23 23
          |<----------------------------- sum of these bytes, modulo 256 ---------------------------->|

time: ss mm hh DD MM YY, binary. length: of the data alone, at most 1024.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import IntEnum
from typing import Final, NamedTuple

from onecity.kernel.clock import CITY_ZONE
from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.iot.codecs.faults import Fault

START: Final = b"@@"
END: Final = b"##"
HEAD: Final = 27
AROUND: Final = 30
LONGEST_DATA: Final = 1024
"""Bytes. Source: GB/T 26875.3-2011, 6 (应用数据单元长度)."""
VERSION: Final = 1
NO_TIME: Final = bytes(6)


class Command(IntEnum):
    """What a packet is for. Source: GB/T 26875.3-2011, 6 (控制单元命令字节)."""

    CONTROL = 1
    SEND = 2
    CONFIRM = 3
    ASK = 4
    ANSWER = 5
    DENY = 6


class NotEncodable(Invalid):
    """The packet holds what its own form cannot carry."""

    code = "iot.gb26875.not_encodable"
    message = zh("报文内容不符合GB/T 26875.3的格式或长度要求")


@dataclass(frozen=True, slots=True)
class Packet:
    """A packet. serial: of the exchange; an answer repeats it. source, destination: addresses as whole numbers.

    time: six bytes as sent. version: main version; user_version: the user's own.
    """

    command: int
    serial: int
    source: int
    destination: int
    data: bytes = b""
    time: bytes = NO_TIME
    version: int = VERSION
    user_version: int = 1

    @property
    def key(self) -> str:
        """The sender's address, twelve hexadecimal digits."""
        return address_text(self.source)

    @property
    def at(self) -> datetime | None:
        """When it was sent, UTC; None if the time is none."""
        return instant(self.time)


class Refusal(NamedTuple):
    """Bytes that are no packet. head: what could be read of it, so that it can be denied; None for rubbish."""

    raw: bytes
    fault: Fault
    head: Packet | None = None


def address_text(address: int) -> str:
    """Return an address as twelve hexadecimal digits."""
    return f"{address:012X}"


def instant(data: bytes) -> datetime | None:
    """Read ss mm hh DD MM YY in Beijing time as an instant in UTC; None if it is no time.

    Source: GB/T 26875.3-2011, 6 (时间标签).
    """
    if len(data) != 6:
        return None
    second, minute, hour, day, month, year = data
    try:
        at = datetime(2000 + year, month, day, hour, minute, second, tzinfo=CITY_ZONE)
    except ValueError:
        return None
    return at.astimezone(UTC)


def time_bytes(at: datetime) -> bytes:
    """Write an aware instant as ss mm hh DD MM YY in Beijing time."""
    local = at.astimezone(CITY_ZONE)
    return bytes([local.second, local.minute, local.hour, local.day, local.month, local.year % 100])


def check_sum(data: bytes) -> int:
    """Return the sum of all bytes, modulo 256. Source: GB/T 26875.3-2011, 6 (校验和)."""
    return sum(data) & 0xFF


def announced(head: bytes) -> int:
    """Return how many bytes of data a head of 27 bytes announces."""
    return int.from_bytes(head[24:26], "little")


def decode(raw: bytes) -> Packet | Refusal:
    """Read a packet whose length has been found to be that of `raw`, at least 30 bytes.

    Source: GB/T 26875.3-2011, 6 (数据包结构).
    """
    head = _head(raw)
    if not raw.endswith(END):
        return Refusal(raw, Fault.NO_END, head)
    if check_sum(raw[2:-3]) != raw[-3]:
        return Refusal(raw, Fault.BAD_CHECKSUM, head)
    return replace(head, data=raw[HEAD:-3])


def encode(packet: Packet) -> bytes:
    """Return the packet with its sum; `decode` reads an equal packet from it.

    Raises: NotEncodable for more than 1024 bytes of data, or numbers out of range.
    """
    if len(packet.data) > LONGEST_DATA or len(packet.time) != 6:
        raise NotEncodable
    try:
        head = b"".join(
            (
                packet.serial.to_bytes(2, "little"),
                bytes([packet.version, packet.user_version]),
                packet.time,
                packet.source.to_bytes(6, "little"),
                packet.destination.to_bytes(6, "little"),
                len(packet.data).to_bytes(2, "little"),
                bytes([packet.command]),
            )
        )
    except (OverflowError, ValueError):
        raise NotEncodable from None
    body = head + packet.data
    return START + body + bytes([check_sum(body)]) + END


def _head(raw: bytes) -> Packet:
    return Packet(
        command=raw[26],
        serial=int.from_bytes(raw[2:4], "little"),
        source=int.from_bytes(raw[12:18], "little"),
        destination=int.from_bytes(raw[18:24], "little"),
        time=raw[6:12],
        version=raw[4],
        user_version=raw[5],
    )
