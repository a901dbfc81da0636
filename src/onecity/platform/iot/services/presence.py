"""Which devices are heard of: online, faulty by their own word, silent."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from django.db import connection

from onecity.platform.iot.registries import device_types

_SEEN: Final = """
    WITH seen AS (
        SELECT id, state, activated_at IS NULL AS first FROM iot_device
        WHERE id = ANY(%(ids)s) AND state <> 'retired' ORDER BY id FOR NO KEY UPDATE
    ), told AS (
        UPDATE iot_device d SET last_seen_at = GREATEST(d.last_seen_at, %(now)s),
            activated_at = coalesce(d.activated_at, %(now)s),
            state = CASE WHEN d.id = ANY(%(faulty)s) THEN 'faulty' ELSE 'online' END
        FROM seen WHERE d.id = seen.id RETURNING d.id, seen.state AS before, d.state AS after, seen.first
    )
    INSERT INTO iot_devicehistory (device_id, kind, before, after, reason, by, at)
    SELECT id, 'activated', '', '', '', '', %(now)s FROM told WHERE first
    UNION ALL SELECT id, after, before, after, '', '', %(now)s FROM told WHERE after <> before
"""
_SILENT: Final = """
    WITH gone AS (
        SELECT id, state FROM iot_device WHERE type_code = %(type)s AND state IN ('online', 'faulty')
            AND last_seen_at < %(before)s ORDER BY id FOR NO KEY UPDATE
    ), told AS (
        UPDATE iot_device d SET state = 'silent' FROM gone WHERE d.id = gone.id RETURNING d.id, gone.state AS before
    )
    INSERT INTO iot_devicehistory (device_id, kind, before, after, reason, by, at)
    SELECT id, 'silent', before, 'silent', '', '', %(now)s FROM told
"""


def mark_seen(device_ids: Collection[int], *, faulty: Collection[int], now: datetime) -> None:
    """Note that devices have spoken; the first word activates one. now: city time.

    faulty: those whose readings say that something is broken.
    """
    if device_ids:
        with connection.cursor() as cursor:
            cursor.execute(_SEEN, {"ids": list(device_ids), "now": now, "faulty": list(faulty)})


def mark_silent(now: datetime) -> int:
    """Note which devices have not been heard of for longer than their type allows; returns how many are new.

    now: city time.
    """
    gone = 0
    for kind in device_types():
        with connection.cursor() as cursor:
            before = now - timedelta(seconds=kind.silent_after_s)
            cursor.execute(_SILENT, {"type": kind.code, "before": before, "now": now})
            gone += cursor.rowcount
    return gone


class Presence:
    """Gathers who has spoken, so that each device's row is written seldom: ten times within its patience."""

    def __init__(self) -> None:
        self._seen: dict[int, int] = {}
        self._faulty: set[int] = set()
        self._written: dict[int, tuple[datetime, bool]] = {}

    def note(self, device_id: int, silent_after_s: int) -> None:
        """Note that a device has spoken."""
        self._seen[device_id] = silent_after_s

    def note_faulty(self, device_ids: Collection[int]) -> None:
        """Note that devices called themselves faulty with what they just sent."""
        self._faulty.update(device_ids)

    def flush(self, now: datetime) -> None:
        """Write the rows that are due. now: city time."""
        seen, self._seen = self._seen, {}
        faulty, self._faulty = self._faulty, set()
        due = [number for number, patience in seen.items() if self._due(number, patience, number in faulty, now)]
        mark_seen(due, faulty=faulty & set(due), now=now)
        self._written.update((number, (now, number in faulty)) for number in due)

    def _due(self, number: int, patience: int, is_faulty: bool, now: datetime) -> bool:  # noqa: FBT001  # private
        written = self._written.get(number)
        if written is None or written[1] != is_faulty:
            return True
        return abs(now - written[0]) >= timedelta(seconds=patience / 10)
