"""A stairwell's electricity meters behind a transparent unit."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from onecity.demo.simulators.dlt645_frames import ElectricityMeter, frames_in
from onecity.demo.simulators.field_line import keep_line
from onecity.demo.simulators.hosts import DemoDevice, Host, Street
from onecity.demo.simulators.meter_figures import Household
from onecity.demo.simulators.unit_line import Unit
from onecity.platform.iot.declare import Protocol

_TYPE: Final = "metering.electricity_meter"
UNIT: Final = "DTU645001"
ASKED: Final = {"every_s": 30}
HOUSEHOLDS: Final = {
    "000026000001": Household(42.0, before=1200.0),
    "000026000101": Household(9.5, before=830.0),
    "000026000102": Household(14.0, before=410.0),
    "000026000201": Household(12.5, before=95.0),
}
"""By number of the meter: the first is the stairwell's, which measures the others and what is lost."""
DEVICES: Final = (
    DemoDevice(UNIT, "1号楼1单元集中抄表终端", "iot.dtu", Protocol.DLT645, "housing", east_m=600, north_m=400),
    *(
        DemoDevice(
            number,
            "1号楼1单元总电表" if number.endswith("001") and number[8] == "0" else f"1号楼1单元{number[-3:]}室电表",
            _TYPE,
            Protocol.DLT645,
            "housing",
            east_m=600,
            north_m=400,
            parent=UNIT,
            link=ASKED,
        )
        for number in HOUSEHOLDS
    ),
)


def figures(household: Household, now: Callable[[], datetime]) -> Callable[[str], float | None]:
    """Return the values of a meter of this household."""

    def value(code: str) -> float | None:
        at = now()
        match code:
            case "00010000" | "00000000":
                return household.register(at)
            case "02010100":
                return 221.5 + at.minute % 7 / 2
            case "02030000":
                return household.a_day / 24
            case "02020100":
                return household.a_day / 24 / 0.22
        return None

    return value


async def run(street: Street, devices: Sequence[DemoDevice]) -> None:
    """Let every unit answer until cancelled."""
    async with asyncio.TaskGroup() as group:
        for unit in (item for item in devices if not item.parent):
            meters = [
                ElectricityMeter(item.key, figures(HOUSEHOLDS[item.key], street.city_now)).answer
                for item in devices
                if item.parent == unit.key
            ]
            line = Unit(unit.key, framing=frames_in, meters=meters, counts=street.counts)
            group.create_task(keep_line(street, line.talk))


HOST: Final = Host(Protocol.DLT645, 5645, DEVICES, run)
