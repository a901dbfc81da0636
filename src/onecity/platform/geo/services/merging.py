"""Many rows at once: COPY into a stage, then one statement that writes what is new or different."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import connection, transaction
from django.db.utils import DataError, InternalError

from onecity.platform.geo.contracts import Loaded
from onecity.platform.geo.rules.systems import BadGeometry

STAGE: Final = "geo_stage"
WORTH_ANALYSING: Final = 1_000


@dataclass(frozen=True, slots=True)
class Merge:
    """How staged rows become rows of a table.

    stage: column → SQL type of the stage. columns: column of the table → expression over the stage's columns.
    key: the column that tells rows apart. geometry: the column that must not come out empty.
    """

    table: str
    stage: Mapping[str, str]
    columns: Mapping[str, str]
    key: str
    geometry: str = "geom"


def merge_rows(merge: Merge, *, rows: Iterable[Sequence[object]], source: str | None = None) -> Loaded:
    """Write `rows` (in the order of the stage's columns): insert new ones, update different ones, leave the rest.

    source: take out what an earlier load of this source wrote and this one does not have; None takes nothing out.
    Raises: BadGeometry naming the first keys whose geometry cannot be stored.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            stage = ", ".join(f"{name} {kind}" for name, kind in merge.stage.items())
            cursor.execute(f"CREATE TEMPORARY TABLE {STAGE} ({stage}) ON COMMIT DROP")
            with cursor.copy(f"COPY {STAGE} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            cursor.execute(_prepared(merge))
            _refuse_empty(merge)
            cursor.execute(_written(merge))
            written = cursor.rowcount
            cursor.execute(f"SELECT count(*) FROM {STAGE}_ready")
            total = int(cursor.fetchone()[0])
            removed = _take_out(merge, source) if source is not None else 0
            cursor.execute(f"DROP TABLE {STAGE}, {STAGE}_ready")
            if written + removed >= WORTH_ANALYSING:
                cursor.execute(f"ANALYZE {merge.table}")  # what follows must not be planned on an empty table
    except (DataError, InternalError) as error:
        raise BadGeometry(fields={"geometry": BadGeometry.message}) from error
    return Loaded(written=written, unchanged=total - written, removed=removed)


def _prepared(merge: Merge) -> str:
    columns = ", ".join(f"{expression} AS {name}" for name, expression in merge.columns.items())
    return f"CREATE TEMPORARY TABLE {STAGE}_ready ON COMMIT DROP AS SELECT {columns} FROM {STAGE}"


def _refuse_empty(merge: Merge) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {merge.key} FROM {STAGE}_ready WHERE ST_IsEmpty({merge.geometry}) ORDER BY 1 LIMIT 5")
        empty = [str(row[0]) for row in cursor.fetchall()]
    if empty:
        raise BadGeometry(fields=dict.fromkeys(empty, BadGeometry.message))


def _written(merge: Merge) -> str:
    names = tuple(merge.columns)
    others = [name for name in names if name != merge.key]
    changes = ", ".join(f"{name} = EXCLUDED.{name}" for name in others)
    before = ", ".join(f"kept.{name}" for name in others)
    after = ", ".join(f"EXCLUDED.{name}" for name in others)
    return (
        f"INSERT INTO {merge.table} AS kept ({', '.join(names)}) SELECT {', '.join(names)} FROM {STAGE}_ready"
        f" ON CONFLICT ({merge.key}) DO UPDATE SET {changes} WHERE ({before}) IS DISTINCT FROM ({after})"
    )


def _take_out(merge: Merge, source: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {merge.table} gone WHERE gone.source = %s"
            f" AND NOT EXISTS (SELECT FROM {STAGE}_ready r WHERE r.{merge.key} = gone.{merge.key})",
            [source],
        )
        return int(cursor.rowcount)
