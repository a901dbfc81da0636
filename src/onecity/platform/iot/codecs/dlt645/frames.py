"""Frames of DL/T 645: outer form, check sum, control code.

FE FE FE FE   68   A0 … A5   68   C   L   DATA        CS   16
wake-up       |    address   |    |   |   each +33H   |    end
0 … n         start, low     |    |   length          sum of all before it, from the first 68
                   byte first     control code
"""

import re
from typing import Final, NamedTuple

from onecity.platform.iot.codecs.cutting import MORE, Cutter
from onecity.platform.iot.codecs.faults import Fault

WAKE: Final = b"\xfe"
LONGEST_DATA: Final = 255
EVERYBODY: Final = "999999999999"
"""The address of a broadcast, which nobody answers."""
ANYBODY: Final = "AAAAAAAAAAAA"
"""The address that the only meter on a line answers."""

_START, _END = 0x68, 0x16
_HEAD: Final = 10
_TAIL: Final = 2
_SHIFT: Final = 0x33
_ADDED: Final = bytes((value + _SHIFT) % 256 for value in range(256))
_TAKEN: Final = bytes((value - _SHIFT) % 256 for value in range(256))
_ANSWER, _ERROR, _MORE, _FUNCTION = 0x80, 0x40, 0x20, 0x1F


class Frame(NamedTuple):
    """A frame. address: twelve characters, high digit first, A for any digit. data: plain, without the 33H."""

    address: str
    control: int
    data: bytes = b""

    @property
    def function(self) -> int:
        """What is asked for or answered. Source: DL/T 645-2007, 5.2.3 (控制码)."""
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
        """Say whether further data can be asked for."""
        return bool(self.control & _MORE)


class NotEncodable(ValueError):
    """The frame cannot be written: an address that is none, or more data than fit."""


def encode(frame: Frame, *, wake: int = 4) -> bytes:
    """Write a frame behind `wake` bytes FE.

    Raises: NotEncodable.
    Source: DL/T 645-2007, 5.2 (帧格式).
    """
    if not re.fullmatch("[0-9A]{12}", frame.address) or not 0 <= frame.control <= 255:
        raise NotEncodable(frame.address)
    if len(frame.data) > LONGEST_DATA:
        raise NotEncodable(f"{len(frame.data)} bytes")
    address = bytes.fromhex(frame.address)[::-1]
    body = bytes([_START, *address, _START, frame.control, len(frame.data)]) + frame.data.translate(_ADDED)
    return WAKE * wake + body + bytes([sum(body) % 256, _END])


def decode(raw: bytes) -> Frame:
    """Read a frame that a cutter found whole; wake-up bytes before it are passed over."""
    raw = raw.lstrip(WAKE)
    return Frame(raw[6:0:-1].hex().upper(), raw[8], raw[_HEAD:-_TAIL].translate(_TAKEN))


def measure(buffer: bytes, at: int) -> int | Fault:
    """Measure the frame that begins at `at`; see `cutting.Measure`.

    Source: DL/T 645-2007, 5.2 (帧格式).
    """
    if buffer[at + 7 : at + 8] not in (b"", b"\x68"):
        return Fault.NO_START
    if len(buffer) < at + _HEAD:
        return MORE
    end = at + _HEAD + buffer[at + 9]
    if len(buffer) < end + _TAIL:
        return MORE
    if buffer[end + 1] != _END:
        return Fault.NO_END
    return Fault.BAD_CHECKSUM if sum(buffer[at:end]) % 256 != buffer[end] else end + _TAIL - at


def cutter() -> Cutter:
    """Return a cutter for one line."""
    return Cutter(begin=re.compile(rb"\x68"), measure=measure, longest=_HEAD + LONGEST_DATA + _TAIL, fillers=WAKE)
