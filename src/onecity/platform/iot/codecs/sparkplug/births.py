"""What a host application remembers of an edge node: births, aliases, sequence; pure, one `Node` for each edge node.

A birth lists all metrics with their datatypes; DATA may then use the alias alone and leave the datatype out.
"""

from dataclasses import dataclass, field
from typing import Final

from onecity.platform.iot.codecs.sparkplug.payload import NUMBERS, Metric, Payload, Value, typed
from onecity.platform.iot.codecs.sparkplug.topics import Kind
from onecity.platform.iot.codecs.sparkplug.wire import Malformed
from onecity.platform.iot.rules import reasons

BD_SEQ: Final = "bdSeq"
CONTROLS: Final = ("Node Control/", "Device Control/")
REBIRTH: Final = "Node Control/Rebirth"
_SEQUENCE: Final = 256


@dataclass(frozen=True, slots=True)
class Measured:
    """A number that a metric said. at_ms: since 1970, UTC; None where the message says no time."""

    name: str
    value: float | None
    at_ms: int | None
    quality: int | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """What a message means. rebirth: the node should be asked for its births. reason: why nothing of it can be read.

    online: False for a death that counts; None where nothing changes.
    """

    measured: tuple[Measured, ...] = ()
    rebirth: bool = False
    reason: str = ""
    online: bool | None = None


@dataclass(slots=True)
class _Born:
    """One birth's metrics: datatype by name, name by alias."""

    datatypes: dict[str, int] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)


class Node:
    """An edge node with its devices. Source: Sparkplug 3.0.0, 5 (operational behaviour)."""

    def __init__(self) -> None:
        self._bd_seq: int | None = None
        self._next: int | None = None
        self._gap = False
        self._births: dict[str, _Born] = {}

    def hear(self, kind: Kind, device: str, payload: Payload) -> Heard:
        """Take a message of the node, or of one of its devices. device: "" for the node itself."""
        try:
            return self._hear(kind, device, payload)
        except Malformed:
            return Heard(reason=reasons.NOT_SPARKPLUG, rebirth=True)

    def late(self, device: str, payload: Payload) -> Heard:
        """Read a DATA message that came before the birth that it needs; its place in the sequence is past."""
        born = self._births.get(device)
        try:
            return Heard(reason=reasons.NOT_BORN) if born is None else Heard(_numbers(payload, born))
        except Malformed:
            return Heard(reason=reasons.NOT_SPARKPLUG)

    def datatype(self, device: str, name: str) -> int:
        """Return the datatype that a metric was born with; 0 if it was not."""
        born = self._births.get(device)
        return born.datatypes.get(name, 0) if born else 0

    def _hear(self, kind: Kind, device: str, payload: Payload) -> Heard:
        match kind:
            case Kind.NDEATH:
                return self._death(payload)
            case Kind.NBIRTH:
                self._bd_seq = _bd_seq(payload)
                self._births.clear()
                self._gap = False
                self._next = ((payload.seq or 0) + 1) % _SEQUENCE
                return self._birth(device, payload)
            case Kind.DBIRTH:
                in_order = self._count(payload)
                heard = self._birth(device, payload)
                return heard if in_order else Heard(heard.measured, rebirth=True, online=heard.online)
            case Kind.DDEATH:
                in_order = self._count(payload)
                self._births.pop(device, None)
                return Heard(rebirth=not in_order, online=False)
            case Kind.NDATA | Kind.DDATA:
                return self._data(device, payload)
        return Heard()

    def _death(self, payload: Payload) -> Heard:
        """A death counts only if its bdSeq is that of the last birth: an old will may come late."""
        if self._bd_seq is None or _bd_seq(payload) != self._bd_seq:
            return Heard()
        self._births.clear()
        self._bd_seq = self._next = None
        return Heard(online=False)

    def _birth(self, device: str, payload: Payload) -> Heard:
        born = self._births[device] = _Born()
        for metric in payload.metrics:
            if metric.name:
                born.datatypes[metric.name] = metric.datatype
                if metric.alias is not None:
                    born.names[metric.alias] = metric.name
        return Heard(_numbers(payload, born), online=True)

    def _data(self, device: str, payload: Payload) -> Heard:
        in_order = self._count(payload)
        born = self._births.get(device)
        if born is None:
            return Heard(rebirth=True, reason=reasons.NOT_BORN)
        if self._gap and not all(metric.name for metric in payload.metrics):
            return Heard(
                rebirth=not in_order, reason=reasons.NOT_BORN
            )  # an alias may have been given anew in what was lost
        return Heard(_numbers(payload, born), rebirth=not in_order)

    def _count(self, payload: Payload) -> bool:
        """Note a message's place in the sequence; False if some before it are missing."""
        seq, expected = payload.seq, self._next
        self._next = None if seq is None else (seq + 1) % _SEQUENCE
        in_order = seq is not None and seq == expected
        self._gap = self._gap or not in_order
        return in_order


def _bd_seq(payload: Payload) -> int | None:
    value = next((metric.value for metric in payload.metrics if metric.name == BD_SEQ), None)
    return value if isinstance(value, int) else None


def _numbers(payload: Payload, born: _Born) -> tuple[Measured, ...]:
    found: list[Measured] = []
    for metric in payload.metrics:
        name = metric.name or born.names.get(-1 if metric.alias is None else metric.alias, "")
        if not name:
            raise Malformed("a metric that was not born")
        datatype = metric.datatype or born.datatypes.get(name, 0)
        if name == BD_SEQ or name.startswith(CONTROLS) or datatype not in NUMBERS:
            continue
        at = metric.timestamp if metric.timestamp is not None else payload.timestamp
        found.append(Measured(name, _number(typed(metric, datatype)), at, metric.quality))
    return tuple(found)


def _number(value: Value) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def rebirth_request(*, alias: int | None = None) -> Metric:
    """Return the metric by which a host asks a node for its births. Source: Sparkplug 3.0.0, 6.4.23."""
    return Metric(name=REBIRTH, alias=alias, datatype=11, value=True)
