"""From location reports to readings, notes and a place on the map."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from onecity.kernel.clock import CITY_ZONE
from onecity.platform.iot.codecs.jt808 import flags
from onecity.platform.iot.codecs.jt808.items import alarm_words
from onecity.platform.iot.codecs.jt808.location import Location
from onecity.platform.iot.codecs.jt808.readings import bit_values, named_values
from onecity.platform.iot.gateways.field.contract import Note, Position, Reading
from onecity.platform.iot.rules import quality


class Told(NamedTuple):
    """Masks of alarms and states that are told even if they do not stand."""

    alarms: int
    states: int


def readings_of(location: Location, *, at: datetime, told: Told, of_2019: bool) -> list[Reading]:
    """Return what a report measures. told: what is told even if it does not stand."""
    values = named_values(location, told=told.states, of_2019=of_2019)
    values += bit_values(flags.ALARMS, location.alarms, told=told.alarms, of_2019=of_2019)
    return [
        Reading(name, value, at, quality=quality.GOOD if value is not None else quality.NO_NUMBER)
        for name, value in values
    ]


def position_of(location: Location, *, at: datetime) -> Position | None:
    """Return where a report says the vehicle is; None without a fix."""
    place = location.place
    if place is None:
        return None
    direction = location.direction_deg if location.direction_deg < 360 else None
    return Position(place[0], place[1], at, location.speed_kmh, direction)


def alarm_note(location: Location, *, at: datetime, before: int, of_2019: bool) -> Sequence[Note]:
    """Return what people are told of alarms that did not stand before; nothing if there are none."""
    new = flags.set_flags(flags.ALARMS, location.alarms & ~before, of_2019=of_2019)
    if not new:
        return ()
    words = [flag.title for flag in new] + list(alarm_words(location.items).values())
    place = location.place
    where = f"，位置 {place[0]:.6f},{place[1]:.6f}" if place else ""
    return (Note("0200", f"{'、'.join(words)}，时间 {at.astimezone(CITY_ZONE):%Y-%m-%d %H:%M:%S}{where}"),)
