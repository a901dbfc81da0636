"""A device's history: what happened to it, when, why and by whom."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from django.db import connection

from onecity.platform.iot.models import DeviceHistory

KEPT: Final = timedelta(days=400)
"""How long comings and goings are kept; what people did is kept for good."""
PASSING: Final = ("online", "silent", "faulty")
_MOST_TALLIES: Final = 1_000
_FOLD: Final = """
    WITH gone AS (DELETE FROM iot_devicetally RETURNING organisation_id, division_code, type_code, state, number)
    INSERT INTO iot_devicetally (organisation_id, division_code, type_code, state, number)
    SELECT organisation_id, division_code, type_code, state, sum(number) FROM gone
    GROUP BY 1, 2, 3, 4 HAVING sum(number) <> 0
"""
_CHANGES: Final = """
    SELECT count(*) FROM (SELECT FROM iot_devicetally GROUP BY organisation_id, division_code, type_code, state
        HAVING count(*) > 1 LIMIT %s) many
"""


def note_life(
    device_ids: Collection[int],
    *,
    kind: str,
    now: datetime,
    before: str = "",
    after: str = "",
    reason: str = "",
    by: str = "",
) -> None:
    """Write one step of each device's history, in the caller's transaction. now: city time."""
    DeviceHistory.objects.bulk_create(
        [
            DeviceHistory(
                device_id=number,
                kind=kind,
                before=before[:80],
                after=after[:80],
                reason=reason[:200],
                by=by[:60],
                at=now,
            )
            for number in device_ids
        ],
        batch_size=1_000,
    )


def drop_old_history(now: datetime) -> int:
    """Forget comings and goings that are older than `KEPT`; returns how many. now: city time."""
    return DeviceHistory.objects.filter(at__lt=now - KEPT, kind__in=PASSING).delete()[0]


def fold_tallies() -> bool:
    """Sum up the changes of device counts, so that reading them stays quick; whether there was anything to do.

    What others write meanwhile is left as it is: the sum is exact at every moment.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CHANGES, [_MOST_TALLIES])
        if not cursor.fetchone()[0]:
            return False
        cursor.execute(_FOLD)
    return True
