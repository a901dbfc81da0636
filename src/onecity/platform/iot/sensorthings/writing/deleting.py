"""Deleting entities with what hangs on them."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from onecity.platform.iot.contracts import Readings
from onecity.platform.iot.models import (
    Alarm,
    Datastream,
    Device,
    StaDatastream,
    StaFeature,
    StaHistoricalLocation,
    StaHistoricalPlace,
    StaThing,
    StaThingLocation,
)
from onecity.platform.iot.rules.instants import micros
from onecity.platform.iot.sensorthings.entities import SETS
from onecity.platform.iot.sensorthings.writing.desk import CityOwned, Desk
from onecity.platform.iot.services.changes import tell_changed
from onecity.platform.iot.services.store import erase
from onecity.platform.iot.services.store.wire import Instants, Integers, bulk_cursor

_COMPANIONS = """
    DELETE FROM iot_sta_observation s USING unnest(%s, %s) AS k(id, at)
    WHERE s.datastream_id = k.id AND s.phenomenon_at = k.at
"""
_ALL = "SELECT datastream_id, phenomenon_at FROM iot_observation WHERE datastream_id = ANY(%s)"
_OF_FEATURE = """
    SELECT o.datastream_id, o.phenomenon_at FROM iot_sta_datastream x
    JOIN iot_observation o ON o.datastream_id = x.id
    LEFT JOIN iot_sta_observation s ON s.datastream_id = o.datastream_id AND s.phenomenon_at = o.phenomenon_at
    WHERE x.feature_id = %s AND s.feature_id IS NULL
    UNION ALL SELECT datastream_id, phenomenon_at FROM iot_sta_observation WHERE feature_id = %s
"""


def delete(desk: Desk, entities: str, number: int) -> None:
    """Delete an entity and what cannot be without it.

    Runs in the caller's transaction. Raises: NotFound; CityOwned.
    Source: OGC 18-088, 10.4.1 (delete an entity).
    """
    row = desk.row(SETS[entities], number)
    match entities:
        case "Things":
            _delete_streams(desk, StaDatastream.objects.filter(thing_id=number).values_list("id", flat=True))
            StaHistoricalPlace.objects.filter(history__thing_id=number).delete()
            StaHistoricalLocation.objects.filter(thing_id=number).delete()
            StaThingLocation.objects.filter(thing_id=number).delete()
            StaThing.objects.filter(id=number).delete()
            _end_device(desk, number)
        case "Locations":
            histories = StaHistoricalPlace.objects.filter(location_id=number).values_list("history_id", flat=True)
            ids = list(histories)
            StaHistoricalPlace.objects.filter(history_id__in=ids).delete()
            StaHistoricalLocation.objects.filter(id__in=ids).delete()
            StaThingLocation.objects.filter(location_id=number).delete()
            StaFeature.objects.filter(location_id=number).update(location_id=None)
            row.delete()
        case "HistoricalLocations":
            StaHistoricalPlace.objects.filter(history_id=number).delete()
            row.delete()
        case "Datastreams":
            _delete_streams(desk, [number])
        case "Sensors" | "ObservedProperties":
            column = "sensor_id" if entities == "Sensors" else "observed_property_id"
            _delete_streams(desk, StaDatastream.objects.filter(**{column: number}).values_list("id", flat=True))
            row.delete()
        case _:
            erase_observations(_rows(_OF_FEATURE, [number, number]), desk=desk)
            StaDatastream.objects.filter(feature_id=number).update(feature_id=None)
            row.delete()


def _delete_streams(desk: Desk, ids: Iterable[int]) -> None:
    """Delete Datastreams with their observations. What alarms tell of stays in the store, and nowhere else."""
    numbers = list(ids)
    if StaDatastream.objects.filter(id__in=numbers, native=False).exists():
        raise CityOwned
    erase_observations(_rows(_ALL, [numbers]), desk=desk)
    StaDatastream.objects.filter(id__in=numbers).delete()
    alarmed = set(Alarm.objects.filter(datastream_id__in=numbers).values_list("datastream_id", flat=True))
    Datastream.objects.filter(id__in=set(numbers) - alarmed).delete()


def _end_device(desk: Desk, number: int) -> None:
    """Delete a Thing's device; one of which alarms or others tell is retired instead."""
    device = Device.objects.get(id=number)
    if Alarm.objects.filter(device_id=number).exists() or Datastream.objects.filter(device_id=number).exists():
        device.state, device.retired_at = Device.State.RETIRED, desk.now
        device.save(update_fields=["state", "retired_at"])
    else:
        device.delete()
    tell_changed(device.key)


def _rows(sql: str, values: list[Any]) -> list[tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [(number, micros(at)) for number, at in cursor.fetchall()]


def erase_observations(keys: Sequence[tuple[int, int]], *, desk: Desk) -> None:
    """Take observations out of the store, with what stands beside them.

    keys: datastream and microseconds since 2000.
    """
    if not keys:
        return
    ordered = sorted(set(keys))
    ids = np.array([number for number, _ in ordered], np.int32)
    at = np.array([moment for _, moment in ordered], np.int64)
    _forget_companions(ids, at)
    nothing = np.zeros(len(ordered))
    erase(Readings(ids, at, nothing.astype(np.float64), nothing.astype(np.uint8)), now=desk.now)


def _forget_companions(ids: NDArray[np.int32], at: NDArray[np.int64]) -> None:
    with bulk_cursor() as cursor:
        cursor.execute(_COMPANIONS, [Integers(ids), Instants(at)])
