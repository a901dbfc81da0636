"""What stands in the information bodies (信息体), field by field, in both editions.

A number on the wire n means n × scale - less. All ones and all ones less one are no numbers: invalid and abnormal.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from onecity.platform.iot.codecs.gb32960.packet import Edition


class Field(NamedTuple):
    """A number. name: of the reading. size: bytes. kept: what has its own meaning in all its values (bit fields)."""

    name: str
    size: int
    scale: float = 1
    less: float = 0
    kept: bool = False


class Repeat(NamedTuple):
    """A count of `size` bytes, and so many groups, whose names get a prefix and a number.

    numbered: the number is that of the group's own field `number`. first: the field before that holds the first number.
    """

    size: int
    group: "Layout"
    prefix: str
    numbered: bool = False
    first: str = ""


Layout = tuple[Field | Repeat, ...]

_STATE = Field("vehicle_state", 1)
_CHARGE = Field("charge_state", 1)
_MODE = Field("drive_mode", 1)
_SPEED = Field("speed", 2, 0.1)
_MILEAGE = Field("mileage", 4, 0.1)
_VOLTAGE = Field("voltage", 2, 0.1)
_SOC = Field("soc", 1)
_DCDC = Field("dcdc_state", 1)
_GEAR = Field("gear", 1, kept=True)
_INSULATION = Field("insulation", 2)
_NUMBER = Field("number", 1)


def _current(less: float) -> Field:
    return Field("current", 2, 0.1, less)


_VEHICLE = (_STATE, _CHARGE, _MODE, _SPEED, _MILEAGE, _VOLTAGE)
VEHICLE_2016: Final = (
    *(*_VEHICLE, _current(1000), _SOC, _DCDC, _GEAR, _INSULATION),
    *(Field("accelerator", 1), Field("brake", 1)),
)
VEHICLE_2025: Final = (*_VEHICLE, _current(3000), _SOC, _DCDC, _GEAR, _INSULATION)

_MOTOR = (_NUMBER, Field("state", 1), Field("controller_temperature", 1, less=40))
_MOTOR_TEMPERATURE = Field("temperature", 1, less=40)
MOTORS_2016: Final = (
    Repeat(
        1,
        (
            *_MOTOR,
            Field("speed", 2, less=20_000),
            Field("torque", 2, 0.1, 2_000),
            _MOTOR_TEMPERATURE,
            _VOLTAGE,
            _current(1000),
        ),
        "motor",
        numbered=True,
    ),
)
MOTORS_2025: Final = (
    Repeat(
        1,
        (*_MOTOR, Field("speed", 2, less=32_000), Field("torque", 4, 0.1, 20_000), _MOTOR_TEMPERATURE),
        "motor",
        numbered=True,
    ),
)
FUEL_CELL_2016: Final = (
    Field("fuel_cell_voltage", 2, 0.1),
    Field("fuel_cell_current", 2, 0.1),
    Field("hydrogen_consumption", 2, 0.01),
    Repeat(2, (Field("temperature", 1, less=40),), "fuel_cell_probe"),
    Field("hydrogen_temperature", 2, 0.1, 40),
    Field("hydrogen_temperature_probe", 1),
    Field("hydrogen_concentration", 2),
    Field("hydrogen_concentration_sensor", 1),
    Field("hydrogen_pressure", 2, 0.1),
    Field("hydrogen_pressure_sensor", 1),
    Field("fuel_cell_dcdc_state", 1),
)
ENGINE_2016: Final = (Field("engine_state", 1), Field("crank_speed", 2), Field("fuel_consumption", 2, 0.01))
ENGINE_2025: Final = (Field("crank_speed", 2),)
_PLACE = (Field("longitude", 4, 0.000001), Field("latitude", 4, 0.000001))
POSITION_2016: Final = (Field("position_state", 1, kept=True), *_PLACE)
POSITION_2025: Final = (Field("position_state", 1, kept=True), Field("datum", 1), *_PLACE)


def _extreme(name: str, value: Field) -> Layout:
    return (Field(f"{name}_pack", 1), Field(f"{name}_place", 1), value)


EXTREMES_2016: Final = (
    *_extreme("highest_cell_voltage", Field("highest_cell_voltage", 2)),
    *_extreme("lowest_cell_voltage", Field("lowest_cell_voltage", 2)),
    *_extreme("highest_temperature", Field("highest_temperature", 1, less=40)),
    *_extreme("lowest_temperature", Field("lowest_temperature", 1, less=40)),
)
_FAULTS = Repeat(1, (Field("code", 4, kept=True),), "battery_fault")
_ALARM = (
    Field("alarm_level", 1),
    Field("alarm_flags", 4, kept=True),
    _FAULTS,
    Repeat(1, (Field("code", 4, kept=True),), "motor_fault"),
    Repeat(1, (Field("code", 4, kept=True),), "engine_fault"),
    Repeat(1, (Field("code", 4, kept=True),), "other_fault"),
)
ALARM_2016: Final = _ALARM
ALARM_2025: Final = (*_ALARM, Repeat(1, (Field("flag", 1), Field("level", 1)), "alarm_grade"))
_CELL = (Field("voltage", 2),)
VOLTAGES_2016: Final = (
    Repeat(
        1,
        (
            _NUMBER,
            _VOLTAGE,
            _current(1000),
            Field("cells", 2),
            Field("first_cell", 2),
            Repeat(1, _CELL, "cell", first="first_cell"),
        ),
        "pack",
        numbered=True,
    ),
)
VOLTAGES_2025: Final = (
    Repeat(1, (_NUMBER, _VOLTAGE, _current(3000), Repeat(2, _CELL, "cell")), "pack", numbered=True),
)
TEMPERATURES: Final = (
    Repeat(1, (_NUMBER, Repeat(2, (Field("temperature", 1, less=40),), "probe")), "pack", numbered=True),
)

LAYOUTS: Final[Mapping[Edition, Mapping[int, Layout]]] = MappingProxyType(
    {
        Edition.E2016: MappingProxyType(
            {
                1: VEHICLE_2016,
                2: MOTORS_2016,
                3: FUEL_CELL_2016,
                4: ENGINE_2016,
                5: POSITION_2016,
                6: EXTREMES_2016,
                7: ALARM_2016,
                8: VOLTAGES_2016,
                9: TEMPERATURES,
            }
        ),
        Edition.E2025: MappingProxyType(
            {
                1: VEHICLE_2025,
                2: MOTORS_2025,
                4: ENGINE_2025,
                5: POSITION_2025,
                6: ALARM_2025,
                7: VOLTAGES_2025,
                8: TEMPERATURES,
            }
        ),
    }
)
"""Source: GB/T 32960.3-2016, 7 and GB/T 32960.3-2025, 7 (信息类型标志与信息体)."""

CUSTOM: Final = frozenset(range(0x80, 0xFF))
"""Types that carry their own length, so that who does not know them can go on behind them."""

ALARMS: Final[tuple[str, ...]] = (
    "temperature_difference",
    "battery_hot",
    "pack_overvoltage",
    "pack_undervoltage",
    "soc_low",
    "cell_overvoltage",
    "cell_undervoltage",
    "soc_high",
    "soc_jump",
    "system_mismatch",
    "poor_consistency",
    "insulation",
    "dcdc_hot",
    "brake",
    "dcdc_state",
    "motor_controller_hot",
    "interlock",
    "motor_hot",
    "overcharge",
    "motor_overspeed",
    "overcurrent",
    "supercapacitor_hot",
    "supercapacitor_overvoltage",
    "thermal_event",
    "hydrogen_leak",
    "hydrogen_pressure",
    "hydrogen_hot",
    "stack_hot",
)
"""Bits 0 to 18 of the alarm flags, from 19 on since 2025. Source: GB/T 32960.3-2016, 7 (通用报警标志)."""
ALARMS_2016: Final = 19
