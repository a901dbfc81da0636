"""What gateways know of devices and their datastreams, so that they need not ask the database for each message.

A device is asked for when it first speaks; what changed is forgotten on the word of the change (`services.changes`).
Datastreams are made when a name comes for the first time.
"""

import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from django.db import connection

from onecity.kernel import clock
from onecity.platform.iot.declare import DeviceType, Period, Protocol, WireField
from onecity.platform.iot.models import Device
from onecity.platform.iot.models.json import plain_object
from onecity.platform.iot.registries import forget_types, type_of
from onecity.platform.iot.rules.mapping import fields_of
from onecity.platform.iot.rules.scaling import SAME, Ratio, ratio
from onecity.platform.iot.rules.series import is_scaled, unit_of

MOST_DATASTREAMS: Final = 1_000
MOST_DEVICES: Final = 200_000
UNKNOWN_FOR_S: Final = 0.5
LONGEST_NAME: Final = 80

_DEVICES: Final = """
    SELECT d.id, d.key, d.type_code, d.protocol, d.state, d.password_hash, d.scales, d.type_edition, p.mapping,
        d.parent_id
    FROM iot_device d LEFT JOIN iot_product p ON p.id = d.product_id WHERE d.key = ANY(%s)
"""
_STREAMS: Final = """
    SELECT device_id, id, period, wire_name, sub_value FROM iot_datastream WHERE device_id = ANY(%s)
"""
_MAKE: Final = """
    INSERT INTO iot_datastream (device_id, property_code, period, sub_value, unit, wire_name, mapped, created_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (device_id, period, property_code, sub_value) DO UPDATE SET property_code = excluded.property_code
    RETURNING id
"""
Place = tuple[str, str, str]


class TooManyDatastreams(Exception):
    """The device has more names than any device should; the message belongs in the quarantine."""


@dataclass(slots=True)
class Entry:
    """A registered device. streams: datastream ids by period, name on the wire and sub-value.

    parent_id: the device through which it is reached, if any.
    """

    id: int
    key: str
    type: DeviceType | None
    protocol: str
    retired: bool
    password_hash: str
    scales: Mapping[str, float]
    fields: Mapping[str, WireField]
    parent_id: int | None = None
    streams: dict[Place, int] = field(default_factory=dict)

    @property
    def silent_after_s(self) -> int:
        """Seconds without a word after which the device counts as silent."""
        return self.type.silent_after_s if self.type else 7200

    def ratio(self, name: str, sub_value: str) -> Ratio:
        """Return how a value on the wire becomes one in the property's unit."""
        if not is_scaled(sub_value):
            return SAME
        known = self.fields.get(name)
        scale = self.scales.get(name, known.scale if known else 1.0)
        return SAME if scale == 1.0 else ratio(scale)


class Directory:
    """Devices by key. Reading what is known is free of locks; asking the database takes turns."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}
        self._unknown: dict[str, float] = {}
        self._turn = threading.Lock()
        self.version = 0

    @property
    def device_ids(self) -> list[int]:
        """Ids of the devices at hand."""
        return sorted(entry.id for entry in self._entries.values())

    def known(self, key: str) -> Entry | None:
        """Return a device if it is at hand; None says nothing about whether it exists."""
        return self._entries.get(key)

    def is_at_hand(self, key: str) -> bool:
        """Say whether the database need not be asked for a device now, be it registered or not."""
        return key in self._entries or self._unknown.get(key, 0.0) > time.monotonic()

    def find(self, key: str) -> Entry | None:
        """Return a device, asking the database if need be; None if nobody registered it."""
        entry = self._entries.get(key)
        if entry is not None or self._unknown.get(key, 0.0) > time.monotonic():
            return entry
        self.learn([key])
        return self._entries.get(key)

    def learn(self, keys: Iterable[str]) -> None:
        """Ask for many devices at once."""
        wanted = sorted({key for key in keys if key not in self._entries and "\0" not in key})
        if not wanted:
            return
        with self._turn:
            if len(self._entries) + len(wanted) > MOST_DEVICES:
                self.forget("")
            found = _read(wanted)
            if len(self._unknown) > MOST_DEVICES:
                self._unknown.clear()
            until = time.monotonic() + UNKNOWN_FOR_S
            self._unknown.update((key, until) for key in wanted if key not in found)
            self._entries.update(found)

    def forget(self, key: str) -> None:
        """Ask again for a device when it speaks next; for all of them with an empty key."""
        if key:
            self._unknown.pop(key, None)
            if self._entries.pop(key, None) is None:
                return  # nobody relies on it
        else:
            forget_types()
            self._entries.clear()
            self._unknown.clear()
        self.version += 1

    def datastream(self, entry: Entry, *, period: Period, name: str, sub_value: str) -> int:
        """Return the datastream of a name on the wire, made if it comes for the first time.

        Raises: TooManyDatastreams.
        """
        place = (period.value, name, sub_value)
        number = entry.streams.get(place)
        if number is None:
            if len(entry.streams) >= MOST_DATASTREAMS:
                raise TooManyDatastreams
            number = entry.streams[place] = _make(entry, place)
        return number


def _read(keys: list[str]) -> dict[str, Entry]:
    with connection.cursor() as cursor:
        cursor.execute(_DEVICES, [keys])
        rows = cursor.fetchall()
        found = {row[1]: _entry(row) for row in rows}
        by_id = {entry.id: entry for entry in found.values()}
        cursor.execute(_STREAMS, [list(by_id)])
        for device_id, number, period, name, sub_value in cursor.fetchall():
            by_id[device_id].streams[period, name, sub_value] = number
    return found


def _entry(row: tuple[object, ...]) -> Entry:
    number, key, type_code, protocol, state, password, scales, edition, mapping, parent_id = row
    assert isinstance(number, int)
    assert edition is None or isinstance(edition, int)
    assert parent_id is None or isinstance(parent_id, int)
    kind = type_of(str(type_code), edition=edition)
    return Entry(
        id=number,
        key=str(key),
        type=kind,
        protocol=str(protocol),
        retired=state == Device.State.RETIRED,
        password_hash=str(password),
        scales=_scales(scales),
        fields=fields_of(kind, protocol=Protocol(str(protocol)), mapping=_object(mapping)),
        parent_id=parent_id,
    )


def _scales(stored: object) -> Mapping[str, float]:
    return {name: float(scale) for name, scale in plain_object(stored).items() if isinstance(scale, int | float)}


def _object(stored: object) -> Mapping[str, object]:
    return {} if stored is None else plain_object(stored)


def _make(entry: Entry, place: Place) -> int:
    period, name, sub_value = place
    known = entry.fields.get(name)
    observed = entry.type.observed(known.property_code) if known and entry.type else None
    unit = unit_of(observed, sub_value)
    with connection.cursor() as cursor:
        cursor.execute(
            _MAKE,
            [
                *(entry.id, observed.code if observed else name, period, sub_value, unit, name[:LONGEST_NAME]),
                *(observed is not None, clock.city_now()),
            ],
        )
        number = cursor.fetchone()[0]
    assert isinstance(number, int)
    return number
