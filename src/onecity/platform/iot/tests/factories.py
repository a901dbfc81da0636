"""The smallest valid objects of iot, for its own tests and its neighbours'."""

from datetime import UTC, datetime
from itertools import count

import numpy as np

from onecity.kernel.actor import system_actor
from onecity.kernel.registry import Domain
from onecity.kernel.units import KILOGRAM, MICROGRAM_PER_CUBIC_METRE, MILLIGRAM_PER_CUBIC_METRE, PERCENT
from onecity.platform.identity.tests.factories import Organisation, make_organisation
from onecity.platform.iot.contracts import Batch, Message, RuleText
from onecity.platform.iot.declare import (
    AlarmRule,
    Command,
    DeviceType,
    Limits,
    ObservationWatch,
    ObservedProperty,
    Period,
    Protocol,
    ProtocolMapping,
    RuleKind,
    Severity,
    WireField,
)
from onecity.platform.iot.models import Datastream, Device, Observation
from onecity.platform.iot.rules.instants import micros
from onecity.platform.iot.services.alarm_rules import draft_rule, publish_rule
from onecity.platform.iot.services.devices import NewDevice, register_device

NOW = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
AIR = DeviceType(
    code="gauge.air",
    name="空气测试站",
    properties=(
        ObservedProperty("pm2_5", "细颗粒物", MICROGRAM_PER_CUBIC_METRE),
        ObservedProperty("co", "一氧化碳", MILLIGRAM_PER_CUBIC_METRE, total_unit=KILOGRAM),
        ObservedProperty("humidity", "湿度", PERCENT),
    ),
    mappings=(
        ProtocolMapping(
            Protocol.HJ212,
            (WireField("a34004", "pm2_5"), WireField("a21005", "co", scale=0.001), WireField("a01002", "humidity")),
        ),
    ),
    commands=(
        Command("set_time", "校时"),
        Command("set_real_time_interval", "设置实时数据间隔", "seconds", 30, 3600),
        Command("set_minute_interval", "设置分钟数据间隔", "minutes", 1, 30),
    ),
)
METER = DeviceType(code="gauge.meter", name="水表", properties=(), silent_after_s=600)
HIGH_PM = AlarmRule(
    code="gauge.high_pm",
    name="细颗粒物超限",
    device_type="gauge.air",
    property_code="pm2_5",
    kind="above",
    limits=Limits(upper=150.0, clear_upper=115.0),
    text="{device}{property}达到{value}{unit}，高于{limit}{unit}（{time}）",
    severity=Severity.MAJOR,
)
GAUGES = Domain(
    "gauge",
    "测试设备",
    (
        AIR,
        METER,
        HIGH_PM,
        ObservationWatch("gauge.watch_air", "gauge.air", (Period.HOUR,)),
    ),
)
_numbers = count(1)


def make_device(
    key: str = "",
    *,
    type_code: str = "gauge.air",
    protocol: Protocol = Protocol.HJ212,
    organisation: Organisation | None = None,
    division: str = "",
    password: str = "",
    place: tuple[float, float] | None = None,
    scales: dict[str, float] | None = None,
) -> Device:
    """Register a device."""
    number = next(_numbers)
    new = NewDevice(
        key=key or f"DEV{number:011d}",
        name=f"测试站{number}",
        type_code=type_code,
        protocol=protocol,
        organisation_id=(organisation or make_organisation()).id,
        division_code=division,
        password=password,
        place=place,
        scales=scales or {},
    )
    return Device.objects.get(id=register_device(system_actor("test"), new=new, now=NOW))


def make_datastream(
    device: Device | None = None,
    *,
    property_code: str = "pm2_5",
    period: Period = Period.REAL_TIME,
    sub_value: str = "",
    unit: str = "ug/m3",
) -> Datastream:
    """Make a datastream."""
    return Datastream.objects.create(
        device=device or make_device(),
        property_code=property_code,
        period=period,
        sub_value=sub_value,
        unit=unit,
        wire_name=property_code,
        created_at=NOW,
    )


def rule_text() -> RuleText:
    """Return what a simple rule over PM2.5 of test stations says."""
    return RuleText("测试规则", "gauge.air", "pm2_5", "above", Limits(upper=100.0), "{device}{property}{value}")


def make_rule(
    code: str = "test.rule",
    *,
    kind: RuleKind = "above",
    limits: Limits | None = None,
    property_code: str = "pm2_5",
    period: Period = Period.REAL_TIME,
    sub_value: str = "",
    severity: Severity = Severity.MINOR,
    text: str = "{device}{property}{value}",
) -> int:
    """Publish a rule over test stations; return its id."""
    said = RuleText(
        name="测试规则",
        device_type="gauge.air",
        property_code=property_code,
        kind=kind,
        limits=limits or Limits(upper=100.0),
        text=text,
        period=period,
        sub_value=sub_value,
        severity=severity,
    )
    number = draft_rule(system_actor("test"), code=code, text=said, now=NOW)
    publish_rule(system_actor("test"), rule_id=number, now=NOW)
    return number


Row = tuple[int, datetime, float | None]


def make_batch(*rows: Row, quality: str = "N") -> Batch:
    """Return a batch of (datastream, phenomenon time, value); each reading came in a message of its own."""
    return Batch(
        np.array([row[0] for row in rows], np.int32),
        np.array([micros(row[1]) for row in rows], np.int64),
        np.array([np.nan if row[2] is None else row[2] for row in rows], np.float64),
        np.full(len(rows), ord(quality), np.uint8),
        np.arange(len(rows), dtype=np.int32),
        lambda number: Message(f"message {number}".encode(), "hj212", "10.0.0.1", "DEV"),
    )


def table() -> set[tuple[int, datetime, float | None, str]]:
    """Return every stored reading."""
    return {(row.datastream_id, row.phenomenon_at, row.result, chr(row.quality)) for row in Observation.objects.all()}
