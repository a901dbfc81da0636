"""The readings that a condition needs, in a few statements whatever the number of devices."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from onecity.platform.iot.rules import quality
from onecity.platform.iot.rules.conditions import Need, Observed
from onecity.platform.iot.rules.conditions.windows import Track
from onecity.platform.iot.rules.instants import DAY, instant
from onecity.platform.iot.selectors.cold import closed_between
from onecity.platform.iot.selectors.history import asked
from onecity.platform.iot.selectors.history.reading import raw_readings

_JUDGED: Final = sorted(quality.code(letter) for letter in quality.JUDGED)
_STREAMS: Final = """
    SELECT s.device_id, s.property_code, s.period, s.sub_value, s.id FROM iot_datastream s
    WHERE s.device_id = ANY(%s) AND s.property_code = ANY(%s)
"""
_MICROS: Final = "((extract(epoch FROM o.phenomenon_at) * 1000000)::bigint - 946684800000000)"
_NEWEST: Final = f"""
    SELECT k.id, {_MICROS}, o.result FROM unnest(%s::int[]) AS k(id)
    CROSS JOIN LATERAL (
        SELECT phenomenon_at, result FROM iot_observation
        WHERE datastream_id = k.id AND phenomenon_at > %s AND phenomenon_at <= %s
            AND quality = ANY(%s) AND result IS NOT NULL
        ORDER BY phenomenon_at DESC LIMIT 1
    ) o ORDER BY k.id
"""
Columns = tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Streams:
    """Which datastream gives a property of a device. ids: by property, a datastream for each device, 0 for none."""

    devices: NDArray[np.int64]
    ids: Mapping[Observed, NDArray[np.int32]]


def streams_of(devices: NDArray[np.int64], needs: Iterable[Need]) -> Streams:
    """Return the datastreams that give what is needed. devices: ids, ascending."""
    observed = list(dict.fromkeys(need.observed for need in needs))
    ids = {item: np.zeros(len(devices), np.int32) for item in observed}
    with connection.cursor() as cursor:
        cursor.execute(_STREAMS, [devices.tolist(), sorted({item.property_code for item in observed})])
        for device, code, period, sub_value, number in cursor.fetchall():
            found = ids.get(Observed(code, period, sub_value))
            if found is not None:
                found[np.searchsorted(devices, device)] = number
    return Streams(devices, ids)


def tracks_of(streams: Streams, needs: Sequence[Need], *, since: int, until: int) -> dict[Observed, Track]:
    """Return the readings that judging instants with since < instant ≤ until may look at. Times: microseconds.

    Of long looks back for the newest reading alone, just that reading is fetched.
    """
    tracks: dict[Observed, Track] = {}
    for window, observed in _by_window(needs).items():
        own = {item: streams.ids[item] for item in observed}
        ids = np.unique(np.concatenate([numbers[numbers > 0] for numbers in own.values()]))
        parts = [_all(ids, since=since - window, until=until)]
        back = max((need.window for need in needs if need.newest_only and need.observed in own), default=0)
        if back > window:
            parts.append(_newest(ids, since=since - back, until=since - window))
        datastream, at, value = (np.concatenate(column) for column in zip(*parts, strict=True))
        for item, numbers in own.items():
            tracks[item] = _track(numbers, datastream, at, value)
    return tracks


def _by_window(needs: Sequence[Need]) -> dict[int, list[Observed]]:
    """Return the properties by the longest window of which every reading is needed."""
    windows: dict[Observed, int] = {}
    for need in needs:
        windows[need.observed] = max(windows.get(need.observed, 0), 0 if need.newest_only else need.window)
    grouped: dict[int, list[Observed]] = {}
    for observed, window in windows.items():
        grouped.setdefault(window, []).append(observed)
    return grouped


def _track(
    numbers: NDArray[np.int32], datastream: NDArray[np.int32], at: NDArray[np.int64], value: NDArray[np.float64]
) -> Track:
    """Return the readings of some datastreams, one for each device, by the device's place."""
    rows = np.flatnonzero(numbers)
    order = np.argsort(numbers[rows], kind="stable")
    known, rows = numbers[rows][order], rows[order]
    place = np.searchsorted(known, datastream)
    mine = np.isin(datastream, known)
    row = rows[place[mine]]
    sorting = np.lexsort((at[mine], row))
    return Track(len(numbers), row[sorting].astype(np.int64), at[mine][sorting], value[mine][sorting])


def _all(ids: NDArray[np.int32], *, since: int, until: int) -> Columns:
    """Return every judged reading with since < time ≤ until."""
    if not len(ids) or since >= until:
        return np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0, np.float64)
    found = asked(raw_readings(ids, since=since + 1, until=until + 1, sources=Counter()))
    good = np.isin(found.quality, _JUDGED) & ~np.isnan(found.result)
    return found.datastream[good], found.at[good], found.result[good]


def _newest(ids: NDArray[np.int32], *, since: int, until: int) -> Columns:
    """Return the newest judged reading of each datastream with since < time ≤ until."""
    if closed_between(since // DAY, until // DAY + 1):
        datastream, at, value = _all(ids, since=since, until=until)
        last = np.append(datastream[1:] != datastream[:-1], True)[: len(datastream)]
        return datastream[last], at[last], value[last]
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST, [ids.tolist(), instant(since), instant(until), _JUDGED])
        rows = cursor.fetchall()
    return (
        np.array([row[0] for row in rows], np.int32),
        np.array([row[1] for row in rows], np.int64),
        np.array([row[2] for row in rows], np.float64),
    )
