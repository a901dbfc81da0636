"""What modules declare to iot: types of devices, first thresholds, and what they want to hear of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from onecity.kernel.text import zh
from onecity.kernel.units import Unit


class Period(StrEnum):
    """What a reading stands for: an instant, or a stretch of time that begins at its phenomenon time."""

    REAL_TIME = "real_time"
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"


class Protocol(StrEnum):
    """How a device reaches the platform."""

    HJ212 = "hj212"
    MQTT = "mqtt"
    HTTP = "http"
    JT808 = "jt808"
    DLT645 = "dlt645"
    CJT188 = "cjt188"
    SL651 = "sl651"
    GB26875 = "gb26875"
    GB32960 = "gb32960"
    MODBUS = "modbus"
    OPCUA = "opcua"
    COAP = "coap"
    LWM2M = "lwm2m"
    SPARKPLUG = "sparkplug"
    THINGSBOARD = "thingsboard"


class Severity(StrEnum):
    """How grave an alarm is, gravest first."""

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"
    NOTICE = "notice"


PROTOCOL_NAMES: Mapping[str, str] = {
    Protocol.HJ212: zh("HJ 212 污染源报文"),
    Protocol.MQTT: "MQTT",
    Protocol.HTTP: "HTTP",
    Protocol.JT808: zh("JT/T 808 车载终端"),
    Protocol.DLT645: zh("DL/T 645 电能表"),
    Protocol.CJT188: zh("CJ/T 188 水气热表"),
    Protocol.SL651: zh("SL 651 水文遥测"),
    Protocol.GB26875: zh("GB/T 26875.3 消防远程监控"),
    Protocol.GB32960: zh("GB/T 32960 电动汽车"),
    Protocol.MODBUS: "Modbus",
    Protocol.OPCUA: "OPC UA",
    Protocol.COAP: "CoAP",
    Protocol.LWM2M: "LwM2M",
    Protocol.SPARKPLUG: "Sparkplug B",
    Protocol.THINGSBOARD: "ThingsBoard MQTT",
}
_NAMED_LIKE_MQTT = frozenset(
    {Protocol.HTTP, Protocol.COAP, Protocol.LWM2M, Protocol.SPARKPLUG, Protocol.THINGSBOARD, Protocol.OPCUA}
)
PERIOD_NAMES: Mapping[str, str] = {
    Period.REAL_TIME: zh("实时"),
    Period.MINUTE: zh("分钟"),
    Period.HOUR: zh("小时"),
    Period.DAY: zh("日"),
}
SEVERITY_NAMES: Mapping[str, str] = {
    Severity.CRITICAL: zh("紧急"),
    Severity.MAJOR: zh("重要"),
    Severity.MINOR: zh("一般"),
    Severity.NOTICE: zh("提示"),
}


class ValueKind(StrEnum):
    """What values of a property or an argument are. Booleans and enumerations are stored as numbers."""

    NUMBER = "number"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    ENUMERATION = "enumeration"
    TEXT = "text"
    OBJECT = "object"


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of an enumeration and what it is called."""

    value: int
    name: str


@dataclass(frozen=True, slots=True)
class ObservedProperty:
    """Something that a device measures. code: unique within the type. decimals: how many people are shown.

    total_unit: of totals over a period, such as kilograms of what is measured in milligrams per litre.
    kind: texts and objects are no readings; they live in the device's reported state.
    lowest, highest: what the type says is possible; None for no bound. writable: may be set through the desired state.
    """

    code: str
    name: str
    unit: Unit
    decimals: int = 1
    total_unit: Unit | None = None
    kind: ValueKind = ValueKind.NUMBER
    lowest: float | None = None
    highest: float | None = None
    choices: tuple[Choice, ...] = ()
    writable: bool = False


@dataclass(frozen=True, slots=True)
class WireField:
    """How a property travels: under which name, and how many of the property's units one unit on the wire is."""

    name: str
    property_code: str
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class ProtocolMapping:
    """A protocol's names for the properties of a type. Names that are not here are kept as sent, without a unit.

    Protocols whose names devices choose themselves (HTTP, CoAP, LwM2M, Sparkplug B, ThingsBoard, OPC UA) share MQTT's
    mapping unless they have their own. Without one, the property codes are the names; HJ 212 alone has none then.
    """

    protocol: Protocol
    fields: tuple[WireField, ...]


@dataclass(frozen=True, slots=True)
class Argument:
    """One value that a command or an event carries. longest: characters of a text."""

    code: str
    name: str
    kind: ValueKind = ValueKind.NUMBER
    unit: str = ""
    lowest: float | None = None
    highest: float | None = None
    choices: tuple[Choice, ...] = ()
    needed: bool = True
    longest: int = 200


class Confirmation(StrEnum):
    """What of a device ends a command well: that it says nothing, that it takes the command, that it has done it."""

    SENT = "sent"
    ACCEPTED = "accepted"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Command:
    """Something the platform may tell such a device to do.

    argument: name of its one whole-number argument, "" for none. lowest, highest: bounds of the argument.
    code: known to the protocol's gateway.
    arguments: several typed ones, instead of `argument`. timeout_s: how long one try waits for the device's word.
    retries: how often it is sent again after a try without a word, each after a longer pause.
    """

    code: str
    name: str
    argument: str = ""
    lowest: int = 0
    highest: int = 0
    arguments: tuple[Argument, ...] = ()
    confirmation: Confirmation = Confirmation.DONE
    timeout_s: int = 120
    retries: int = 0

    @property
    def takes(self) -> tuple[Argument, ...]:
        """Every argument, the single whole number among them."""
        if not self.argument:
            return self.arguments
        return (Argument(self.argument, self.argument, ValueKind.INTEGER, lowest=self.lowest, highest=self.highest),)


@dataclass(frozen=True, slots=True)
class DeviceEvent:
    """Something that happens to a device and that it tells of."""

    code: str
    name: str
    severity: Severity = Severity.NOTICE
    fields: tuple[Argument, ...] = ()


@dataclass(frozen=True, slots=True)
class DeviceType:
    """A kind of device (物模型). silent_after_s: without a word for so long, city time, it counts as silent.

    edition: of a type that staff made; 0 for those that modules declare.
    """

    code: str
    name: str
    properties: tuple[ObservedProperty, ...]
    mappings: tuple[ProtocolMapping, ...] = ()
    commands: tuple[Command, ...] = ()
    silent_after_s: int = 7200
    icon: str = "router"
    events: tuple[DeviceEvent, ...] = ()
    edition: int = 0

    def observed(self, code: str) -> ObservedProperty | None:
        """Return the property with this code; None if the type has none."""
        return next((item for item in self.properties if item.code == code), None)

    def command(self, code: str) -> Command | None:
        """Return the command with this code; None if such devices do not know it."""
        return next((item for item in self.commands if item.code == code), None)

    def fields(self, protocol: Protocol) -> Mapping[str, WireField]:
        """Return what the type's names on the wire of `protocol` mean."""
        mapped = {mapping.protocol: mapping for mapping in self.mappings}
        found = mapped.get(protocol) or (mapped.get(Protocol.MQTT) if protocol in _NAMED_LIKE_MQTT else None)
        if found is not None:
            return {item.name: item for item in found.fields}
        if protocol is Protocol.HJ212:
            return {}
        return {item.code: WireField(item.code, item.code) for item in self.properties}


RuleKind = Literal["above", "below", "outside", "no_data"]


@dataclass(frozen=True, slots=True)
class Limits:
    """When a datastream's values raise an alarm and when they clear it.

    upper: raised by values above it. lower: raised by values below it. At least one, or none for a no-data rule.
    clear_upper ≤ upper, clear_lower ≥ lower: cleared by values at or inside these (hysteresis); None: the limit itself.
    hold_s: the exceedance must have covered so much phenomenon time. hold_count: and so many readings in a row.
    clear_s: values must have been clear for so long. gap_s: a longer pause between readings breaks a row; 0: none does.
    silent_s: for a no-data rule, how long without a reading.
    """

    upper: float | None = None
    lower: float | None = None
    clear_upper: float | None = None
    clear_lower: float | None = None
    hold_s: int = 0
    hold_count: int = 1
    clear_s: int = 0
    gap_s: int = 0
    silent_s: int = 0


@dataclass(frozen=True, slots=True)
class AlarmRule:
    """A rule that applies from the first day; staff edit copies of it.

    text: a Chinese sentence with the places {device} {property} {value} {unit} {limit} {time}.
    source: where the threshold comes from.
    """

    code: str
    name: str
    device_type: str
    property_code: str
    kind: RuleKind
    limits: Limits
    text: str
    period: Period = Period.REAL_TIME
    sub_value: str = ""
    severity: Severity = Severity.MINOR
    source: str = "House rule"


@dataclass(frozen=True, slots=True)
class PointTable:
    """Where the properties of a maker's device lie in its registers (Modbus) or nodes (OPC UA): 点表.

    A device's link names it as `table`. points: as the protocol's codec reads them, see its README.
    """

    code: str
    name: str
    protocol: Protocol
    points: tuple[Mapping[str, object], ...]


@dataclass(frozen=True, slots=True)
class ObservationWatch:
    """A module's wish to hear `iot.observations_recorded` for one type of device and these periods.

    Nothing is announced for types and periods that nobody watches.
    """

    code: str
    device_type: str
    periods: tuple[Period, ...] = field(default=(Period.HOUR,))
