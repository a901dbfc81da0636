"""Reading days that were moved out of the database: which there are, and their readings, through DuckDB.

A file holds a day's readings sorted by datastream and time, in row groups of `ROW_GROUP`; its statistics let DuckDB
open only the groups that hold what is asked for. Nothing is fetched from anywhere: DuckDB may load no extension.
"""

import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import duckdb
import numpy as np
import orjson
from django.conf import settings
from django.db import connection
from numpy.typing import NDArray

from onecity.platform.iot.contracts import Closed, ColdFile, Readings
from onecity.platform.iot.rules.instants import UNIX_EPOCH

ROW_GROUP: Final = 65_536
FEW: Final = 500
"""Up to so many datastreams are named in the question; more are joined."""
SETTINGS: Final[dict[str, str | bool | int | float | list[str]]] = {
    "threads": 2,
    "memory_limit": "1GB",
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
_CLOSED: Final = """
    SELECT day - date '2000-01-01', state, generation, files::text FROM iot_closedday
    WHERE day >= date '2000-01-01' + %s AND day < date '2000-01-01' + %s ORDER BY day
"""
_COLUMNS: Final = "datastream_id, epoch_us(phenomenon_at) AS moment, result, quality"
_own = threading.local()


def cold_folder() -> Path:
    """Return the folder that holds the files of cold days."""
    folder: Path = settings.ENV.cold_folder
    return folder


def closed_of(rows: Iterable[Sequence[object]]) -> tuple[Closed, ...]:
    """Return closed days from rows of (day, state, generation, files as JSON)."""
    return tuple(_closed(*row) for row in rows)


def closed_between(first: int, until: int) -> tuple[Closed, ...]:
    """Return the closed days among first ≤ day < until (days since 2000-01-01, UTC), oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(_CLOSED, [first, until])
        return closed_of(cursor.fetchall())


def thawed(files: Sequence[ColdFile], datastreams: NDArray[np.int32], *, since: int, until: int) -> Readings:
    """Return the readings of some datastreams from cold files, sorted by datastream and time.

    since ≤ time < until, microseconds since 2000. Raises: FileNotFoundError if a file is gone: the list of files is
    older than the day's newest.
    """
    wanted = np.unique(datastreams)
    paths = [_present(file) for file in files if _may_hold(file, wanted)]
    if not paths:
        return _readings({})
    bounds = [since - UNIX_EPOCH, until - UNIX_EPOCH]
    source = "read_parquet($files)"
    condition = "phenomenon_at >= make_timestamptz($since) AND phenomenon_at < make_timestamptz($until)"
    values: dict[str, object] = {"files": paths, "since": bounds[0], "until": bounds[1]}
    if len(wanted) <= FEW:
        chosen = f"datastream_id IN ({', '.join(map(str, wanted.tolist()))})"
    else:
        chosen, values["ids"] = "datastream_id IN (SELECT unnest($ids))", wanted.tolist()
    sql = f"SELECT {_COLUMNS} FROM {source} WHERE {chosen} AND {condition} ORDER BY datastream_id, moment"
    try:
        return _readings(_duck().execute(sql, values).fetchnumpy())
    except duckdb.IOException as error:
        raise FileNotFoundError(str(error)) from error


def _duck() -> duckdb.DuckDBPyConnection:
    """Return this thread's DuckDB, which keeps nothing."""
    duck = getattr(_own, "duck", None)
    if duck is None:
        duck = _own.duck = duckdb.connect(":memory:", config=SETTINGS)
    assert isinstance(duck, duckdb.DuckDBPyConnection)
    return duck


def _closed(day: object, state: object, generation: object, files: object) -> Closed:
    assert isinstance(day, int)
    assert isinstance(generation, int)
    assert isinstance(files, str)
    return Closed(day, state == "cold", generation, tuple(ColdFile(**file) for file in orjson.loads(files)))


def _may_hold(file: ColdFile, wanted: NDArray[np.int32]) -> bool:
    return bool(((wanted >= file.first) & (wanted <= file.last)).any())


def _present(file: ColdFile) -> str:
    path = cold_folder() / file.name
    if not path.exists():
        raise FileNotFoundError(path)
    return str(path)


def _readings(found: dict[str, NDArray[np.generic]]) -> Readings:
    if not found:
        whole = np.empty(0, np.int64)
        return Readings(np.empty(0, np.int32), whole, np.empty(0, np.float64), np.empty(0, np.uint8))
    return Readings(
        found["datastream_id"].astype(np.int32),
        found["moment"].astype(np.int64) + UNIX_EPOCH,
        np.ma.filled(np.ma.asarray(found["result"]).astype(np.float64), np.nan),
        found["quality"].astype(np.uint8),
    )
