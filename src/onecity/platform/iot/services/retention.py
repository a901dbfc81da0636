"""Old observations leave a whole day at a time, where the city decided not to keep them for good."""

from datetime import datetime, timedelta
from typing import Final

from django.db import OperationalError, connection, transaction

from onecity.kernel.actor import system_actor
from onecity.platform.identity import api as identity
from onecity.platform.iot.rules.instants import DAY, micros
from onecity.platform.iot.services.store.partitions import existing_days, partition_of

_PATIENCE: Final = "2s"


def drop_old_days(now: datetime, *, keep_days: int) -> int:
    """Drop the partitions of days that ended `keep_days` ago or earlier; returns how many went. now: city time.

    keep_days: 0 keeps everything. Latest values stay. A day whose table is in use is left for the next time: dropping
    waits for readers only for two seconds, because whoever comes after it waits as well.
    """
    if keep_days <= 0:
        return 0
    first_kept = micros(now - timedelta(days=keep_days)) // DAY
    gone = 0
    for day in sorted(day for day in existing_days() if day < first_kept):
        try:
            _drop(partition_of(day))
        except OperationalError:
            break
        gone += 1
    return gone


def _drop(table: str) -> None:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{_PATIENCE}'")
            cursor.execute(f"DROP TABLE {table}")
        identity.record(system_actor("iot"), action="iot.drop_observations", details={"table": table})
