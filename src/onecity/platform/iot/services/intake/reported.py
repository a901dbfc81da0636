"""Readings of field protocols: from what a session said to datastreams."""

import math
from collections.abc import Sequence

from onecity.platform.iot.gateways.field.contract import Reading
from onecity.platform.iot.rules import quality
from onecity.platform.iot.rules.instants import micros
from onecity.platform.iot.services.directory import LONGEST_NAME, Directory, Entry
from onecity.platform.iot.services.intake.collecting import Collected


def take_known(
    readings: Sequence[Reading], *, entry: Entry, arrived: int, collected: Collected, origin: int = 0
) -> bool:
    """Put readings into `collected`; False, and nothing of it, if a datastream is not at hand.

    arrived: microseconds since 2000, city time, for readings without a time of their own.
    """
    before = len(collected.datastream)
    for reading in readings:
        number = entry.streams.get((reading.period.value, reading.name, reading.sub_value))
        if number is None:
            collected.cut(before)
            return False
        _add(reading, number, entry=entry, arrived=arrived, collected=collected, origin=origin)
    return True


def take_readings(
    readings: Sequence[Reading],
    *,
    entry: Entry,
    arrived: int,
    directory: Directory,
    collected: Collected,
    origin: int = 0,
) -> None:
    """Put readings into `collected`, making datastreams where a name comes for the first time.

    Raises: TooManyDatastreams; what came before stays collected.
    """
    for reading in readings:
        number = directory.datastream(
            entry, period=reading.period, name=reading.name[:LONGEST_NAME], sub_value=reading.sub_value[:20]
        )
        _add(reading, number, entry=entry, arrived=arrived, collected=collected, origin=origin)


def _add(reading: Reading, number: int, *, entry: Entry, arrived: int, collected: Collected, origin: int) -> None:
    value = reading.value
    if value is not None:
        value = entry.ratio(reading.name, reading.sub_value).of(value) if math.isfinite(value) else None
    letter = reading.quality
    if value is None and letter == quality.GOOD:
        letter = quality.NO_NUMBER
    at = arrived if reading.at is None else micros(reading.at)
    collected.add(number, at=at, result=value, quality=quality.code(letter), origin=origin)


def described(readings: Sequence[Reading]) -> str:
    """Return readings in a line for people who look at raw messages."""
    return ", ".join(f"{item.name}={'' if item.value is None else f'{item.value:g}'}" for item in readings)
