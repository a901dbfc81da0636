"""What must be known of Datastreams before observations of them are taken: asked for many requests at once."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import asyncpg

from onecity.platform.identity.api import RowScope

GATHER_S: Final = 0.001
_FIND: Final = """
    SELECT x.id, x.native, x.organisation_id, x.division_code, x.thing_id, x.feature_id, p.location_id,
        f.id AS place_feature
    FROM iot_sta_datastream x
    LEFT JOIN LATERAL (SELECT t.location_id FROM iot_sta_thinglocation t WHERE t.thing_id = x.thing_id
        ORDER BY t.location_id LIMIT 1) p ON TRUE
    LEFT JOIN iot_sta_feature f ON f.location_id = p.location_id
    WHERE x.id = ANY($1::integer[])
"""


@dataclass(frozen=True, slots=True)
class Stream:
    """A Datastream. feature_id: of its observations. here: of those made where its Thing is now; None if not made yet.

    placed: its Thing is somewhere.
    """

    id: int
    native: bool
    organisation_id: int | None
    division_code: str
    thing_id: int
    feature_id: int | None
    here: int | None
    placed: bool

    def within(self, scope: RowScope) -> bool:
        """Say whether it lies in a scope."""
        if scope.everything or self.organisation_id in scope.organisation_ids:
            return True
        return any(self.division_code.startswith(code) for code in scope.division_codes)

    @property
    def needs_feature(self) -> bool:
        """Say whether a feature must be made, or missed, before an observation without one is taken."""
        return self.native and (self.feature_id is None or (self.placed and self.here is None))

    @property
    def own_feature(self) -> int | None:
        """The feature that an observation must name itself; None where it is the Datastream's."""
        return self.here if self.native and self.here != self.feature_id else None


class Streams:
    """Looks Datastreams up; what is asked within a millisecond goes into one question."""

    def __init__(self) -> None:
        self._wanted: set[int] = set()
        self._asking: asyncio.Future[dict[int, Stream]] | None = None

    async def find(self, ids: Iterable[int], *, pool: asyncpg.Pool) -> dict[int, Stream]:
        """Return the Datastreams that there are."""
        self._wanted.update(number for number in ids if 0 < number < 2**31)
        if self._asking is None:
            self._asking = asyncio.ensure_future(self._ask(pool))
        return await asyncio.shield(self._asking)

    async def _ask(self, pool: asyncpg.Pool) -> dict[int, Stream]:
        await asyncio.sleep(GATHER_S)
        wanted, self._wanted, self._asking = self._wanted, set(), None
        rows = await pool.fetch(_FIND, list(wanted))
        return {row["id"]: _stream(row) for row in rows}


def _stream(row: asyncpg.Record) -> Stream:
    return Stream(
        id=row["id"],
        native=row["native"],
        organisation_id=row["organisation_id"],
        division_code=row["division_code"],
        thing_id=row["thing_id"],
        feature_id=row["feature_id"],
        here=row["place_feature"],
        placed=row["location_id"] is not None,
    )
