"""Moves the border up to which roll-ups reach."""

from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import connection, transaction

from onecity.platform.iot.models import StoreMark
from onecity.platform.iot.rules.instants import HOUR, instant, micros
from onecity.platform.iot.services.store.barrier import others_ended

SETTLE: Final = timedelta(minutes=2)
"""So long after its end most of an hour's readings have come."""
BEGINNING: Final = datetime(1990, 1, 1, tzinfo=UTC)
"""Before everything that is stored; what a store that was never rolled up has settled."""

_SPOKE_SINCE: Final = """
    INSERT INTO iot_rollupdue (datastream_id, since_at, until_at)
    SELECT datastream_id, %s, %s FROM iot_latest WHERE phenomenon_at >= %s ORDER BY datastream_id
"""
_EVERYTHING: Final = """
    INSERT INTO iot_rollupdue (datastream_id, since_at, until_at)
    SELECT l.datastream_id, date_trunc('hour', f.at, 'UTC'), %s FROM iot_latest l
    CROSS JOIN LATERAL (
        SELECT min(o.phenomenon_at) AS at FROM iot_observation o WHERE o.datastream_id = l.datastream_id
    ) f
    WHERE f.at < %s ORDER BY l.datastream_id
"""


def advance(now: datetime) -> bool:
    """Let roll-ups reach to the last full hour; returns whether they do. now: city time.

    Killed between its steps, it goes on where it stopped. It never moves back, even when the city's time does.
    """
    target = instant(micros(now - SETTLE) // HOUR * HOUR)
    with transaction.atomic():
        mark = _locked()
        if target <= mark.settled_at:
            return True
        target = max(target, mark.marked_at)
        mark.marked_at = target
        mark.save(update_fields=["marked_at"])
    if not others_ended():
        return False
    with transaction.atomic():
        mark = _locked()
        if target > mark.settled_at:
            _note_all(mark.settled_at, target)
            mark.settled_at = target
            mark.save(update_fields=["settled_at"])
    return True


def _locked() -> StoreMark:
    StoreMark.objects.get_or_create(id=1, defaults={"marked_at": BEGINNING, "settled_at": BEGINNING})
    return StoreMark.objects.select_for_update().get(id=1)


def _note_all(since: datetime, until: datetime) -> None:
    with connection.cursor() as cursor:
        if since == BEGINNING:
            cursor.execute(_EVERYTHING, [until, until])
        else:
            cursor.execute(_SPOKE_SINCE, [since, until, since])
