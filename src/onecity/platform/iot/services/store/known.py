"""What a store knows of each datastream, as arrays with the datastream's id for index.

It only spares questions: the database has the last word, and a store whose knowledge turns out old asks again.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from onecity.kernel.errors import NotFound
from onecity.kernel.text import zh
from onecity.platform.iot.rules.instants import NEVER
from onecity.platform.iot.services.store.wire import Integers, bulk_cursor, micros_sql

_LOAD: Final = f"""
    SELECT s.id, s.device_id, d.type_code, s.property_code, s.period, s.sub_value, {micros_sql("l.phenomenon_at")},
        d.organisation_id, d.division_code
    FROM iot_datastream s JOIN iot_device d ON d.id = s.device_id
    LEFT JOIN iot_latest l ON l.datastream_id = s.id
    WHERE s.id = ANY(%s)
"""
_LATEST: Final = f"""
    SELECT datastream_id, {micros_sql("phenomenon_at")} FROM iot_latest WHERE datastream_id = ANY(%s)
"""


class UnknownDatastream(NotFound):
    """Readings were recorded under an id that no datastream has; a fault of the caller."""

    code = "iot.unknown_datastream"
    message = zh("没有这个数据流")


class Kind(NamedTuple):
    """What rules and watchers know a datastream by."""

    type_code: str
    property_code: str
    period: str
    sub_value: str


class Known:
    """Arrays by datastream id. kind: index into `kinds`, -1 for a datastream not known yet. latest: NEVER for none.

    owner: index into `owners`, the organisations and places for which readings are counted.
    """

    def __init__(self) -> None:
        self.kinds: list[Kind] = []
        self.owners: list[tuple[int, str]] = []
        self._number_of: dict[Kind, int] = {}
        self._owner_number: dict[tuple[int, str], int] = {}
        self.kind = np.full(0, -1, np.int32)
        self.latest = np.full(0, NEVER, np.int64)
        self.device = np.full(0, 0, np.int64)
        self.owner = np.full(0, 0, np.int64)

    def need(self, ids: NDArray[np.int32]) -> None:
        """Make sure that all of `ids` are known.

        Raises: UnknownDatastream.
        """
        self._make_room(int(ids.max(initial=0)))
        missing = ids[self.kind[ids] < 0]
        if len(missing):
            self._load(np.unique(missing))

    def forget_types(self, device_ids: set[int]) -> None:
        """Ask again about the datastreams of these devices when they come next."""
        if device_ids:
            self.kind[np.isin(self.device, list(device_ids))] = -1

    def relearn_latest(self, ids: NDArray[np.int32]) -> None:
        """Learn the latest values of `ids` anew; exact for a writer that has taken its turn."""
        self.latest[ids] = NEVER
        with bulk_cursor() as cursor:
            cursor.execute(_LATEST, [Integers(ids)])
            for number, at in cursor.fetchall():
                assert isinstance(number, int)
                assert isinstance(at, int)
                self.latest[number] = at

    def _load(self, ids: NDArray[np.int32]) -> None:
        with bulk_cursor() as cursor:
            rows = cursor.execute(_LOAD, [Integers(ids)]).fetchall()
        if len(rows) != len(ids):
            raise UnknownDatastream
        for number, device, type_code, property_code, period, sub_value, at, organisation, division in rows:
            assert isinstance(number, int)
            assert isinstance(device, int)
            assert isinstance(organisation, int)
            kind = Kind(str(type_code), str(property_code), str(period), str(sub_value))
            self.kind[number] = self._number(kind)
            self.device[number] = device
            self.owner[number] = self._owner((organisation, str(division)))
            self.latest[number] = at if isinstance(at, int) else NEVER

    def _number(self, kind: Kind) -> int:
        number = self._number_of.setdefault(kind, len(self.kinds))
        if number == len(self.kinds):
            self.kinds.append(kind)
        return number

    def _owner(self, owner: tuple[int, str]) -> int:
        number = self._owner_number.setdefault(owner, len(self.owners))
        if number == len(self.owners):
            self.owners.append(owner)
        return number

    def _make_room(self, largest: int) -> None:
        if largest < len(self.kind):
            return
        more = max(largest + 1, 2 * len(self.kind)) - len(self.kind)
        self.kind = np.concatenate([self.kind, np.full(more, -1, np.int32)])
        self.latest = np.concatenate([self.latest, np.full(more, NEVER, np.int64)])
        self.device = np.concatenate([self.device, np.zeros(more, np.int64)])
        self.owner = np.concatenate([self.owner, np.zeros(more, np.int64)])
