"""Frames of CJ/T 188: outer form, check sum, control code.

FE FE   68   T   A0 … A6   C   L   DATA                 CS   16
wake-up |    |   address   |   |   DI0 DI1 SER value    |    end
0 … n   start    low       |   length                   sum of all before it, from 68
             meter byte    control code
             type  first
"""

import re
from enum import IntEnum
from typing import Final, NamedTuple

from onecity.platform.iot.codecs.cutting import MORE, Cutter
from onecity.platform.iot.codecs.faults import Fault

WAKE: Final = b"\xfe"
LONGEST_DATA: Final = 255
ANYBODY: Final = "A" * 14
"""The address that the only meter on a line answers."""

_START, _END = 0x68, 0x16
_HEAD: Final = 11
_TAIL: Final = 2
_ANSWER, _ERROR, _MORE, _FUNCTION = 0x80, 0x40, 0x20, 0x1F


class Function(IntEnum):
    """Functions of the control code. Source: CJ/T 188-2004, 7.2 (控制码)."""

    READ = 0x01
    READ_ADDRESS = 0x03
    WRITE = 0x04
    READ_KEY_VERSION = 0x09
    WRITE_ADDRESS = 0x15
    WRITE_SYNC = 0x16


class MeterType(IntEnum):
    """Types of meters; others of the same ten (10H water, 20H heat, 30H gas, 40H other) are taken for their like.

    Source: CJ/T 188-2004, 7.2 (仪表类型); ranges of ten by CJ/T 188-2018.
    """

    COLD_WATER = 0x10
    HOT_WATER = 0x11
    DRINKING_WATER = 0x12
    RECLAIMED_WATER = 0x13
    HEAT = 0x20
    COOLING = 0x21
    HEAT_AND_COOLING = 0x22
    GAS = 0x30
    OTHER = 0x40


class Frame(NamedTuple):
    """A frame. meter_type: as sent. address: fourteen characters, high digit first, A for any. data: DI, SER, value."""

    meter_type: int
    address: str
    control: int
    data: bytes = b""

    @property
    def function(self) -> int:
        """What is asked for or answered."""
        return self.control & _FUNCTION

    @property
    def is_answer(self) -> bool:
        """Say whether a meter speaks."""
        return bool(self.control & _ANSWER)

    @property
    def is_error(self) -> bool:
        """Say whether the meter refuses."""
        return bool(self.control & _ERROR)

    @property
    def has_more(self) -> bool:
        """Say whether further data follow."""
        return bool(self.control & _MORE)

    @property
    def is_heat(self) -> bool:
        """Say whether the meter measures heat or cold: its answers are longer."""
        return self.meter_type & 0xF0 == MeterType.HEAT


class NotEncodable(ValueError):
    """The frame cannot be written: an address that is none, or more data than fit."""


def encode(frame: Frame, *, wake: int = 4) -> bytes:
    """Write a frame behind `wake` bytes FE.

    Raises: NotEncodable.
    Source: CJ/T 188-2004, 7.2 (帧格式).
    """
    if not re.fullmatch("[0-9A-F]{14}", frame.address) or not _is_type(frame.meter_type):
        raise NotEncodable(f"{frame.meter_type:02X} {frame.address}")
    if len(frame.data) > LONGEST_DATA or not 0 <= frame.control <= 255:
        raise NotEncodable(f"{len(frame.data)} bytes")
    address = bytes.fromhex(frame.address)[::-1]
    body = bytes([_START, frame.meter_type, *address, frame.control, len(frame.data)]) + frame.data
    return WAKE * wake + body + bytes([sum(body) % 256, _END])


def decode(raw: bytes) -> Frame:
    """Read a frame that a cutter found whole; wake-up bytes before it are passed over."""
    raw = raw.lstrip(WAKE)
    return Frame(raw[1], raw[8:1:-1].hex().upper(), raw[9], raw[_HEAD:-_TAIL])


def measure(buffer: bytes, at: int) -> int | Fault:
    """Measure the frame that begins at `at`; see `cutting.Measure`.

    Source: CJ/T 188-2004, 7.2 (帧格式).
    """
    if len(buffer) > at + 1 and not _is_type(buffer[at + 1]):
        return Fault.NO_START
    if len(buffer) < at + _HEAD:
        return MORE
    if buffer[at + 9] & _FUNCTION not in _FUNCTIONS:
        return Fault.NO_START
    end = at + _HEAD + buffer[at + 10]
    if len(buffer) < end + _TAIL:
        return MORE
    if buffer[end + 1] != _END:
        return Fault.NO_END
    return Fault.BAD_CHECKSUM if sum(buffer[at:end]) % 256 != buffer[end] else end + _TAIL - at


def cutter() -> Cutter:
    """Return a cutter for one line."""
    return Cutter(begin=re.compile(rb"\x68"), measure=measure, longest=_HEAD + LONGEST_DATA + _TAIL, fillers=WAKE)


_FUNCTIONS: Final = frozenset(Function)


def _is_type(value: int) -> bool:
    return 0x10 <= value <= 0x49 and value & 0x0F <= 9
