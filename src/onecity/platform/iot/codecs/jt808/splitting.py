"""Long bodies go in parts (分包) with consecutive serials; others may come in between, and parts may be lost."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Final, NamedTuple

from onecity.platform.iot.codecs.faults import Fault
from onecity.platform.iot.codecs.jt808.packet import LONGEST_BODY, NotEncodable, Packet

SERIALS: Final = 1 << 16
MOST_PARTS: Final = 2_000
MOST_OPEN: Final = 8
MOST_HELD: Final = 4 * 1024 * 1024
PATIENCE_S: Final = 60.0
ASK_AFTER_S: Final = 10.0
_DRIFT: Final = 256  # how many other messages may have taken serials between two parts

Key = tuple[str, int, int]


def split(packet: Packet, *, longest: int = LONGEST_BODY) -> list[Packet]:
    """Return a message in parts of at most `longest` bytes; itself if it fits. Serials count on from its own.

    Raises: NotEncodable for a body that even 65,535 parts cannot hold.
    Source: JT/T 808-2019, 4.4 (消息包封装项).
    """
    if len(packet.body) <= longest:
        return [packet]
    pieces = [packet.body[at : at + longest] for at in range(0, len(packet.body), longest)]
    if len(pieces) >= SERIALS:
        raise NotEncodable
    return [
        replace(packet, body=piece, serial=(packet.serial + number - 1) % SERIALS, parts=len(pieces), part=number)
        for number, piece in enumerate(pieces, start=1)
    ]


class Joined(NamedTuple):
    """A split message, put together, and its parts in their order."""

    packet: Packet
    parts: tuple[Packet, ...]


class Unjoined(NamedTuple):
    """A split message that was given up. packets: the parts that came, in the order of their numbers."""

    packets: tuple[Packet, ...]
    fault: Fault


class Missing(NamedTuple):
    """What lacks of a split message. first: one of its parts. serial: of its part 1. numbers: of the lacking parts."""

    first: Packet
    serial: int
    numbers: tuple[int, ...]


@dataclass(slots=True)
class _Group:
    base: int  # serial of a part, less its number
    since: float
    order: int
    parts: dict[int, Packet] = field(default_factory=dict)
    asked: bool = False
    size: int = 0


class Joiner:
    """Puts parts together. Bounded: open messages, bytes held, time waited; what goes beyond is given up and told."""

    def __init__(self, *, most_held: int = MOST_HELD, most_open: int = MOST_OPEN) -> None:
        self._most_held = most_held
        self._most_open = most_open
        self._groups: dict[Key, list[_Group]] = {}
        self._order: Iterator[int] = count()
        self._held = 0
        self._open = 0

    def add(self, packet: Packet, *, at: float) -> tuple[Joined | None, list[Unjoined]]:
        """Take a part; return the whole message if this was the last lacking one, and what had to be given up.

        at: seconds, monotonic. A repeated part changes nothing.
        """
        if packet.parts > MOST_PARTS:
            return None, [Unjoined((packet,), Fault.TOO_MANY_PARTS)]
        key = (packet.phone, packet.id, packet.parts)
        group = self._group_of(packet, key, at)
        if packet.part not in group.parts:
            group.parts[packet.part] = packet
            group.size += len(packet.body)
            self._held += len(packet.body)
        if len(group.parts) < packet.parts:
            return None, self._make_room()
        self._drop(key, group)
        parts = tuple(group.parts[number] for number in range(1, packet.parts + 1))
        whole = replace(parts[0], body=b"".join(part.body for part in parts), parts=0, part=0)
        return Joined(whole, parts), []

    def missing(self, *, at: float) -> list[Missing]:
        """Return what to ask for again: once for each message that has waited long enough for its parts."""
        wanted = []
        for (_, _, parts), group in self._all():
            if not group.asked and at - group.since >= ASK_AFTER_S:
                group.asked = True
                lacking = tuple(number for number in range(1, parts + 1) if number not in group.parts)
                first = next(iter(group.parts.values()))
                wanted.append(Missing(first, (group.base + 1) % SERIALS, lacking))
        return wanted

    def expired(self, *, at: float) -> list[Unjoined]:
        """Give up what has waited too long, and return it."""
        gone = [(key, group) for key, group in self._all() if at - group.since >= PATIENCE_S]
        return [self._give_up(key, group, Fault.PARTS_MISSING) for key, group in gone]

    def settle(self) -> list[Unjoined]:
        """Give up everything, as when the connection closes."""
        return [self._give_up(key, group, Fault.PARTS_MISSING) for key, group in self._all()]

    def _group_of(self, packet: Packet, key: Key, at: float) -> _Group:
        groups = self._groups.setdefault(key, [])
        base = (packet.serial - packet.part) % SERIALS
        near = [group for group in groups if _drift(base, group) <= _DRIFT and _fits(packet, group)]
        if near:
            return min(near, key=lambda group: _drift(base, group))
        group = _Group(base, at, next(self._order))
        groups.append(group)
        self._open += 1
        return group

    def _make_room(self) -> list[Unjoined]:
        given_up = []
        while self._open > self._most_open or self._held > self._most_held:
            key, group = min(self._all(), key=lambda item: item[1].order)
            given_up.append(self._give_up(key, group, Fault.TOO_MANY_PARTS))
        return given_up

    def _give_up(self, key: Key, group: _Group, fault: Fault) -> Unjoined:
        self._drop(key, group)
        return Unjoined(tuple(group.parts[number] for number in sorted(group.parts)), fault)

    def _drop(self, key: Key, group: _Group) -> None:
        self._groups[key].remove(group)
        if not self._groups[key]:
            del self._groups[key]
        self._held -= group.size
        self._open -= 1

    def _all(self) -> list[tuple[Key, _Group]]:
        return [(key, group) for key, groups in self._groups.items() for group in groups]


def _drift(base: int, group: _Group) -> int:
    ahead = (base - group.base) % SERIALS
    return min(ahead, SERIALS - ahead)


def _fits(packet: Packet, group: _Group) -> bool:
    known = group.parts.get(packet.part)
    return known is None or known == packet
