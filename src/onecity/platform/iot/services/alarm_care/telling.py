"""Tells of alarms whose reason to be kept quiet is gone."""

from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction

from onecity.platform.iot.services.alarms import tell

AT_REST: Final = timedelta(minutes=15)
"""House rule: a flapping alarm that stands so long is at rest."""
MOST_AT_ONCE: Final = 500
_DUE: Final = """
    SELECT a.id FROM iot_alarm a
    LEFT JOIN iot_maintenance m ON m.id = a.maintenance_id
    LEFT JOIN iot_alarm c ON c.id = a.cause_id
    WHERE a.cleared_at IS NULL AND a.told_at IS NULL AND (
        (a.hushed = 'maintenance' AND (m.id IS NULL OR m.ended_at IS NOT NULL OR m.ends_at <= %(now)s))
        OR (a.hushed = 'cause' AND (c.id IS NULL OR c.cleared_at IS NOT NULL))
        OR (a.hushed = 'flapping' AND a.raised_at <= %(rested)s))
    ORDER BY a.id LIMIT %(most)s FOR UPDATE OF a SKIP LOCKED
"""


def tell_kept_quiet(now: datetime) -> int:
    """Announce the standing alarms that nothing keeps quiet any more; returns how many. now: city time."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_DUE, {"now": now, "rested": now - AT_REST, "most": MOST_AT_ONCE})
            due = [number for (number,) in cursor.fetchall()]
        for number in due:
            tell(number, now=now)
    return len(due)
