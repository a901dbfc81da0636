"""What a fire-alarm transmitter of GB/T 26875.3 sends, written from the standard's tables and without the codec.

@@ serial 2 | 1 1 | ss mm hh DD MM YY | source 6 | destination 6 | length 2 | command | data … | sum | ##
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import NamedTuple

_BEIJING = timezone(timedelta(hours=8))
CENTRE = 1
SEND, CONFIRM, ANSWER = 2, 3, 5
FIRE, FAULT, MAIN_POWER = 0x02, 0x04, 0x08


@dataclass(slots=True)
class Unit:
    """A transmitter. address: of its own. serial: of its last packet."""

    address: int
    serial: int = -1


class Spot(NamedTuple):
    """A component. system: kind and number. kind: 40 for a smoke detector. zone, number: its place in the system."""

    zone: int
    number: int
    text: str
    kind: int = 40
    system: tuple[int, int] = (1, 1)

    def head(self) -> bytes:
        """Return the bytes by which it is named."""
        return struct.pack("<BBBHH", *self.system, self.kind, self.zone, self.number)


def clock(at: datetime) -> bytes:
    """Return a time as it is written: seconds first."""
    local = at.astimezone(_BEIJING)
    return bytes((local.second, local.minute, local.hour, local.day, local.month, local.year - 2000))


def packet(unit: Unit, command: int, data: bytes, *, at: datetime, serial: int | None = None) -> bytes:
    """Return a whole packet. serial: of the one that it answers; else the next one. Source: GB/T 26875.3-2011, 6."""
    if serial is None:
        unit.serial = serial = (unit.serial + 1) % 65_536
    own, centre = unit.address.to_bytes(6, "little"), CENTRE.to_bytes(6, "little")
    body = struct.pack("<HBB", serial, 1, 1) + clock(at) + own + centre + struct.pack("<HB", len(data), command) + data
    return b"@@" + body + bytes((sum(body) % 256,)) + b"##"


def heartbeat(unit: Unit, *, at: datetime) -> bytes:
    """Return a heartbeat: data to be sent, and none of them. Source: practice of makers."""
    return packet(unit, SEND, b"", at=at)


def component_states(unit: Unit, states: Sequence[tuple[Spot, int]], *, at: datetime) -> bytes:
    """Return components' states (type 2). Source: GB/T 26875.3-2011, 8."""
    objects = b"".join(
        spot.head() + struct.pack("<H", state) + spot.text.encode("gb18030")[:31].ljust(31, b"\0") + clock(at)
        for spot, state in states
    )
    return packet(unit, SEND, bytes((2, len(states))) + objects, at=at)


def system_state(unit: Unit, state: int, *, at: datetime, system: tuple[int, int] = (1, 1)) -> bytes:
    """Return a system's state (type 1). Source: GB/T 26875.3-2011, 8."""
    return packet(unit, SEND, bytes((1, 1, *system)) + struct.pack("<H", state) + clock(at), at=at)


def analogue(unit: Unit, spot: Spot, kind: int, value: int, *, at: datetime) -> bytes:
    """Return a measured value (type 3). Source: GB/T 26875.3-2011, 8."""
    return packet(unit, SEND, b"\x03\x01" + spot.head() + struct.pack("<Bh", kind, value) + clock(at), at=at)


def own_state(unit: Unit, state: int, *, at: datetime) -> bytes:
    """Return the transmitter's own state (type 21). Source: GB/T 26875.3-2011, 8."""
    return packet(unit, SEND, bytes((21, 1, state)) + clock(at), at=at)


def key_pressed(unit: Unit, operator: int, *, at: datetime) -> bytes:
    """Return the answer of the officer on duty (type 24, bit 5). Source: GB/T 26875.3-2011, 8."""
    return packet(unit, SEND, bytes((24, 1, 0x20, operator)) + clock(at), at=at)


class Heard(NamedTuple):
    """A packet of the centre."""

    serial: int
    command: int
    data: bytes


class UnheardOf(ValueError):
    """The centre said something that a transmitter would not understand."""


class Ear:
    """Collects what comes from the centre until a packet is whole."""

    def __init__(self) -> None:
        self._held = b""

    def hear(self, data: bytes) -> Iterator[Heard]:
        """Yield each whole packet. Raises: UnheardOf for a wrong form: a platform has no excuse."""
        self._held += data
        while len(self._held) >= 30:
            (length,) = struct.unpack_from("<H", self._held, 24)
            if len(self._held) < 30 + length:
                return
            whole, self._held = self._held[: 30 + length], self._held[30 + length :]
            if whole[:2] != b"@@" or whole[-2:] != b"##" or sum(whole[2:-3]) % 256 != whole[-3]:
                raise UnheardOf(whole.hex())
            yield Heard(struct.unpack_from("<H", whole, 2)[0], whole[26], whole[27:-3])


def obey(unit: Unit, heard: Heard, *, at: datetime, state: int = 0) -> list[bytes]:
    """Return what a transmitter says to an order; nothing to answers. A duty check is answered by the officer.

    Source: GB/T 26875.3-2011, 8 (类型标志 81 至 91).
    """
    if heard.command == 1:
        said = [packet(unit, CONFIRM, b"", at=at, serial=heard.serial)]
        return [*said, key_pressed(unit, 7, at=at)] if heard.data[:1] == b"\x5b" else said
    answers = {
        81: bytes((21, 1, state)) + clock(at),
        85: bytes((25, 1, 1, 7)),
        86: bytes((26, 1, 4)) + b"demo",
        88: bytes((28, 1)) + clock(at),
    }
    data = answers.get(heard.data[0]) if heard.command == 4 else None
    return [packet(unit, ANSWER, data, at=at, serial=heard.serial)] if data else []
