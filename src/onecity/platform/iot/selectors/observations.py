"""Reading observations: by property and period, as series, and the newest of many devices."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import numpy as np
from django.db import connection

from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotFound
from onecity.platform.iot.contracts import DatastreamInfo, DeviceLatest, LatestValue, PeriodValue, Series
from onecity.platform.iot.models import Datastream, Device
from onecity.platform.iot.rules.instants import micros
from onecity.platform.iot.rules.quality import letter
from onecity.platform.iot.selectors.devices import device_for, device_info
from onecity.web.paging import Cursor, Page

MOST_IN_A_SERIES: Final = 100_000

_PERIOD_VALUES: Final = """
    SELECT DISTINCT ON (s.device_id, s.property_code, o.phenomenon_at)
        s.device_id, s.property_code, s.sub_value, o.phenomenon_at, o.result, o.quality
    FROM iot_datastream s
    JOIN iot_observation o ON o.datastream_id = s.id
    WHERE s.device_id = ANY(%s) AND s.period = %s AND s.property_code = ANY(%s) AND s.sub_value = ANY(%s)
        AND o.phenomenon_at >= %s AND o.phenomenon_at < %s
    ORDER BY s.device_id, s.property_code, o.phenomenon_at, array_position(%s, s.sub_value::text)
"""
_SERIES: Final = """
    SELECT datastream_id, phenomenon_at, result, quality FROM iot_observation
    WHERE datastream_id = %s AND phenomenon_at >= %s AND phenomenon_at < %s ORDER BY phenomenon_at DESC LIMIT %s
"""
_FIRST: Final = datetime(1, 1, 2, tzinfo=UTC)
_LAST: Final = datetime(9999, 12, 30, tzinfo=UTC)
_PAGE: Final = """
    SELECT phenomenon_at, result, quality FROM iot_observation
    WHERE datastream_id = %s AND phenomenon_at >= %s AND phenomenon_at < %s AND phenomenon_at > %s
    ORDER BY phenomenon_at LIMIT %s
"""
_LATEST: Final = """
    SELECT s.device_id, s.id, s.property_code, s.period, s.sub_value, s.unit, s.mapped,
        l.phenomenon_at, l.result, l.quality
    FROM iot_datastream s JOIN iot_latest l ON l.datastream_id = s.id
    WHERE s.device_id = ANY(%s) AND (%s OR s.property_code = ANY(%s)) AND (%s OR s.period = ANY(%s))
    ORDER BY s.device_id, s.period, s.property_code, s.sub_value
"""


def period_values(
    device_ids: Sequence[int],
    *,
    period: str,
    property_codes: Sequence[str],
    since: datetime,
    until: datetime,
    sub_values: Sequence[str] = ("avg", ""),
) -> list[PeriodValue]:
    """Return readings of many devices in one statement, for the platform's own work.

    since ≤ phenomenon time < until. One reading for a device, property and instant: where several kinds of value came,
    the one that stands first in `sub_values`. Ordered by device, property and time.
    """
    kinds = list(sub_values)
    with connection.cursor() as cursor:
        cursor.execute(_PERIOD_VALUES, [list(device_ids), period, list(property_codes), kinds, since, until, kinds])
        rows = cursor.fetchall()
    return [
        PeriodValue(device_id, code, kind, at, result, letter(quality))
        for device_id, code, kind, at, result, quality in rows
    ]


def series(datastream_id: int, *, since: datetime, until: datetime, most: int = MOST_IN_A_SERIES) -> Series:
    """Return one datastream's readings with since ≤ phenomenon time < until; of more than `most` the newest."""
    with connection.cursor() as cursor:
        cursor.execute(_SERIES, [datastream_id, since, until, most + 1])
        rows = cursor.fetchall()
    kept = rows[:most][::-1]
    return Series(
        datastream_id,
        np.array([micros(row[1]) for row in kept], np.int64),
        np.array([np.nan if row[2] is None else row[2] for row in kept], np.float64),
        np.array([row[3] for row in kept], np.uint8),
        whole=len(rows) <= most,
    )


@dataclass(frozen=True, slots=True)
class ObservationQuery:
    """Which readings: since ≤ phenomenon time < until."""

    since: datetime | None = None
    until: datetime | None = None
    size: int = 500


def observations(
    actor: Actor, datastream_id: int, query: ObservationQuery, *, after: Cursor | None = None
) -> Page[PeriodValue]:
    """Return a datastream's readings, oldest first, a page at a time.

    Raises: NotFound if there is no such datastream, or the actor may not see its device.
    """
    stream = Datastream.objects.filter(id=datastream_id).first()
    if stream is None:
        raise NotFound
    device_for(actor, stream.device_id)
    begin, end = query.since or _FIRST, query.until or _LAST
    with connection.cursor() as cursor:
        cursor.execute(_PAGE, [datastream_id, begin, end, after.at if after else _FIRST, query.size + 1])
        rows = cursor.fetchall()
    found = [
        PeriodValue(stream.device_id, stream.property_code, stream.sub_value, at, result, letter(quality))
        for at, result, quality in rows[: query.size]
    ]
    return Page(found, Cursor(found[-1].at, datastream_id) if len(rows) > query.size else None)


def latest_of_type(
    type_code: str, *, property_codes: Sequence[str] = (), periods: Sequence[str] = ()
) -> list[DeviceLatest]:
    """Return the devices of a type that are in service with their newest readings, for the platform's own work.

    property_codes, periods: which readings; empty for all. Ordered by device id.
    """
    rows = Device.objects.filter(type_code=type_code).exclude(state=Device.State.RETIRED).order_by("id")
    found = [device_info(row) for row in rows]
    values = latest_by_device([item.id for item in found], property_codes=property_codes, periods=periods)
    return [DeviceLatest(item, tuple(values.get(item.id, ()))) for item in found]


def latest_by_device(
    device_ids: Sequence[int], *, property_codes: Sequence[str] = (), periods: Sequence[str] = ()
) -> dict[int, list[LatestValue]]:
    """Return the newest readings of devices by their ids; empty sequences ask for all."""
    found: dict[int, list[LatestValue]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            _LATEST, [list(device_ids), not property_codes, list(property_codes), not periods, list(periods)]
        )
        for device_id, number, code, period, sub_value, unit, mapped, at, result, quality in cursor.fetchall():
            stream = DatastreamInfo(number, device_id, code, period, sub_value, unit, mapped)
            found.setdefault(device_id, []).append(LatestValue(stream, at, result, letter(quality)))
    return found
