"""What a commit of the store leaves for subscriptions of applications: one packed row, or nothing where nobody asks.

Who wants which readings is remembered by kind; the transaction reads the version of that (`noting.read_turn`) and asks
again when it has changed, so a subscription misses nothing that is committed after it was made.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import orjson
from numpy.typing import NDArray

from onecity.platform.iot.contracts import Readings
from onecity.platform.iot.contracts.subscriptions import EventFilter, event_filter
from onecity.platform.iot.rules.subscribing.packing import pack
from onecity.platform.iot.services.store.known import Kind, Known
from onecity.platform.iot.services.store.wire import bulk_cursor

_WISHES: Final = "SELECT filter::text FROM iot_subscription WHERE topics && '{readings,latest}'"
_NOTE: Final = """
    INSERT INTO iot_feedentry (readings, told, size, made_at)
    VALUES (%s, '[]', %s, clock_timestamp())
"""


class Interest:
    """Which kinds of datastreams somebody wants to hear of. One for each store."""

    def __init__(self) -> None:
        self._version = -1
        self._filters: tuple[EventFilter, ...] = ()
        self._wanted = np.zeros(0, np.bool_)

    def learn(self, version: int) -> None:
        """Ask again who wants what, if that has changed. version: as this transaction reads it."""
        if version == self._version:
            return
        with bulk_cursor() as cursor:
            rows = cursor.execute(_WISHES).fetchall()
        self._filters = tuple(event_filter(orjson.loads(str(stored))) for (stored,) in rows)
        self._wanted = np.zeros(0, np.bool_)
        self._version = version

    def wanted(self, kinds: Sequence[Kind]) -> NDArray[np.bool_]:
        """Say of each kind whether somebody wants to hear of it."""
        if len(self._wanted) != len(kinds):
            self._wanted = np.array([any(_fits(item, kind) for item in self._filters) for kind in kinds], np.bool_)
        return self._wanted

    @property
    def nothing(self) -> bool:
        """Say whether nobody wants to hear of any reading."""
        return not self._filters


def note_feed(stored: Readings, *, newest: NDArray[np.bool_], known: Known, interest: Interest, version: int) -> None:
    """Leave stored readings for subscriptions, in the caller's transaction, which holds the devices' locks.

    newest: of each, whether it became its datastream's latest value.
    """
    interest.learn(version)
    if interest.nothing or not len(stored):
        return
    wanted = interest.wanted(known.kinds)[known.kind[stored.datastream]]
    if not wanted.all():
        stored, newest = stored.where(wanted), newest[wanted]
    if len(stored):
        data = pack(stored.datastream, stored.at, stored.result, quality=stored.quality, newest=newest)
        with bulk_cursor() as cursor:
            cursor.execute(_NOTE, [data, len(data)])


def _fits(wish: EventFilter, kind: Kind) -> bool:
    return (
        (not wish.types or kind.type_code in wish.types)
        and (not wish.properties or kind.property_code in wish.properties)
        and (not wish.periods or kind.period in wish.periods)
    )
