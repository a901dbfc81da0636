"""Frames of SL 651 in both encodings: outer form, direction, parts, check code.

    7E 7E   centre   station   password   function   direction, length   STX   body   end   CRC
      2       1         5         2          1        4 + 12 bits          1     n     1     2

A frame down has the station before the centre. SYN instead of STX announces parts: three bytes of total and number
stand before the body and count. In ASCII the start is 01H and every byte but the control characters is two characters.
"""

import re
from enum import IntEnum
from typing import Final, NamedTuple

from onecity.platform.iot.codecs.cutting import MORE, Cutter
from onecity.platform.iot.codecs.faults import Fault
from onecity.platform.iot.codecs.sl651.checksum import crc16

LONGEST_BODY: Final = 0x0FFF
_UP, _DOWN = 0x0, 0x8
_HEAD: Final = 14
_TAIL: Final = 3
_ASCII_HEAD: Final = 24
_ASCII_TAIL: Final = 5
_BEGIN: Final = re.compile(rb"\x7e(?:\x7e|\Z)|\x01")
_ASCII_WHOLE: Final = re.compile(rb"\x01[0-9A-Fa-f]{22}[\x02\x16]")


class Control(IntEnum):
    """Control characters. Source: SL 651-2014, 6.2 (控制字符)."""

    SOH = 0x01
    STX = 0x02
    ETX = 0x03
    EOT = 0x04
    ENQ = 0x05
    ACK = 0x06
    NAK = 0x15
    SYN = 0x16
    ETB = 0x17
    ESC = 0x1B


_ENDS: Final = frozenset(
    {Control.ETX, Control.ETB, Control.ENQ, Control.ACK, Control.EOT, Control.NAK, Control.ESC}
)  # of either direction: some stations end an answer as the centre ended the query


class Part(NamedTuple):
    """Which part of how many. Both 1 … 4095."""

    total: int
    number: int


class Frame(NamedTuple):
    """A frame. station: ten hexadecimal characters. password: four. body: without the part's numbers.

    In ASCII the body is the text as sent.
    """

    station: str
    centre: int
    password: str
    function: int
    body: bytes = b""
    end: int = Control.ETX
    part: Part | None = None
    is_down: bool = False
    is_ascii: bool = False


class NotEncodable(ValueError):
    """The frame cannot be written."""


def encode(frame: Frame) -> bytes:
    """Write a frame.

    Raises: NotEncodable.
    Source: SL 651-2014, 6.2 (帧结构) and 6.3 (ASCII 编码).
    """
    head, info = _head(frame), b"" if frame.part is None else _part_bytes(frame.part)
    start = bytes([Control.STX if frame.part is None else Control.SYN])
    if frame.is_ascii:
        length = _length(frame, 2 * len(info) + len(frame.body))
        text = b"\x01" + (head + length).hex().upper().encode() + start + info.hex().upper().encode()
        data = text + frame.body + bytes([frame.end])
        return data + b"%04X" % crc16(data)
    data = b"\x7e\x7e" + head + _length(frame, len(info) + len(frame.body)) + start + info + frame.body
    data += bytes([frame.end])
    return data + crc16(data).to_bytes(2)


def decode(raw: bytes) -> Frame:
    """Read a frame that a cutter found whole."""
    if raw[0] == Control.SOH:
        return _read(bytes.fromhex(raw[1:23].decode()), raw[23], raw[24:-_ASCII_TAIL], raw[-_ASCII_TAIL], is_ascii=True)
    return _read(raw[2:13], raw[13], raw[_HEAD:-_TAIL], raw[-_TAIL], is_ascii=False)


def measure(buffer: bytes, at: int) -> int | Fault:
    """Measure the frame that begins at `at`; see `cutting.Measure`.

    Source: SL 651-2014, 6.2 and 6.3.
    """
    if buffer[at] == Control.SOH:
        return _measure_ascii(buffer, at)
    if len(buffer) < at + _HEAD:
        return MORE
    direction, length = buffer[at + 11] >> 4, int.from_bytes(buffer[at + 11 : at + 13]) & LONGEST_BODY
    if direction not in {_UP, _DOWN} or buffer[at + 13] not in {Control.STX, Control.SYN}:
        return Fault.NO_START
    end = at + _HEAD + length
    if len(buffer) < end + _TAIL:
        return MORE
    if buffer[end] not in _ENDS:
        return Fault.NO_END
    good = crc16(buffer[at : end + 1]) == int.from_bytes(buffer[end + 1 : end + _TAIL])
    return end + _TAIL - at if good else Fault.BAD_CHECKSUM


def cutter() -> Cutter:
    """Return a cutter for one line."""
    return Cutter(begin=_BEGIN, measure=measure, longest=_ASCII_HEAD + LONGEST_BODY + _ASCII_TAIL, fillers=b"\r\n\0")


def _measure_ascii(buffer: bytes, at: int) -> int | Fault:
    if len(buffer) < at + _ASCII_HEAD:
        return MORE if re.fullmatch(rb"\x01[0-9A-Fa-f]{0,22}", buffer[at:]) else Fault.NO_START
    if not _ASCII_WHOLE.match(buffer, at) or buffer[at + 19] not in b"08":
        return Fault.NO_START
    end = at + _ASCII_HEAD + (int(buffer[at + 19 : at + 23], 16) & LONGEST_BODY)
    if len(buffer) < end + _ASCII_TAIL:
        return MORE
    if buffer[end] not in _ENDS:
        return Fault.NO_END
    good = b"%04X" % crc16(buffer[at : end + 1]) == buffer[end + 1 : end + _ASCII_TAIL].upper()
    return end + _ASCII_TAIL - at if good else Fault.BAD_CHECKSUM


def _read(head: bytes, start: int, body: bytes, end: int, *, is_ascii: bool) -> Frame:
    is_down = head[9] >> 4 == _DOWN
    station, centre = (head[:5], head[5]) if is_down else (head[1:6], head[0])
    part = None
    if start == Control.SYN:
        size = 6 if is_ascii else 3
        part, body = _part(body[:size], is_ascii=is_ascii), body[size:]
    return Frame(station.hex().upper(), centre, head[6:8].hex().upper(), head[8], body, end, part, is_down, is_ascii)


def _part(data: bytes, *, is_ascii: bool) -> Part:
    try:
        packed = int(data, 16) if is_ascii else int.from_bytes(data)
    except ValueError:
        packed = 0
    return Part(packed >> 12, packed & 0xFFF)


def _part_bytes(part: Part) -> bytes:
    if not 1 <= part.number <= part.total <= 0xFFF:
        raise NotEncodable(f"part {part.number} of {part.total}")
    return (part.total << 12 | part.number).to_bytes(3)


def _head(frame: Frame) -> bytes:
    if not re.fullmatch("[0-9A-Fa-f]{10}", frame.station) or not re.fullmatch("[0-9A-Fa-f]{4}", frame.password):
        raise NotEncodable(frame.station)
    if not 0 <= frame.centre <= 255 or not 0 <= frame.function <= 255:
        raise NotEncodable(f"centre {frame.centre}, function {frame.function}")
    if frame.end not in _ENDS:
        raise NotEncodable(f"end {frame.end}")
    station, centre = bytes.fromhex(frame.station), bytes([frame.centre])
    first = station + centre if frame.is_down else centre + station
    return first + bytes.fromhex(frame.password) + bytes([frame.function])


def _length(frame: Frame, size: int) -> bytes:
    if size > LONGEST_BODY:
        raise NotEncodable(f"{size} bytes")
    return ((_DOWN if frame.is_down else _UP) << 12 | size).to_bytes(2)
