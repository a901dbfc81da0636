"""Where moving devices are: the newest position of each is its place on the map."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db import connection

from onecity.platform.iot.gateways.field.contract import Position

MOST_KEPT: Final = 200_000
_MOVE: Final = """
    WITH moved AS (
        SELECT d.id, k.longitude, k.latitude
        FROM unnest(%s::bigint[], %s::float8[], %s::float8[]) AS k(id, longitude, latitude)
        JOIN iot_device d ON d.id = k.id WHERE d.state <> 'retired' ORDER BY d.id FOR NO KEY UPDATE OF d
    )
    UPDATE iot_device d SET location = ST_SetSRID(ST_MakePoint(m.longitude, m.latitude), 4326)
    FROM moved m WHERE d.id = m.id
"""


def move_devices(places: Mapping[int, Position]) -> None:
    """Put devices where they say they are, in one statement."""
    if places:
        ids = sorted(places)
        with connection.cursor() as cursor:
            cursor.execute(_MOVE, [ids, [places[i].longitude for i in ids], [places[i].latitude for i in ids]])


class Positions:
    """Gathers the newest position of each device, so that its row is written once for many reports."""

    def __init__(self) -> None:
        self._new: dict[int, Position] = {}
        self._newest: dict[int, datetime] = {}

    def note(self, device_id: int, position: Position) -> None:
        """Take a position, unless a newer one came before: late reports move nobody back."""
        newest = self._newest.get(device_id)
        if newest is not None and position.at < newest:
            return
        if len(self._newest) >= MOST_KEPT:
            self._newest.clear()
        self._newest[device_id] = position.at
        self._new[device_id] = position

    def flush(self) -> None:
        """Write where devices are now."""
        new, self._new = self._new, {}
        move_devices(new)
