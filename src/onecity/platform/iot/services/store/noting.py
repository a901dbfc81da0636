"""What a commit of the store leaves for others: hours to roll up again, and how many readings came for whom.

Only what lies before the mark is noted; what comes after it is found when the mark moves on (`services.rollups`). A
transaction reads the mark once it has taken its turn: from then on whoever moves the mark waits for its end.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from onecity.platform.iot.contracts import Readings
from onecity.platform.iot.rules.instants import DAY, HOUR, NEVER, day_date
from onecity.platform.iot.rules.rollups import CITY_OFFSET
from onecity.platform.iot.services.store.known import Known
from onecity.platform.iot.services.store.wire import Bigints, Instants, Integers, bulk_cursor, micros_sql

BRIDGED_HOURS: Final = 3
"""So many empty hours between two readings do not part what is noted in one row."""
LONGEST: Final = 7 * DAY

_TURN: Final = f"""
    SELECT (SELECT {micros_sql("marked_at")} FROM iot_storemark),
        ARRAY(SELECT day - date '2000-01-01' FROM iot_closedday WHERE day = ANY(%s::date[])),
        (SELECT version FROM iot_feedinterest)
"""
_DUE: Final = """
    INSERT INTO iot_rollupdue (datastream_id, since_at, until_at) SELECT * FROM unnest(%s, %s, %s)
"""
_COUNT: Final = """
    INSERT INTO iot_storedcount (day, organisation_id, division_code, readings)
    SELECT * FROM unnest(%s::date[], %s, %s::text[], %s)
"""


@dataclass(frozen=True, slots=True)
class Turn:
    """What holds for one transaction. marked: readings before it are noted, NEVER for none. closed: days (UTC).

    interest: how often subscriptions of applications have changed.
    """

    marked: int
    closed: tuple[int, ...]
    interest: int = 0

    def closes(self, at: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Say of instants whether they fall into closed days."""
        if not self.closed:
            return np.zeros(len(at), np.bool_)
        return np.isin(at // DAY, np.array(self.closed, np.int64))


def read_turn(at: NDArray[np.int64]) -> Turn:
    """Return what holds for readings of these times; call it when the transaction has locked its devices."""
    days = [day_date(day) for day in np.unique(at // DAY).tolist()]
    with bulk_cursor() as cursor:
        row = cursor.execute(_TURN, [days]).fetchone()
    assert row is not None
    marked, closed, interest = row
    assert isinstance(closed, list)
    assert isinstance(interest, int)
    return Turn(marked if isinstance(marked, int) else NEVER, tuple(closed), interest)


def note_due(changed: Readings, *, marked: int) -> None:
    """Note which hours must be rolled up again. changed: sorted by datastream and time."""
    changed = changed.where(changed.at < marked)
    if not len(changed):
        return
    hour = changed.at // HOUR
    parted = np.ones(len(hour), np.bool_)
    parted[1:] = (
        (changed.datastream[1:] != changed.datastream[:-1])
        | (hour[1:] - hour[:-1] > 1 + BRIDGED_HOURS)
        | (changed.at[1:] // LONGEST != changed.at[:-1] // LONGEST)
    )
    starts = np.flatnonzero(parted)
    lasts = np.append(starts[1:], len(hour)) - 1
    with bulk_cursor() as cursor:
        cursor.execute(
            _DUE,
            [Integers(changed.datastream[starts]), Instants(hour[starts] * HOUR), Instants((hour[lasts] + 1) * HOUR)],
        )


def note_count(stored: Readings, *, known: Known) -> None:
    """Note how many readings of which of the city's days came for which organisation and place."""
    if not len(stored):
        return
    day = (stored.at + CITY_OFFSET) // DAY
    keys, numbers = np.unique(known.owner[stored.datastream] + (day << 32), return_counts=True)
    owners: Sequence[tuple[int, str]] = [known.owners[key] for key in (keys & 0xFFFFFFFF).tolist()]
    days: list[date] = [day_date(value) for value in (keys >> 32).tolist()]
    organisations = Bigints(np.array([owner[0] for owner in owners], np.int64))
    with bulk_cursor() as cursor:
        cursor.execute(_COUNT, [days, organisations, [owner[1] for owner in owners], Bigints(numbers)])
