"""From the objects of a data unit to readings, and to notes for people."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from onecity.kernel.clock import CITY_ZONE
from onecity.platform.iot.codecs.gb26875 import tables
from onecity.platform.iot.codecs.gb26875.packet import instant
from onecity.platform.iot.codecs.gb26875.tables import Bit
from onecity.platform.iot.codecs.gb26875.units import (
    Analogue,
    Clock,
    Configuration,
    Object,
    Operation,
    Part,
    PartConfiguration,
    PartState,
    Plain,
    System,
    SystemState,
    TransmitterState,
    Unit,
    Version,
    text_of,
)
from onecity.platform.iot.gateways.field.contract import Note, Reading
from onecity.platform.iot.gateways.field.gb26875.standing import Standing

LATE: Final = timedelta(minutes=5)
"""How far an event's time may be from its arrival before people are told. Source: House rule."""
_NOT_TOLD: Final = frozenset({0})  # whether it is a test is said in words


@dataclass(slots=True)
class Told:
    """What a data unit says. arrived: city time. sent: the packet's own time, for objects without one."""

    standing: Standing
    arrived: datetime
    sent: datetime | None
    found: dict[tuple[str, datetime | None], float] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)

    @property
    def readings(self) -> list[Reading]:
        """The readings, one for each name and time."""
        return [Reading(name, value, at) for (name, at), value in self.found.items()]

    def unit(self, unit: Unit) -> "Told":
        """Take every object of a data unit."""
        for item in unit.objects:
            self._take(item, str(unit.flag))
        return self

    def _take(self, item: Object, kind: str) -> None:
        match item:
            case SystemState() | PartState() | TransmitterState():
                self._state(item, kind)
            case Analogue(part, quantity, value, time):
                self._analogue(part, quantity, value, self._at(time))
            case Operation(system, flags, operator, time):
                who = _where(system)
                self._note(kind, f"{who}：{tables.operations(flags)}，操作员{operator}", self._at(time))
            case _:
                self._note(kind, _words(item), None)

    def _state(self, item: SystemState | PartState | TransmitterState, kind: str) -> None:
        at = self._at(item.time)
        if isinstance(item, PartState):
            bits, who = tables.PART_STATES, _part_words(item.part, item.description)
            own = _values(part_name(item.part), item.state, bits)
            whole = self.standing.component(item.part, item.state, bits=_watched(bits))
        elif isinstance(item, SystemState):
            bits, who = tables.SYSTEM_STATES, _where(item.system)
            own = _values(f"system_{item.system.kind}_{item.system.number}", item.state, bits)
            whole = self.standing.system(item.system, item.state, bits=_shared(bits))
        else:
            bits, who, own = tables.TRANSMITTER_STATES, _where(None), []
            whole = self.standing.transmitter(item.state, bits=_watched(bits))
        for name, value in [*own, *whole]:
            self._read(name, value, at)
        words = "、".join(tables.set_bits(bits, item.state)) or "无异常"
        self._note(kind, f"{who}：{words}" + ("" if item.state & 1 else "（测试位）"), at)

    def _analogue(self, part: Part, quantity: int, value: int, at: datetime | None) -> None:
        known = tables.ANALOGUES.get(quantity)
        name = known.code if known else f"analogue_{quantity}"
        self._read(f"{part_name(part)}_{name}", round(value * known.scale, 6) if known else value, at)

    def _read(self, name: str, value: float, at: datetime | None) -> None:
        """Add a reading; of two at one time under one name, what stands counts."""
        self.found[name, at] = max(value, self.found.get((name, at), value))

    def _note(self, kind: str, words: str, at: datetime | None) -> None:
        when = f"，时间 {at.astimezone(CITY_ZONE):%Y-%m-%d %H:%M:%S}" if at else ""
        late = "（与接收时间相差超过5分钟）" if at and abs(self.arrived - at) > LATE else ""
        self.notes.append(Note(kind, words + when + late))

    def _at(self, time: bytes) -> datetime | None:
        return instant(time) or self.sent


def part_name(part: Part) -> str:
    """Return how a component's readings begin: its system and its address, which vendors pack as they like."""
    return f"part_{part.system.kind}_{part.system.number}_{int.from_bytes(part.address, 'little'):08X}"


def _watched(bits: Mapping[int, Bit]) -> Mapping[int, Bit]:
    return {bit: item for bit, item in bits.items() if bit not in _NOT_TOLD}


def _shared(bits: Mapping[int, Bit]) -> Mapping[int, Bit]:
    """Return what a system and the transmitter have in common: power supplies are each their own."""
    return {bit: item for bit, item in _watched(bits).items() if not item.code.endswith("power_fault")}


def _values(name: str, state: int, bits: Mapping[int, Bit]) -> list[tuple[str, int]]:
    return [(f"{name}_{item.code}", state >> bit & 1) for bit, item in _watched(bits).items()]


def _where(system: System | None) -> str:
    return f"{tables.system_name(system.kind)}{system.number}" if system else "用户信息传输装置"


def _part_words(part: Part, description: bytes) -> str:
    address = f"{int.from_bytes(part.address[:2], 'little')}区{int.from_bytes(part.address[2:], 'little')}号"
    words = f"{_where(part.system)} {tables.component_name(part.kind)} {address}"
    text = text_of(description)
    return f"{words}（{text}）" if text else words


def _words(item: Version | Configuration | PartConfiguration | Clock | Plain) -> str:
    match item:
        case Version(system, main, minor):
            return f"{_where(system)}：软件版本 {main}.{minor}"
        case Configuration(system, text):
            return f"{_where(system)}：配置 {text_of(text)}"
        case PartConfiguration(part, description):
            return f"{_part_words(part, description)}：配置"
        case Clock(system, time):
            at = instant(time)
            return f"{_where(system)}：时钟 {at.astimezone(CITY_ZONE):%Y-%m-%d %H:%M:%S}" if at else "时钟无效"
        case Plain(data):
            return data.hex()
