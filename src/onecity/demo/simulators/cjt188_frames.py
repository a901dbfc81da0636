"""What meters of CJ/T 188 answer, written from the standard's text and without the platform's codec.

FE FE  68  10  44 33 22 11 00 33 78  81  16  1F 90 SER  value …  sum  16
           T   address, low first    C   L   DI
"""

from collections.abc import Callable
from dataclasses import dataclass

_WATER, _GAS, _HEAT = 0x10, 0x30, 0x20
_CUBIC_METRE, _KWH, _KW, _CUBIC_METRE_PER_HOUR = 0x2C, 0x05, 0x17, 0x35


@dataclass(slots=True)
class PipeMeter:
    """A meter of what flows in a pipe. number: fourteen digits. kind: T of its frames. amount: m³ now, heat: kWh now.

    clock: ss mm hh DD MM YY CC of its own time.
    """

    number: str
    amount: Callable[[], float]
    clock: Callable[[], bytes]
    kind: int = _WATER
    heat: Callable[[], float] | None = None
    is_closed: bool = False
    low_battery: bool = False

    def answer(self, asked: bytes) -> bytes:
        """Return what the meter says to a frame; nothing to a frame for another."""
        whom, control, data = asked[2:9][::-1].hex(), asked[9], asked[11 : 11 + asked[10]]
        if whom not in {self.number, "a" * 14}:
            return b""
        if control == 0x03:
            return self._frame(0x83, data[:3])
        if control == 0x04:
            if bytes(sorted(data[:2])) == b"\x17\xa0":
                self.is_closed = data[3] == 0x99
            return self._frame(0x84, data[:3] + self._status())
        if control == 0x01 and bytes(sorted(data[:2])) == b"\x1f\x90":
            return self._frame(0x81, data[:3] + self._reading())
        return b""

    def _reading(self) -> bytes:
        volume = _digits(self.amount(), 2) + bytes([_CUBIC_METRE])
        if self.heat is None:
            return volume + volume + self.clock() + self._status()
        energy = _digits(self.heat(), 2) + bytes([_KWH])
        power, flow = _digits(3.2, 4) + bytes([_KW]), _digits(0.25, 4) + bytes([_CUBIC_METRE_PER_HOUR])
        warm = _digits(45.5, 2)[:3] + _digits(38.25, 2)[:3] + _digits(1234, 0)[:3]
        return energy + energy + power + flow + volume + warm + self.clock() + self._status()

    def _status(self) -> bytes:
        return bytes([self.is_closed | self.low_battery << 2, 0])

    def _frame(self, control: int, data: bytes) -> bytes:
        body = bytes([0x68, self.kind]) + bytes.fromhex(self.number)[::-1] + bytes([control, len(data)]) + data
        return b"\xfe\xfe" + body + bytes([sum(body) & 0xFF, 0x16])


def frames_in(stream: bytes) -> tuple[list[bytes], bytes]:
    """Return the frames at the beginning of what a master sent, and the rest. A platform sends nothing else."""
    found: list[bytes] = []
    while True:
        stream = stream.lstrip(b"\xfe")
        if len(stream) < 13 or len(stream) < 13 + stream[10]:
            return found, stream
        size = 13 + stream[10]
        if stream[0] != 0x68 or stream[size - 2] != sum(stream[: size - 2]) & 0xFF:
            raise ValueError(stream.hex())
        found.append(stream[:size])
        stream = stream[size:]


def _digits(value: float, decimals: int) -> bytes:
    """Write eight digits, low byte first."""
    return bytes.fromhex(f"{round(value * 10**decimals):08d}"[-8:])[::-1]
