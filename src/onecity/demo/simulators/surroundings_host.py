"""Water stations and outlets of pollution sources, each a data logger of HJ 212 on a line of its own."""

import asyncio
import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from onecity.demo.simulators.hj212_faults import Fault
from onecity.demo.simulators.hj212_frames import Logger, hourly
from onecity.demo.simulators.hosts import DemoDevice, Host, Street
from onecity.demo.simulators.replay import Upload
from onecity.demo.simulators.station_line import PASSWORD, LineCounts, StationLine
from onecity.demo.simulators.surroundings import (
    FOOD,
    HEAT,
    RESERVOIR,
    RIVER_DOWN,
    RIVER_UP,
    SEWAGE,
    SOURCES,
)
from onecity.platform.iot.declare import Protocol

HOUR: Final = timedelta(hours=1)
_WATER, _SEWAGE, _GAS = "environment.water_station", "environment.waste_water_outlet", "environment.waste_gas_outlet"


def _device(key: str, name: str, kind: str, east_m: float, north_m: float) -> DemoDevice:
    return DemoDevice(key, name, kind, Protocol.HJ212, "ecology", east_m=east_m, north_m=north_m, password=PASSWORD)


DEVICES: Final = (
    _device(RIVER_UP, "北河上游断面", _WATER, 900, 3_900),
    _device(RIVER_DOWN, "北河下游断面", _WATER, -1_300, -3_200),
    _device(RESERVOIR, "东湖水库湖心", _WATER, 3_000, 1_000),
    _device(SEWAGE, "城南污水处理厂总排口", _SEWAGE, -900, -2_700),
    _device(FOOD, "示意食品厂废水排口", _SEWAGE, -2_600, 1_500),
    _device(HEAT, "示意热电厂1号烟囱", _GAS, 2_300, -1_900),
)


def uploads(key: str, *, begins: datetime) -> Iterator[Upload]:
    """Yield a unit's hour data for ever, from the hour that begins at `begins` on. Equal for equal arguments."""
    source, logger = SOURCES[key], Logger(mn=key, st=SOURCES[key].st, decimals=4)
    chance = random.Random(f"{key}{begins:%Y%m%d%H}")  # noqa: S311  # a demonstration that can be repeated
    hour = begins
    while True:
        if source.due(hour):
            sent_at = hour + HOUR + timedelta(seconds=chance.randint(5, 240))
            frame = hourly(logger, hour=hour, sent_at=sent_at, measured=measured(key, hour), flag=source.flag(hour))
            yield Upload(frame[9:26].decode(), frame, sent_at, Fault.NONE, (frame,))
        hour += HOUR


def measured(key: str, hour: datetime) -> dict[str, dict[str, float]]:
    """Return what a unit tells of an hour: means; of waste gas also those converted to six per cent of oxygen."""
    values = SOURCES[key].values(hour)
    oxygen = values.get("a19001")
    found = {factor: {"Avg": value} for factor, value in values.items()}
    for factor in ("a21026", "a21002", "a34013"):
        if factor in found and oxygen is not None:
            found[factor]["ZsAvg"] = round(values[factor] * (21 - 6) / (21 - oxygen), 4)
    return found


async def run(street: Street, devices: Sequence[DemoDevice]) -> None:
    """Send until cancelled: the last four hours at once, the rest when it falls due."""
    begins = street.city_now().replace(minute=0, second=0, microsecond=0) - 4 * HOUR
    lines = [
        StationLine(
            host=settings.ENV.hj212_host,
            port=settings.ENV.hj212_port,
            uploads=uploads(device.key, begins=begins),
            city_now=street.city_now,
        )
        for device in devices
    ]
    work = [asyncio.ensure_future(line.run()) for line in lines]
    try:
        while True:
            await asyncio.sleep(1)
            _count(street, [line.counts for line in lines])
            for task in work:
                if task.done():
                    task.result()
    finally:
        for task in work:
            task.cancel()
        await asyncio.gather(*work, return_exceptions=True)


def _count(street: Street, counts: Sequence[LineCounts]) -> None:
    street.counts.sent = sum(item.sent for item in counts)
    street.counts.answered = sum(item.answered for item in counts)
    street.counts.reconnected = sum(item.reconnected for item in counts)


HOST: Final = Host(Protocol.HJ212, 0, DEVICES, run)
