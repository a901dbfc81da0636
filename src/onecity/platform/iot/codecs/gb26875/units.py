"""Application data (应用数据单元): a type flag, a count, and so many objects of that type. Low bytes come first."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType
from typing import Final, NamedTuple, assert_never

from onecity.platform.iot.codecs.octets import Octets, Short
from onecity.platform.iot.codecs.refusals import BadBody

DESCRIPTION: Final = 31


class Flag(IntEnum):
    """What the objects of a data unit are. Source: GB/T 26875.3-2011, 8 (类型标志)."""

    SYSTEM_STATE = 1
    PART_STATE = 2
    ANALOGUE = 3
    OPERATION = 4
    VERSION = 5
    CONFIGURATION = 6
    PART_CONFIGURATION = 7
    TIME = 8
    TRANSMITTER_STATE = 21
    TRANSMITTER_OPERATION = 24
    TRANSMITTER_VERSION = 25
    TRANSMITTER_CONFIGURATION = 26
    TRANSMITTER_TIME = 28
    ASK_SYSTEM_STATE = 61
    ASK_PART_STATE = 62
    ASK_ANALOGUE = 63
    ASK_OPERATIONS = 64
    ASK_VERSION = 65
    ASK_CONFIGURATION = 66
    ASK_PART_CONFIGURATION = 67
    ASK_TIME = 68
    ASK_TRANSMITTER_STATE = 81
    ASK_TRANSMITTER_OPERATIONS = 84
    ASK_TRANSMITTER_VERSION = 85
    ASK_TRANSMITTER_CONFIGURATION = 86
    ASK_TRANSMITTER_TIME = 88
    INITIALISE = 89
    SET_TIME = 90
    DUTY_CHECK = 91


class System(NamedTuple):
    """A system in a building: its kind (`tables.SYSTEMS`) and its number there."""

    kind: int
    number: int


class Part(NamedTuple):
    """A component of a system: its kind (`tables.COMPONENTS`) and its four address bytes, as sent."""

    system: System
    kind: int
    address: bytes


@dataclass(frozen=True, slots=True)
class SystemState:
    """A system's state. state: bits of `tables.SYSTEM_STATES`. time: six bytes."""

    system: System
    state: int
    time: bytes


@dataclass(frozen=True, slots=True)
class PartState:
    """A component's state. state: bits of `tables.PART_STATES`. description: 31 bytes as sent."""

    part: Part
    state: int
    description: bytes
    time: bytes


@dataclass(frozen=True, slots=True)
class Analogue:
    """A measured value. kind: `tables.ANALOGUES`. value: as on the wire, signed."""

    part: Part
    kind: int
    value: int
    time: bytes


@dataclass(frozen=True, slots=True)
class Operation:
    """Something that was done at a system, or (system None) at the transmitter. flags: bits of `tables.OPERATIONS`."""

    system: System | None
    flags: int
    operator: int
    time: bytes


@dataclass(frozen=True, slots=True)
class Version:
    """The software's version, of a system or (None) of the transmitter."""

    system: System | None
    main: int
    minor: int


@dataclass(frozen=True, slots=True)
class Configuration:
    """How a system or (None) the transmitter is set up, in words."""

    system: System | None
    text: bytes


@dataclass(frozen=True, slots=True)
class PartConfiguration:
    """What a component is."""

    part: Part
    description: bytes


@dataclass(frozen=True, slots=True)
class Clock:
    """The time that a system or (None) the transmitter has."""

    system: System | None
    time: bytes


@dataclass(frozen=True, slots=True)
class TransmitterState:
    """The transmitter's state. state: bits of `tables.TRANSMITTER_STATES`."""

    state: int
    time: bytes


@dataclass(frozen=True, slots=True)
class Plain:
    """An object of a request or a control, as sent."""

    data: bytes


Object = (
    SystemState
    | PartState
    | Analogue
    | Operation
    | Version
    | Configuration
    | PartConfiguration
    | Clock
    | TransmitterState
    | Plain
)


class Unit(NamedTuple):
    """A data unit."""

    flag: int
    objects: tuple[Object, ...]


def text_of(data: bytes) -> str:
    """Read a text in GB 18030 up to the first zero byte, without blanks around it.

    Source: GB/T 26875.3-2011, 8 (部件说明).
    """
    return data.split(b"\0", 1)[0].decode("gb18030", "replace").strip()


def description_of(text: str) -> bytes:
    """Return a text in the 31 bytes of a description; what does not fit is cut off behind a whole character."""
    data = text.encode("gb18030")[:DESCRIPTION]
    return data.decode("gb18030", "ignore").encode("gb18030").ljust(DESCRIPTION, b"\0")


def _system(octets: Octets) -> System:
    return System(octets.number(1), octets.number(1))


def _part(octets: Octets) -> Part:
    return Part(_system(octets), octets.number(1), octets.take(4))


def _plain(size: int) -> Callable[[Octets], Object]:
    return lambda octets: Plain(octets.take(size))


_READERS: Final[Mapping[int, tuple[int, Callable[[Octets], Object]]]] = MappingProxyType(
    {
        Flag.SYSTEM_STATE: (102, lambda o: SystemState(_system(o), o.number(2), o.take(6))),
        Flag.PART_STATE: (22, lambda o: PartState(_part(o), o.number(2), o.take(DESCRIPTION), o.take(6))),
        Flag.ANALOGUE: (63, lambda o: Analogue(_part(o), o.number(1), o.number(2, signed=True), o.take(6))),
        Flag.OPERATION: (102, lambda o: Operation(_system(o), o.number(1), o.number(1), o.take(6))),
        Flag.VERSION: (1, lambda o: Version(_system(o), o.number(1), o.number(1))),
        Flag.CONFIGURATION: (3, lambda o: Configuration(_system(o), o.take(o.number(1)))),
        Flag.PART_CONFIGURATION: (26, lambda o: PartConfiguration(_part(o), o.take(DESCRIPTION))),
        Flag.TIME: (1, lambda o: Clock(_system(o), o.take(6))),
        Flag.TRANSMITTER_STATE: (1, lambda o: TransmitterState(o.number(1), o.take(6))),
        Flag.TRANSMITTER_OPERATION: (127, lambda o: Operation(None, o.number(1), o.number(1), o.take(6))),
        Flag.TRANSMITTER_VERSION: (1, lambda o: Version(None, o.number(1), o.number(1))),
        Flag.TRANSMITTER_CONFIGURATION: (1, lambda o: Configuration(None, o.take(o.number(1)))),
        Flag.TRANSMITTER_TIME: (1, lambda o: Clock(None, o.take(6))),
        **{flag: (102, _plain(2)) for flag in (61, 65, 66, 68)},
        **{flag: (102, _plain(6)) for flag in (62, 63, 67)},
        Flag.ASK_OPERATIONS: (1, _plain(9)),
        **{flag: (1, _plain(1)) for flag in (81, 85, 86, 88, 89, 91)},
        Flag.ASK_TRANSMITTER_OPERATIONS: (1, _plain(7)),
        Flag.SET_TIME: (1, _plain(6)),
    }
)
"""How many objects a unit may hold at most, and how one is read."""


def decode_unit(data: bytes) -> Unit:
    """Read application data.

    Raises: BadBody for an unknown type, a count that its type does not allow, or one that does not fill the data.
    Source: GB/T 26875.3-2011, 7 and 8 (应用数据单元).
    """
    octets = Octets(data, order="little")
    try:
        flag, count = octets.number(1), octets.number(1)
        if flag not in _READERS:
            raise BadBody(f"type flag {flag} is not known")
        most, read = _READERS[flag]
        if not 1 <= count <= most:
            raise BadBody(f"{count} objects of type {flag}")
        objects = tuple(read(octets) for _ in range(count))
    except Short:
        raise BadBody("the data end before the last object") from None
    if octets.left:
        raise BadBody("there are more bytes than objects")
    return Unit(flag, objects)


def encode_unit(unit: Unit) -> bytes:
    """Return application data; `decode_unit` reads an equal unit from it."""
    return bytes([unit.flag, len(unit.objects)]) + b"".join(_bytes(item) for item in unit.objects)


def _bytes(item: Object) -> bytes:
    match item:
        case PartState() | Analogue() | PartConfiguration():
            return _of_part(item)
        case SystemState(system, state, time):
            return bytes(system) + state.to_bytes(2, "little") + time
        case TransmitterState(state, time):
            return bytes([state]) + time
        case Plain(data):
            return data
        case _:
            return bytes(item.system or ()) + _of_system(item)


def _of_part(item: PartState | Analogue | PartConfiguration) -> bytes:
    head = bytes(item.part.system) + bytes([item.part.kind]) + item.part.address
    match item:
        case PartState(_, state, description, time):
            return head + state.to_bytes(2, "little") + description + time
        case Analogue(_, kind, value, time):
            return head + bytes([kind]) + value.to_bytes(2, "little", signed=True) + time
        case PartConfiguration(_, description):
            return head + description
        case _:
            assert_never(item)


def _of_system(item: Operation | Version | Configuration | Clock) -> bytes:
    match item:
        case Operation(_, flags, operator, time):
            return bytes([flags, operator]) + time
        case Version(_, main, minor):
            return bytes([main, minor])
        case Configuration(_, text):
            return bytes([len(text)]) + text
        case Clock(_, time):
            return time
        case _:
            assert_never(item)
