"""What a vehicle terminal of JT/T 808 sends, written from the standard's tables and without the platform's codec.

7E  0200  0026  013812345678  0001  body …  check  7E        2019: 7E 0200 4026 01 00000000013812345678 0001 …
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import NamedTuple

_BEIJING = timezone(timedelta(hours=8))
_OF_2019 = 0x4000


@dataclass(slots=True)
class Unit:
    """A terminal. phone: eleven digits. of_2019: which edition it speaks. serial: of its last message."""

    phone: str
    of_2019: bool = False
    serial: int = 0


class Spot(NamedTuple):
    """Where a vehicle is and what it does. direction: degrees from north. alarms: bits. mileage_km: of its life."""

    at: datetime
    longitude: float
    latitude: float
    speed_kmh: float
    direction: int
    mileage_km: float
    alarms: int = 0
    altitude_m: int = 210


def message(unit: Unit, number: int, body: bytes = b"") -> bytes:
    """Return a whole message. Source: JT/T 808-2019, 4.4."""
    phone = bytes.fromhex(unit.phone.zfill(20 if unit.of_2019 else 12))
    properties = len(body) + (_OF_2019 if unit.of_2019 else 0)
    version = b"\x01" if unit.of_2019 else b""
    plain = struct.pack(">HH", number, properties) + version + phone
    unit.serial = (unit.serial + 1) % 65_536
    plain += struct.pack(">H", unit.serial) + body
    code = 0
    for byte in plain:
        code ^= byte
    stuffed = b"".join({0x7D: b"\x7d\x01", 0x7E: b"\x7d\x02"}.get(byte, bytes((byte,))) for byte in [*plain, code])
    return b"\x7e" + stuffed + b"\x7e"


def registration(unit: Unit, *, plate: str) -> bytes:
    """Return a registration (0x0100). Source: JT/T 808-2013, 8 and JT/T 808-2019, 8 (终端注册)."""
    layout = ">HH11s30s30sB" if unit.of_2019 else ">HH5s20s7sB"
    body = struct.pack(layout, 22, 104, b"ONECT", b"OC-808", unit.phone[-7:].encode(), 2)
    return message(unit, 0x0100, body + plate.encode("gbk"))


def authentication(unit: Unit, *, code: str) -> bytes:
    """Return an authentication (0x0102). Source: JT/T 808-2013, 8 and JT/T 808-2019, 8 (终端鉴权)."""
    if not unit.of_2019:
        return message(unit, 0x0102, code.encode())
    secret = code.encode()
    body = struct.pack(">B", len(secret)) + secret + struct.pack(">15s20s", b"860000000000001", b"1.0.7")
    return message(unit, 0x0102, body)


def heartbeat(unit: Unit) -> bytes:
    """Return a heartbeat (0x0002)."""
    return message(unit, 0x0002)


def spot_body(spot: Spot) -> bytes:
    """Return the body of a location report, with mileage, signal and satellites.

    Source: JT/T 808-2019, 8 (位置信息汇报).
    """
    time = bytes.fromhex(spot.at.astimezone(_BEIJING).strftime("%y%m%d%H%M%S"))
    basic = struct.pack(
        ">IIIIHHH",
        spot.alarms,
        0b1100_0000_0000_0000_0011,
        round(spot.latitude * 1e6),
        round(spot.longitude * 1e6),
        spot.altitude_m,
        round(spot.speed_kmh * 10),
        spot.direction,
    )
    extra = struct.pack(">BBI", 0x01, 4, round(spot.mileage_km * 10)) + bytes((0x30, 1, 24, 0x31, 1, 14))
    return basic + time + extra


def location(unit: Unit, spot: Spot) -> bytes:
    """Return a location report (0x0200)."""
    return message(unit, 0x0200, spot_body(spot))


def replay(unit: Unit, spots: Sequence[Spot]) -> bytes:
    """Return reports that were kept while there was no network (0x0704, type 1)."""
    bodies = [spot_body(spot) for spot in spots]
    packed = b"".join(struct.pack(">H", len(body)) + body for body in bodies)
    return message(unit, 0x0704, struct.pack(">HB", len(bodies), 1) + packed)


class Heard(NamedTuple):
    """A message of the platform."""

    id: int
    serial: int
    body: bytes


class UnheardOf(ValueError):
    """The platform said something that a terminal would not understand."""


class Ear:
    """Collects what comes from the platform until a message is whole."""

    def __init__(self, unit: Unit) -> None:
        self._of_2019 = unit.of_2019
        self._held = b""

    def hear(self, data: bytes) -> Iterator[Heard]:
        """Yield each whole message. Raises: UnheardOf for a wrong check or length: a platform has no excuse."""
        self._held += data
        while self._held.count(b"\x7e") >= 2:
            begin = self._held.index(b"\x7e")
            end = self._held.index(b"\x7e", begin + 1)
            inner, self._held = self._held[begin + 1 : end], self._held[end + 1 :]
            yield self._understand(inner)

    def _understand(self, inner: bytes) -> Heard:
        plain = inner.replace(b"\x7d\x02", b"\x7e").replace(b"\x7d\x01", b"\x7d")
        code = 0
        for byte in plain:
            code ^= byte
        number, properties = struct.unpack_from(">HH", plain)
        head = 17 if self._of_2019 else 12
        (serial,) = struct.unpack_from(">H", plain, head - 2)
        body = plain[head:-1]
        if code or len(body) != properties & 0x3FF or bool(properties & _OF_2019) != self._of_2019:
            raise UnheardOf(inner.hex())
        return Heard(number, serial, body)


def general_answer(unit: Unit, heard: Heard, *, result: int = 0) -> bytes:
    """Return a terminal's general answer (0x0001)."""
    return message(unit, 0x0001, struct.pack(">HHB", heard.serial, heard.id, result))


def obey(unit: Unit, heard: Heard, *, spot: Spot) -> list[bytes]:
    """Return what a terminal answers to an order that it carries out; nothing to answers.

    Source: JT/T 808-2019, 8 (查询终端参数应答、查询终端属性应答、位置信息查询应答).
    """
    serial = struct.pack(">H", heard.serial)
    if heard.id == 0x8201:
        return [message(unit, 0x0201, serial + spot_body(spot))]
    if heard.id == 0x8104:
        parameters = struct.pack(">IBIIBI", 0x0001, 4, 60, 0x0029, 4, 15)
        return [message(unit, 0x0104, serial + b"\x02" + parameters)]
    if heard.id == 0x8107:
        layout = ">H5s30s30s" if unit.of_2019 else ">H5s20s7s"
        head = struct.pack(layout, 7, b"ONECT", b"OC-808", unit.phone[-7:].encode())
        return [message(unit, 0x0107, head + bytes.fromhex("89860000000000000001") + b"\x02H1\x05F1.07\x03\xff")]
    if heard.id & 0x8000 and heard.id not in {0x8001, 0x8003, 0x8004, 0x8100}:
        return [general_answer(unit, heard)]
    return []
