"""What a location report says, as names and numbers."""

from typing import Final

from onecity.platform.iot.codecs.jt808 import flags
from onecity.platform.iot.codecs.jt808.items import Named, numbers
from onecity.platform.iot.codecs.jt808.location import Location

_FULL_CIRCLE: Final = 360


def named_values(location: Location, *, told: int, of_2019: bool) -> list[Named]:
    """Return what a report measures, by property code; None for what cannot be told.

    told: bits of the states that are told even when they are 0; ignition and fix always are.

    longitude, latitude: degrees, WGS 84, None without a fix. altitude: m. speed: km/h. direction: degrees from north,
    clockwise. load: 0 empty, 1 half, 3 full. States are 0 and 1. Alarms are not among them (`bit_values`).
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
    found += bit_values(flags.STATES, location.status, told=told | flags.ALWAYS_TOLD, of_2019=of_2019)
    taken = {name for name, _ in found}
    for name, value in numbers(location.items):
        if name not in taken:
            taken.add(name)
            found.append((name, value))
    return found


def bit_values(known: tuple[flags.Flag, ...], bits: int, *, told: int, of_2019: bool) -> list[Named]:
    """Return the flags that stand as 1, and those of `told` that do not as 0.

    Source: House rule (alarms that are not there would otherwise fill thirty rows of each report).
    """
    return [
        (flag.code, bits >> flag.bit & 1)
        for flag in known
        if (of_2019 or not flag.since_2019) and (bits | told) >> flag.bit & 1
    ]
