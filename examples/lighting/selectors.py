"""Reading lamps: devices within the actor's rows, with what they reported last."""

from onecity.domains.lighting.contracts import LampInfo
from onecity.domains.lighting.rules import lamp_has_failed

from onecity.kernel.actor import Actor
from onecity.kernel.text import zh
from onecity.platform.indicators.declare import Evidence, Measure, Period
from onecity.platform.iot import api as iot
from onecity.platform.iot.contracts import DeviceInfo, LatestValue

LAMP = "lighting.lamp"
MOST_LAMPS = 1_000


def lamps(actor: Actor) -> list[LampInfo]:
    """Return the lamps that the actor may see, at most `MOST_LAMPS`."""
    found = iot.devices(actor, iot.DeviceQuery(type_code=LAMP, size=MOST_LAMPS)).rows
    latest = iot.latest_by_device([item.id for item in found])
    return [_lamp(item, latest.get(item.id, [])) for item in found]


def lit_rate(actor: Actor, period: Period) -> Measure:
    """Return the per cent of reporting lamps that have not failed; None while none reports."""
    reporting = [item for item in lamps(actor) if item.power_w is not None]
    if not reporting:
        return Measure(None, 0, 0)
    lit = sum(not item.failed for item in reporting)
    return Measure(100 * lit / len(reporting), lit, len(reporting))


def failed_rows(actor: Actor, period: Period, most: int) -> Evidence:
    """Return the lamps that have failed."""
    failed = [item for item in lamps(actor) if item.failed][:most]
    rows = [[item.name, item.key, item.power_w] for item in failed]
    return Evidence(
        (zh("设备名称"), zh("设备标识"), zh("功率（瓦）")), rows, [f"/iot/devices/{item.device_id}" for item in failed]
    )


def _lamp(device: DeviceInfo, values: list[LatestValue]) -> LampInfo:
    newest = {item.datastream.property_code: item.result for item in values}
    power, on = newest.get("power"), newest.get("on")
    failed = power is not None and lamp_has_failed(commanded_on=bool(on), power_w=power)
    return LampInfo(device.id, device.key, device.name, power, failed)
