"""What a device's registers say, as an upload."""

from collections.abc import Mapping
from datetime import datetime

from onecity.platform.iot.codecs.modbus import Request, plan, split, values
from onecity.platform.iot.codecs.telemetry import encode
from onecity.platform.iot.gateways.field.contract import Note, Reading, Upload
from onecity.platform.iot.gateways.field.modbus.asking import ILLEGAL_ADDRESS, Channel, Refused
from onecity.platform.iot.gateways.field.modbus.ways import Unit
from onecity.platform.iot.rules import quality

KIND = "modbus"


class Reader:
    """Reads one device. What it refuses to be read together is read apart from then on."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        self._requests = list(plan(unit.points, gap=unit.gap, most=unit.most))
        self._told = ""

    async def read(self, channel: Channel, *, at: datetime) -> Upload | None:
        """Return one round's readings; None if there is nothing to tell. at: the round's time.

        Raises: Unanswered.
        """
        found: dict[str, float | None] = {}
        refused: dict[str, str] = {}
        for request in list(self._requests):
            await self._ask(channel, request, found, refused)
        notes = self._notes(refused)
        if not found and not notes:
            return None
        return Upload(encode(found, at=at), self._unit.key, readings=_readings(found, at), notes=notes)

    async def _ask(
        self, channel: Channel, request: Request, found: dict[str, float | None], refused: dict[str, str]
    ) -> None:
        try:
            registers = await channel.read(request, unit=self._unit.unit, key=self._unit.key)
        except Refused as error:
            parts = split(request) if error.code == ILLEGAL_ADDRESS else ()
            if not parts:
                refused.update(dict.fromkeys((point.name for point in request.points), str(error)))
                return
            place = self._requests.index(request)
            self._requests[place : place + 1] = parts
            for part in parts:
                await self._ask(channel, part, found, refused)
            return
        found |= values(request, registers)

    def _notes(self, refused: Mapping[str, str]) -> tuple[Note, ...]:
        """Tell which points the device refuses, when that changed."""
        told = "；".join(f"{name}：{why}" for name, why in sorted(refused.items()))
        if told == self._told:
            return ()
        self._told = told
        return (Note(KIND, told or "各点均可读"),)


def _readings(found: Mapping[str, float | None], at: datetime) -> tuple[Reading, ...]:
    return tuple(
        Reading(name, value, at, quality=quality.NO_NUMBER if value is None else quality.GOOD)
        for name, value in found.items()
    )
