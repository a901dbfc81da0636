"""What metering's rows carry as codes: kinds of supply, kinds of readings, kinds of abnormal use."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from onecity.kernel.text import zh


class Supply(StrEnum):
    """What a meter measures."""

    ELECTRICITY = "electricity"
    WATER = "water"
    GAS = "gas"
    HEAT = "heat"


SUPPLY_NAMES: Final[Mapping[str, str]] = {
    Supply.ELECTRICITY: zh("电"),
    Supply.WATER: zh("水"),
    Supply.GAS: zh("燃气"),
    Supply.HEAT: zh("供热"),
}
UNITS: Final[Mapping[str, str]] = {
    Supply.ELECTRICITY: "kW·h",
    Supply.WATER: "m³",
    Supply.GAS: "m³",
    Supply.HEAT: "kW·h",
}
"""In which a register counts, as people read it."""

METER_TYPES: Final[Mapping[str, str]] = {
    Supply.ELECTRICITY: "metering.electricity_meter",
    Supply.WATER: "metering.water_meter",
    Supply.GAS: "metering.gas_meter",
    Supply.HEAT: "metering.heat_meter",
}
SUPPLY_OF_TYPE: Final[Mapping[str, Supply]] = {METER_TYPES[item]: item for item in Supply}
REGISTERS: Final[Mapping[str, str]] = {
    Supply.ELECTRICITY: "energy",
    Supply.WATER: "volume",
    Supply.GAS: "volume",
    Supply.HEAT: "heat",
}
"""The property of the device type that only grows and that is paid for."""


class Evidence(StrEnum):
    """How a day's usage is known: read, spread over days between two readings, or estimated from the days before."""

    READ = "read"
    SPREAD = "spread"
    ESTIMATED = "estimated"


EVIDENCE_NAMES: Final[Mapping[str, str]] = {
    Evidence.READ: zh("抄见"),
    Evidence.SPREAD: zh("分摊"),
    Evidence.ESTIMATED: zh("估算"),
}


class Abnormal(StrEnum):
    """What may be wrong with a use."""

    STANDING_STILL = "standing_still"
    CONTINUOUS = "continuous"
    SUDDEN_RISE = "sudden_rise"
    REVERSE = "reverse"
    NIGHT_USE = "night_use"


ABNORMAL_NAMES: Final[Mapping[str, str]] = {
    Abnormal.STANDING_STILL: zh("关爱户长时间无用量"),
    Abnormal.CONTINUOUS: zh("持续流量（疑似漏损）"),
    Abnormal.SUDDEN_RISE: zh("用量突增"),
    Abnormal.REVERSE: zh("表计倒走"),
    Abnormal.NIGHT_USE: zh("夜间异常用量"),
}
RECOMPUTE: Final = "metering.recompute"
BILL_MONTH: Final = "metering.bill_month"
