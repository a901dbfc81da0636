"""Puts the parts of a split packet together, within bounds, with the time passed in.

Each part of an upload is a packet of its own with the same DataTime, and with answers wanted each is acknowledged on
its own. So a gateway that acknowledges what it has stored may store part by part and needs no joiner; what does need
one is a packet whose parts make no sense alone.
"""

from dataclasses import dataclass, field, replace
from typing import Final

from onecity.platform.iot.codecs.hj212.editions import IN_PARTS
from onecity.platform.iot.codecs.hj212.packet import Item, Packet
from onecity.platform.iot.codecs.hj212.readings import DATA_TIME

_Kin = tuple[str, str, str, int]
_BYTES_PER_TEXT: Final = 64  # what CPython needs for a small str besides its characters, and the slot that holds it


@dataclass(frozen=True, slots=True)
class Joined:
    """What came of one part: the whole packet once all parts are there, and groups that had to be given up.

    incomplete: the parts of each such group by number; nothing is lost in silence.
    """

    whole: Packet | None = None
    incomplete: tuple[tuple[Packet, ...], ...] = ()


@dataclass(slots=True, eq=False)
class _Group:
    kin: _Kin
    begun_at: float
    data_time: str | None = None
    size: int = 0
    parts: dict[int, Packet] = field(default_factory=dict)

    def takes(self, packet: Packet, *, data_time: str | None) -> bool:
        """Say whether the part belongs here: same time, or no time on one side and its place still free."""
        if data_time is not None and data_time == self.data_time:
            return True
        return (data_time is None or self.data_time is None) and packet.pno not in self.parts

    def in_order(self) -> tuple[Packet, ...]:
        return tuple(self.parts[number] for number in sorted(self.parts))


class Joiner:
    """Holds parts until their packet is whole.

    most_parts: a packet of more is not collected. oldest_s: age at which a group is given up.
    most_bytes: bound of what is held, by estimate; the oldest groups go first.
    """

    def __init__(self, *, most_parts: int = 64, oldest_s: float = 60.0, most_bytes: int = 1 << 20) -> None:
        self._most_parts = most_parts
        self._oldest_s = oldest_s
        self._most_bytes = most_bytes
        self._groups: list[_Group] = []
        self._size = 0

    @property
    def size(self) -> int:
        """Bytes held, by estimate."""
        return self._size

    def add(self, packet: Packet, *, now_s: float) -> Joined:
        """Take one packet; one that is no part comes back whole at once.

        now_s: seconds on any clock that does not run backwards. A part that comes again replaces the first; if their
        data differ, the first is given back.
        Source: HJ 212-2017, 6 (PNUM, PNO) and appendix C (拆分包示例).
        """
        if not packet.is_part or packet.pnum is None or packet.pno is None:
            return Joined(whole=packet)
        if packet.pnum > self._most_parts:
            return Joined(incomplete=((packet,),))
        given_up = self.expire(now_s=now_s)
        group = self._group_of(packet, pnum=packet.pnum, now_s=now_s)
        given_up += self._put(group, packet, number=packet.pno)
        whole = None
        if len(group.parts) == packet.pnum:
            self._drop(group)
            whole = _join(group.in_order())
        return Joined(whole, given_up + self._shrink())

    def expire(self, *, now_s: float) -> tuple[tuple[Packet, ...], ...]:
        """Give up the groups that have waited too long, and return their parts."""
        return self._give_up([group for group in self._groups if now_s - group.begun_at > self._oldest_s])

    def _group_of(self, packet: Packet, *, pnum: int, now_s: float) -> _Group:
        kin = (packet.mn, packet.st, packet.cn, pnum)
        data_time = packet.field(DATA_TIME)
        for group in reversed(self._groups):
            if group.kin == kin and group.takes(packet, data_time=data_time):
                group.data_time = group.data_time or data_time
                return group
        group = _Group(kin, now_s, data_time)
        self._groups.append(group)
        return group

    def _put(self, group: _Group, packet: Packet, *, number: int) -> tuple[tuple[Packet, ...], ...]:
        before = group.parts.get(number)
        change = _size(packet) - (_size(before) if before is not None else 0)
        group.parts[number] = packet
        group.size += change
        self._size += change
        return () if before is None or before.items == packet.items else ((before,),)

    def _shrink(self) -> tuple[tuple[Packet, ...], ...]:
        excess = self._size - self._most_bytes
        oldest = []
        for group in self._groups:
            if excess <= 0:
                break
            oldest.append(group)
            excess -= group.size
        return self._give_up(oldest)

    def _give_up(self, groups: list[_Group]) -> tuple[tuple[Packet, ...], ...]:
        for group in groups:
            self._drop(group)
        return tuple(group.in_order() for group in groups)

    def _drop(self, group: _Group) -> None:
        self._groups.remove(group)
        self._size -= group.size


def _size(packet: Packet) -> int:
    texts = [text for item in packet.items for value in item.values for text in value]
    texts += [item.name for item in packet.items]
    return sum(map(len, texts)) * 4 + (len(texts) + 16) * _BYTES_PER_TEXT


def _join(parts: tuple[Packet, ...]) -> Packet:
    """Return the first part with the data areas of all; the time that every part repeats stands once."""
    first = parts[0]
    items: list[Item] = list(first.items)
    time = first.field(DATA_TIME)
    for part in parts[1:]:
        items += [item for item in part.items if not (item.name == DATA_TIME and item.text() == time)]
    flag = None if first.flag is None else first.flag & ~IN_PARTS
    return replace(first, flag=flag, pnum=None, pno=None, items=tuple(items))
