"""What a meter of DL/T 645-2007 answers, written from the standard's text and without the platform's codec.

FE FE FE FE  68  61 01 00 00 00 00  68  91  08  33 33 34 33 59 33 33 33  8A  16
                 address, low first     C   L   data, each byte + 33H    sum end
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Figures = Callable[[str], float | None]
"""Gives the value of a data identifier, DI3 first; None for one that the meter does not have."""

SHAPES: Mapping[str, tuple[int, int]] = {
    "00000000": (4, 2),
    "00010000": (4, 2),
    "00020000": (4, 2),
    "02010100": (2, 1),
    "02020100": (3, 3),
    "02030000": (3, 4),
    "02800002": (2, 2),
}
"""Bytes and decimals by identifier. Source: DL/T 645-2007, appendix A."""
_READ, _ADDRESS, _CLOCK, _RELAY = 0x11, 0x13, 0x08, 0x1C


@dataclass(slots=True)
class ElectricityMeter:
    """A meter. number: twelve digits. password: six digits, as a master must send them. is_off: its relay is open."""

    number: str
    figures: Figures
    password: str = "000000"
    is_off: bool = False
    set_to: list[str] = field(default_factory=list)

    def answer(self, asked: bytes) -> bytes:
        """Return what the meter says to a frame; nothing to a broadcast or to a frame for another."""
        control, data = asked[8], bytes((byte + 0x100 - 0x33) % 0x100 for byte in asked[10 : 10 + asked[9]])
        whom = asked[1:7][::-1].hex()
        if control == _CLOCK:
            self.set_to.append(data[::-1].hex())
            return b""
        if whom not in {self.number, "a" * 12}:
            return b""
        if control == _ADDRESS:
            return self._frame(0x93, bytes.fromhex(self.number)[::-1])
        if control == _READ:
            return self._read(data)
        return self._relay(data) if control == _RELAY else b""

    def _read(self, data: bytes) -> bytes:
        code = data[:4][::-1].hex().upper()
        value = self.figures(code) if code in SHAPES else None
        if value is None:
            return self._frame(0xD1, b"\x02")
        size, decimals = SHAPES[code]
        written = f"{round(abs(value) * 10**decimals):0{2 * size}d}"[-2 * size :]
        return self._frame(0x91, data[:4] + bytes.fromhex(written)[::-1])

    def _relay(self, data: bytes) -> bytes:
        if data[1:4].hex() != self.password:
            return self._frame(0xDC, b"\x04")
        self.is_off = {0x1A: True, 0x1C: False}.get(data[8], self.is_off)
        return self._frame(0x9C, b"")

    def _frame(self, control: int, data: bytes) -> bytes:
        head = b"\x68" + bytes.fromhex(self.number)[::-1] + b"\x68"
        body = head + bytes([control, len(data)]) + bytes((byte + 0x33) % 0x100 for byte in data)
        return b"\xfe" * 4 + body + bytes([sum(body) & 0xFF, 0x16])


def frames_in(stream: bytes) -> tuple[list[bytes], bytes]:
    """Return the frames at the beginning of what a master sent, and the rest. A platform sends nothing else."""
    found: list[bytes] = []
    while True:
        stream = stream.lstrip(b"\xfe")
        if len(stream) < 12 or len(stream) < 12 + stream[9]:
            return found, stream
        size = 12 + stream[9]
        if stream[0] != 0x68 or stream[7] != 0x68 or stream[size - 2] != sum(stream[: size - 2]) & 0xFF:
            raise ValueError(stream.hex())
        found.append(stream[:size])
        stream = stream[size:]
