"""Water, gas and heat meters of a small quarter behind a transparent unit, and the meter at the quarter's inlet."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, timezone
from typing import Final

from onecity.demo.simulators.cjt188_frames import PipeMeter, frames_in
from onecity.demo.simulators.field_line import keep_line
from onecity.demo.simulators.hosts import DemoDevice, Host, Street
from onecity.demo.simulators.meter_figures import Household
from onecity.demo.simulators.unit_line import Unit
from onecity.platform.iot.declare import Protocol

_BEIJING: Final = timezone(timedelta(hours=8))
UNIT: Final = "DTU188001"
ASKED: Final = {"every_s": 30}
INLET: Final = "78330000000001"
LEAKING: Final = "78330000000103"
OLD_PERSON: Final = "78330000000102"
GAS: Final = "78330000000301"
HEAT: Final = "78330000000401"
HOUSEHOLDS: Final = {
    INLET: Household(1.62, leak_h=0.035, before=5000.0),
    "78330000000101": Household(0.42, before=310.0),
    OLD_PERSON: Household(0.0, before=88.4),
    LEAKING: Household(0.38, leak_h=0.012, before=205.0),
    "78330000000104": Household(0.55, before=150.0),
    GAS: Household(1.1, before=720.0),
    HEAT: Household(6.5, before=900.0),
}
_NAMES: Final = {INLET: "和平里小区总水表", GAS: "和平里2号楼101室燃气表", HEAT: "和平里2号楼热量表"}
_TYPES: Final = {GAS: "metering.gas_meter", HEAT: "metering.heat_meter"}
_KINDS: Final = {GAS: 0x30, HEAT: 0x20}
DEVICES: Final = (
    DemoDevice(UNIT, "和平里小区集中抄表终端", "iot.dtu", Protocol.CJT188, "water", east_m=-700, north_m=500),
    *(
        DemoDevice(
            number,
            _NAMES.get(number, f"和平里2号楼{number[-3:]}室水表"),
            _TYPES.get(number, "metering.water_meter"),
            Protocol.CJT188,
            "water",
            east_m=-700 + 12 * place,
            north_m=500,
            parent=UNIT,
            link=ASKED,
        )
        for place, number in enumerate(HOUSEHOLDS)
    ),
)


def meter(number: str, now: Callable[[], datetime]) -> PipeMeter:
    """Return a meter of this number."""
    household = HOUSEHOLDS[number]

    def clock() -> bytes:
        return bytes.fromhex(f"{now().astimezone(_BEIJING):%Y%m%d%H%M%S}")[::-1]

    def register() -> float:
        return household.register(now())

    return PipeMeter(number, register, clock, _KINDS.get(number, 0x10), register if number == HEAT else None)


async def run(street: Street, devices: Sequence[DemoDevice]) -> None:
    """Let every unit answer until cancelled."""
    async with asyncio.TaskGroup() as group:
        for unit in (item for item in devices if not item.parent):
            behind = [meter(item.key, street.city_now).answer for item in devices if item.parent == unit.key]
            line = Unit(unit.key, framing=frames_in, meters=behind, counts=street.counts)
            group.create_task(keep_line(street, line.talk))


HOST: Final = Host(Protocol.CJT188, 5188, DEVICES, run)
