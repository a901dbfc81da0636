"""Tells those who watch a type of device which devices have new readings, once for each batch."""

from typing import Final

import numpy as np

from onecity.kernel.bus import announce
from onecity.platform.iot.contracts import Readings
from onecity.platform.iot.events import OBSERVATIONS_RECORDED
from onecity.platform.iot.registries import watched
from onecity.platform.iot.rules.instants import HOUR, instant
from onecity.platform.iot.services.store.known import Known

MOST_DEVICES: Final = 2_000


def announce_recorded(stored: Readings, *, known: Known) -> None:
    """Announce new readings of watched types and periods; an event names at most `MOST_DEVICES` devices."""
    wanted = [number for number, kind in enumerate(known.kinds) if (kind.type_code, kind.period) in watched()]
    if not wanted or not len(stored):
        return
    kinds = known.kind[stored.datastream]
    groups: dict[tuple[str, str], list[int]] = {}
    for number in wanted:
        kind = known.kinds[number]
        groups.setdefault((kind.type_code, kind.period), []).append(number)
    for (type_code, period), numbers in sorted(groups.items()):
        chosen = np.isin(kinds, numbers)
        if chosen.any():
            _announce(type_code, period, stored.where(chosen), known)


def _announce(type_code: str, period: str, readings: Readings, known: Known) -> None:
    devices = np.unique(known.device[readings.datastream]).tolist()
    hours = [instant(hour * HOUR).isoformat() for hour in np.unique(readings.at // HOUR).tolist()]
    for begin in range(0, len(devices), MOST_DEVICES):
        some = devices[begin : begin + MOST_DEVICES]
        announce(OBSERVATIONS_RECORDED, device_type=type_code, period=period, device_ids=some, hours=hours)
