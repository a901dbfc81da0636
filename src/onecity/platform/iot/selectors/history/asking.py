"""What reading the history asks of whoever has a connection; the answer comes back into the generator that asked."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from onecity.platform.iot.contracts import ColdFile
from onecity.platform.iot.rules.instants import instant
from onecity.platform.iot.rules.stretches import Stretches
from onecity.platform.iot.selectors.columns import row_type


@dataclass(frozen=True, slots=True)
class Fetch:
    """Rows of one statement with parameters `$1`, `$2` …; answered with a list of rows."""

    sql: str
    values: Sequence[object]


@dataclass(frozen=True, slots=True)
class Copy:
    """A query's rows in the form `form`; answered with a structured array."""

    sql: str
    form: np.dtype[np.void]


@dataclass(frozen=True, slots=True)
class Thaw:
    """Readings of datastreams from cold files, since ≤ time < until; answered with `Readings`."""

    files: Sequence[ColdFile]
    datastreams: NDArray[np.int32]
    since: int
    until: int


Answer = TypeVar("Answer")
Asking = Generator[Fetch | Copy | Thaw, Any, Answer]
"""A computation that asks; `Any` stands for the three kinds of answer, each checked where it comes in."""

ROLLUP: Final = row_type(
    datastream=">i4", at=">i8", readings=">i4", good=">i4", total=">f8", low=">f8", high=">f8", first=">f8", last=">f8",
    first_at=">i8", last_at=">i8", weighted=">f8", weighted_s=">f8",
)  # fmt: skip
NEVER_SQL: Final = "timestamptz '1900-01-01 00:00:00+00'"
ROLLUP_SQL: Final = f"""
    datastream_id, begins_at, readings, good, total, COALESCE(low, 'NaN'), COALESCE(high, 'NaN'),
    COALESCE(first, 'NaN'), COALESCE(last, 'NaN'), COALESCE(first_at, {NEVER_SQL}), COALESCE(last_at, {NEVER_SQL}),
    weighted, weighted_s
"""
FINER: Final = row_type(datastream=">i4", at=">i8")

_MICROS: Final = "((extract(epoch FROM {}) * 1000000)::bigint - 946684800000000)"
FACTS: Final = f"""
    SELECT (SELECT {_MICROS.format("settled_at")} FROM iot_storemark),
        (SELECT array_agg(ARRAY[datastream_id, {_MICROS.format("since_at")}, {_MICROS.format("until_at")}])
            FROM iot_rollupdue WHERE datastream_id = ANY($1::int[])
            AND since_at < $3::timestamptz AND until_at > $2::timestamptz),
        (SELECT json_agg(json_build_array(day - date '2000-01-01', state, generation, files::text) ORDER BY day)::text
            FROM iot_closedday WHERE day >= ($2::timestamptz AT TIME ZONE 'UTC')::date
            AND day <= ($3::timestamptz AT TIME ZONE 'UTC')::date)
"""


def facts_of(datastreams: NDArray[np.int32], *, since: int, until: int) -> Fetch:
    """Ask how far roll-ups hold for datastreams within a stretch of time, and which of its days are closed."""
    return Fetch(FACTS, [datastreams.tolist(), instant(since), instant(until)])


def due_of(rows: Sequence[Sequence[int]] | None) -> Stretches:
    """Return what is due, from the facts."""
    columns = np.array(rows or np.empty((0, 3)), np.int64).T
    return Stretches(columns[0].astype(np.int32), columns[1], columns[2])
