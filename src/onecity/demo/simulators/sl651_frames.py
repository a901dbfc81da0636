"""What a hydrological station of SL 651-2014 sends, written from the standard's text and without the platform's codec.

7E 7E  centre  station (5)  password (2)  function  0xxx length  02  body  03  CRC
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

_BEIJING = timezone(timedelta(hours=8))
ELEMENTS: Mapping[str, tuple[str, int, int]] = {
    "PJ": ("2019", 3, 1),
    "PT": ("2619", 3, 1),
    "Z": ("3923", 4, 3),
    "VT": ("3812", 2, 2),
}
"""Identifier, bytes and decimals. Source: SL 651-2014, appendix C."""
OBEYED: Mapping[int, str] = {0x37: "now", 0x45: "version", 0x46: "status", 0x4A: "clock", 0x51: "clock"}


@dataclass(slots=True)
class Station:
    """One station. number: ten characters. serial: of its reports, one more for each."""

    number: str
    password: str = "1234"
    centre: int = 1
    serial: int = 0

    def report(self, function: int, *, at: datetime, values: Mapping[str, float]) -> bytes:
        """Return a report of single values: 32H timed, 33H added, 34H of an hour, 30H a test."""
        self.serial = self.serial % 0xFFFF + 1
        return self._up(function, self._head(at, self.serial) + b"\x48" + _observed(at) + _written(values))

    def keep_alive(self, *, at: datetime) -> bytes:
        """Return the sign of life that nobody answers."""
        return self._up(0x2F, self.serial.to_bytes(2, "big") + _time(at))

    def obey(self, asked: bytes, *, at: datetime, values: Mapping[str, float]) -> bytes:
        """Return the answer to an order of the centre; nothing to an answer."""
        what = OBEYED.get(asked[10])
        if what is None or asked[-3] != 0x05:
            return b""
        head = self._head(at, 0)
        body = {
            "now": head + b"\x48" + _observed(at) + _written(values),
            "version": head + bytes([8]) + b"SIM-1.00",
            "status": head + bytes.fromhex("452000000080"),
            "clock": head,
        }[what]
        return self._up(asked[10], body)

    def _head(self, at: datetime, serial: int) -> bytes:
        return serial.to_bytes(2, "big") + _time(at) + b"\xf1\xf1" + bytes.fromhex(self.number)

    def _up(self, function: int, body: bytes) -> bytes:
        address = bytes([self.centre]) + bytes.fromhex(self.number) + bytes.fromhex(self.password)
        data = b"\x7e\x7e" + address + bytes([function]) + len(body).to_bytes(2, "big") + b"\x02" + body + b"\x03"
        return data + check(data).to_bytes(2, "big")


def check(data: bytes) -> int:
    """Return the CRC: polynomial 8005H reflected, started full."""
    register = 0xFFFF
    for byte in data:
        register ^= byte
        for _ in range(8):
            register, odd = register >> 1, register & 1
            register ^= 0xA001 * odd
    return register


def frames_in(stream: bytes) -> tuple[list[bytes], bytes]:
    """Return the frames at the beginning of what a centre sent, and the rest."""
    found: list[bytes] = []
    while len(stream) >= 14:
        size = 17 + (int.from_bytes(stream[11:13], "big") & 0xFFF)
        if len(stream) < size:
            break
        frame, stream = stream[:size], stream[size:]
        if frame[:2] != b"\x7e\x7e" or check(frame[:-2]) != int.from_bytes(frame[-2:], "big"):
            raise ValueError(frame.hex())
        found.append(frame)
    return found, stream


def _time(at: datetime) -> bytes:
    return bytes.fromhex(f"{at.astimezone(_BEIJING):%y%m%d%H%M%S}")


def _observed(at: datetime) -> bytes:
    return b"\xf0\xf0" + bytes.fromhex(f"{at.astimezone(_BEIJING):%y%m%d%H%M}")


def _written(values: Mapping[str, float]) -> bytes:
    parts: Sequence[bytes] = [
        bytes.fromhex(code) + bytes.fromhex(f"{round(value * 10**decimals):0{2 * size}d}")
        for name, value in values.items()
        for code, size, decimals in [ELEMENTS[name]]
    ]
    return b"".join(parts)
