"""What messages of edge nodes mean, in their order; data that came before its birth waits a little for it."""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from onecity.platform.iot.codecs.mqtt import Publish
from onecity.platform.iot.codecs.sparkplug import (
    BETWEEN,
    Heard,
    Kind,
    Malformed,
    Measured,
    Node,
    Payload,
    Place,
    decode,
    parted,
)
from onecity.platform.iot.gateways.field.contract import Note, Reading, Refused, Upload
from onecity.platform.iot.rules import quality, reasons

MOST_NODES: Final = 50_000
MOST_HELD: Final = 500
HELD_S: Final = 30.0
_UNIX: Final = datetime(1970, 1, 1, tzinfo=UTC)
_GOOD: Final = frozenset({None, 192})
_NOT_RELIABLE: Final = "B"
_BIRTHS: Final = frozenset({Kind.NBIRTH, Kind.DBIRTH})


class Held(NamedTuple):
    """A message that waits for a birth."""

    place: Place
    payload: Payload
    raw: bytes
    since_s: float


@dataclass(slots=True)
class Taken:
    """What a group of messages comes to. born, rebirths: group and key, group and node. gone: keys."""

    uploads: list[Upload] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    born: list[tuple[str, str]] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    rebirths: set[tuple[str, str]] = field(default_factory=set)


class Hearing:
    """All edge nodes that were heard of."""

    def __init__(self) -> None:
        self._nodes: dict[tuple[str, str], Node] = {}
        self._held: deque[Held] = deque()

    def node_of(self, group: str, key: str) -> Node | None:
        """Return the edge node of a key, its own or its device's."""
        return self._nodes.get((group, key.partition(BETWEEN)[0]))

    def take(self, messages: Sequence[Publish], *, now_s: float) -> Taken:
        """Take messages in order. now_s: monotonic."""
        taken = Taken()
        for topic, raw, _ in messages:
            self._hear(topic.decode(errors="replace"), raw, taken, now_s)
        self._give_up(taken, now_s)
        return taken

    def _hear(self, topic: str, raw: bytes, taken: Taken, now_s: float) -> None:
        place = parted(topic)
        if place is None or place.kind in {Kind.NCMD, Kind.DCMD}:
            return  # our own orders and states
        try:
            payload = decode(raw)
        except Malformed as error:
            taken.refused.append(
                Refused(raw, reasons.NOT_SPARKPLUG, {"at": str(error), "topic": topic[:200]}, device_key=place.key)
            )
            return
        if len(self._nodes) >= MOST_NODES:
            self._nodes.clear()  # they are asked for their births again
        node = self._nodes.setdefault((place.group, place.node), Node())
        heard = node.hear(place.kind, place.device, payload)
        if heard.rebirth:
            taken.rebirths.add((place.group, place.node))
        if heard.reason == reasons.NOT_BORN and len(self._held) < MOST_HELD:
            self._held.append(Held(place, payload, raw, now_s))
            return
        self._say(place, payload, raw, heard, taken)
        if place.kind in _BIRTHS:
            self._after_birth(place, node, taken)

    def _say(self, place: Place, payload: Payload, raw: bytes, heard: Heard, taken: Taken) -> None:
        if heard.reason:
            taken.refused.append(Refused(raw, heard.reason, {"topic": place.kind.value}, device_key=place.key))
            return
        if heard.online is False:
            taken.gone.append(place.key)
            return
        notes = []
        if place.kind in _BIRTHS:
            taken.born.append((place.group, place.key))
            notes = [Note(place.kind.value, "、".join(metric.name for metric in payload.metrics)[:2000])]
        if heard.measured or notes:
            taken.uploads.append(Upload(raw, place.key, readings=list(readings(heard.measured)), notes=notes))

    def _after_birth(self, born: Place, node: Node, taken: Taken) -> None:
        for item in list(self._held):
            if (item.place.group, item.place.key) == (born.group, born.key):
                self._held.remove(item)
                self._say(item.place, item.payload, item.raw, node.late(item.place.device, item.payload), taken)

    def _give_up(self, taken: Taken, now_s: float) -> None:
        while self._held and self._held[0].since_s + HELD_S < now_s:
            item = self._held.popleft()
            fields = {"topic": item.place.kind.value}
            taken.refused.append(Refused(item.raw, reasons.NOT_BORN, fields, device_key=item.place.key))


def readings(measured: Iterable[Measured]) -> Iterable[Reading]:
    """Yield what metrics measured as readings."""
    for item in measured:
        letter = quality.GOOD if item.quality in _GOOD else _NOT_RELIABLE
        if item.value is None:
            letter = quality.NO_NUMBER
        yield Reading(item.name, item.value, _instant(item.at_ms), quality=letter)


def _instant(at_ms: int | None) -> datetime | None:
    try:
        return None if at_ms is None else _UNIX + timedelta(milliseconds=at_ms)
    except OverflowError:
        return None
