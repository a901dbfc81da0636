"""What a location report says, as names and numbers."""

from typing import Final

from onecity.platform.iot.codecs.jt808 import flags
from onecity.platform.iot.codecs.jt808.items import Named, numbers
from onecity.platform.iot.codecs.jt808.location import Location

_FULL_CIRCLE: Final = 360


def named_values(location: Location, *, of_2019: bool) -> list[Named]:
    """Return what a report measures, by property code; None for what cannot be told.

    longitude, latitude: degrees, WGS 84, None without a fix. altitude: m. speed: km/h. direction: degrees from north,
    clockwise. load: 0 empty, 1 half, 3 full. States are 0 and 1. Alarms are not among them (`alarm_values`).
    Source: JT/T 808-2013, 8 and JT/T 808-2019, 8 (位置信息汇报).
    """
    place = location.place
    direction = location.direction_deg if location.direction_deg < _FULL_CIRCLE else None
    found: list[Named] = [
        ("longitude", place[0] if place else None),
        ("latitude", place[1] if place else None),
        ("altitude", location.altitude_m if place else None),
        ("speed", location.speed_kmh),
        ("direction", direction),
        ("load", location.status >> flags.LOAD_SHIFT & 3),
    ]
    found += [(flag.code, location.status >> flag.bit & 1) for flag in flags.STATES if of_2019 or not flag.since_2019]
    taken = {name for name, _ in found}
    for name, value in numbers(location.items):
        if name not in taken:
            taken.add(name)
            found.append((name, value))
    return found


def alarm_values(bits: int, *, told: int, of_2019: bool) -> list[Named]:
    """Return the alarms that stand as 1, and those of `told` that do not as 0.

    told: bits of the alarms that are told even when they do not stand.
    Source: House rule (alarms that are not there would otherwise fill thirty rows of each report).
    """
    return [
        (flag.code, bits >> flag.bit & 1)
        for flag in flags.ALARMS
        if (of_2019 or not flag.since_2019) and (bits | told) >> flag.bit & 1
    ]
