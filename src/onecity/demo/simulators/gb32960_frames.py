"""What electric vehicles and their makers' platforms send, written from GB/T 32960.3's tables and without the codec.

23 23 | command | FE | VIN 17 | 01 | length 2 | data … | check                       since 2025: 24 24
"""

import struct
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, timezone
from typing import NamedTuple

_BEIJING = timezone(timedelta(hours=8))
OF_2016, OF_2025 = b"##", b"$$"


class Spot(NamedTuple):
    """What a vehicle measures. current_a: positive while it discharges. flags: of the general alarms."""

    at: datetime
    longitude: float
    latitude: float
    speed_kmh: float
    mileage_km: float
    soc: int
    current_a: float = 12.5
    voltage: float = 352.0
    cells_mv: tuple[int, ...] = (3670, 3668, 3672, 3669)
    temperatures: tuple[int, ...] = (24, 25)
    flags: int = 0


def packet(vin: str, command: int, data: bytes, *, start: bytes = OF_2016, answer: int = 0xFE) -> bytes:
    """Return a whole packet. Source: GB/T 32960.3-2016, 6."""
    inner = bytes((command, answer)) + vin.encode().ljust(17, b"\0") + b"\x01" + struct.pack(">H", len(data)) + data
    code = 0
    for byte in inner:
        code ^= byte
    return start + inner + bytes((code,))


def clock(at: datetime) -> bytes:
    """Return a time as it is written: a byte for each of its parts."""
    local = at.astimezone(_BEIJING)
    return bytes((local.year - 2000, local.month, local.day, local.hour, local.minute, local.second))


def login(vin: str, serial: int, *, at: datetime, start: bytes = OF_2016) -> bytes:
    """Return a vehicle's log-in. Source: GB/T 32960.3-2016, 7 and GB/T 32960.3-2025, 7 (车辆登入)."""
    head = clock(at) + struct.pack(">H", serial) + b"89860000000000000001"
    packs = b"\x01\x04PK01" if start == OF_2016 else b"\x01\x01" + b"PACK00000000000000000001"
    return packet(vin, 0x01, head + packs, start=start)


def logout(vin: str, serial: int, *, at: datetime, start: bytes = OF_2016) -> bytes:
    """Return a vehicle's log-out."""
    return packet(vin, 0x04, clock(at) + struct.pack(">H", serial), start=start)


def platform_login(unique: str, serial: int, *, user: str, password: str, at: datetime) -> bytes:
    """Return a platform's log-in. Source: GB/T 32960.3-2016, 7 (平台登入)."""
    names = user.encode("gbk").ljust(12, b"\0") + password.encode("gbk").ljust(20, b"\0")
    return packet(unique, 0x05, clock(at) + struct.pack(">H", serial) + names + b"\x01")


def report(vin: str, spot: Spot, *, start: bytes = OF_2016, again: bool = False) -> bytes:
    """Return a report; again: one that is issued anew (0x03). Source: GB/T 32960.3-2016, 7 and GB/T 32960.3-2025, 7."""
    bodies = _bodies_2016(spot) if start == OF_2016 else _bodies_2025(spot)
    return packet(vin, 0x03 if again else 0x02, clock(spot.at) + b"".join(bodies), start=start)


def heartbeat(vin: str, *, start: bytes = OF_2016) -> bytes:
    """Return a heartbeat."""
    return packet(vin, 0x07, b"", start=start)


def _vehicle(spot: Spot, less: int) -> bytes:
    charging = 3 if spot.current_a >= 0 else 1
    return struct.pack(
        ">BBBBHIHHBBBH",
        *(0x01, 1, charging, 1),
        round(spot.speed_kmh * 10),
        round(spot.mileage_km * 10),
        round(spot.voltage * 10),
        round((spot.current_a + less) * 10),
        *(spot.soc, 1, 0x0E, 1200),
    )


def _place(spot: Spot) -> bytes:
    return struct.pack(">II", round(spot.longitude * 1e6), round(spot.latitude * 1e6))


def _bodies_2016(spot: Spot) -> list[bytes]:
    cells, degrees = spot.cells_mv, spot.temperatures
    high, low = max(cells), min(cells)
    hot, cold = max(degrees), min(degrees)
    extremes = struct.pack(">BBBHBBHBBBBBB", 6, 1, cells.index(high) + 1, high, 1, cells.index(low) + 1, low,
                           1, degrees.index(hot) + 1, hot + 40, 1, degrees.index(cold) + 1, cold + 40)  # fmt: skip
    level = 2 if spot.flags else 0
    amperes = round((spot.current_a + 1000) * 10)
    volts = struct.pack(">BBBHHHHB", 8, 1, 1, round(spot.voltage * 10), amperes, len(cells), 1, len(cells))
    return [
        _vehicle(spot, 1000) + b"\x28\x00",
        struct.pack(">BBBBBHHBHH", 2, 1, 1, 1, 72, 23_200, 20_450, 68, round(spot.voltage * 10), amperes),
        b"\x05\x00" + _place(spot),
        extremes,
        struct.pack(">BBIBBBB", 7, level, spot.flags, 0, 0, 0, 0),
        volts + struct.pack(f">{len(cells)}H", *cells),
        struct.pack(">BBBH", 9, 1, 1, len(degrees)) + bytes(value + 40 for value in degrees),
    ]


def _bodies_2025(spot: Spot) -> list[bytes]:
    cells, degrees = spot.cells_mv, spot.temperatures
    amperes = round((spot.current_a + 3000) * 10)
    volts = struct.pack(">BBBHHH", 7, 1, 1, round(spot.voltage * 10), amperes, len(cells))
    return [
        _vehicle(spot, 3000),
        struct.pack(">BBBBBHIB", 2, 1, 1, 1, 72, 35_200, 204_500, 68),
        b"\x05\x00\x01" + _place(spot),
        struct.pack(">BBIBBBBB", 6, 2 if spot.flags else 0, spot.flags, 0, 0, 0, 0, 0),
        volts + struct.pack(f">{len(cells)}H", *cells),
        struct.pack(">BBBH", 8, 1, 1, len(degrees)) + bytes(value + 40 for value in degrees),
    ]


class Heard(NamedTuple):
    """A packet of the platform. answer: 1 for good, FE where it asks something."""

    start: bytes
    command: int
    answer: int
    vin: str
    data: bytes


class UnheardOf(ValueError):
    """The platform said something that a vehicle would not understand."""


class Ear:
    """Collects what comes from the platform until a packet is whole."""

    def __init__(self) -> None:
        self._held = b""

    def hear(self, data: bytes) -> Iterator[Heard]:
        """Yield each whole packet. Raises: UnheardOf for a wrong form: a platform has no excuse."""
        self._held += data
        while len(self._held) >= 25:
            (length,) = struct.unpack_from(">H", self._held, 22)
            if len(self._held) < 25 + length:
                return
            whole, self._held = self._held[: 25 + length], self._held[25 + length :]
            code = 0
            for byte in whole[2:]:
                code ^= byte
            if whole[:2] not in {OF_2016, OF_2025} or code:
                raise UnheardOf(whole.hex())
            yield Heard(whole[:2], whole[2], whole[3], whole[4:21].rstrip(b"\0").decode(), whole[24:-1])


def obey(heard: Heard) -> Sequence[bytes]:
    """Return what a vehicle answers to an order that it carries out; nothing to answers."""
    if heard.answer != 0xFE or heard.command not in {0x80, 0x81, 0x82}:
        return ()
    data = heard.data[:6] + (b"\x01\x09\x3c" if heard.command == 0x80 else b"")
    return (packet(heard.vin, heard.command, data, start=heard.start, answer=1),)
