"""Puts one block's rows on the stage: COPY at full speed, and slower ways for rows that the stage does not take."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import psycopg
import pyarrow as pa
import pyarrow.compute as pc
from psycopg import errors, sql
from pyarrow import csv

from onecity.kernel.text import zh
from onecity.platform.exchange.codecs.pgcopy.walking import HEADER, TRAILER
from onecity.platform.exchange.connectors.contract import RowsRefused
from onecity.platform.exchange.connectors.postgresql.progress import Step
from onecity.platform.exchange.connectors.postgresql.shapes import Link
from onecity.platform.exchange.connectors.postgresql.stage import Stage, unique_sets
from onecity.platform.exchange.connectors.postgresql.summing import Summed, add_row, select_list
from onecity.platform.exchange.contracts.blocks import OPERATION_COLUMN
from onecity.platform.exchange.rules.sums import sums_of as restored

Piece = bytes | memoryview
DOUBLED: Final = ("unique.key", zh("主键或唯一字段与本次传送的另一行重复"))
_LINE: Final = re.compile(r"COPY \S+?, \D+(\d+)")
_ROW: Final = "_row"


@dataclass(frozen=True, slots=True)
class Load:
    """What is to be copied. form: BINARY or CSV; batch: the same rows, where line breaks in texts make the server count
    other lines than rows."""

    pieces: Sequence[Piece]
    form: str
    batch: pa.RecordBatch | None = None


def binary_load(pieces: Sequence[Piece]) -> Load:
    """Return rows that pass as they are."""
    return Load([HEADER, *pieces, TRAILER], "BINARY")


def arrow_load(batch: pa.RecordBatch) -> Load:
    """Return rows of a batch: as CSV, which the server's own input functions read into any type."""
    text = pa.RecordBatch.from_arrays([_writable(column) for column in batch.columns], names=batch.schema.names)
    sink = pa.BufferOutputStream()
    csv.write_csv(text, sink, csv.WriteOptions(include_header=False, quoting_style="needed"))
    return Load([memoryview(sink.getvalue())], "CSV", batch if _breaks_lines(text) else None)


def put(link: Link, stage: Stage, load: Load, *, last_wins: Sequence[Summed] | None, step: Step) -> Step:
    """Copy a load to the stage within the transaction that is open; return the step with what it replaced.

    last_wins: what of replaced rows is summed, where a later row replaces an earlier one of its key; None where it is
    refused.
    Raises: RowsRefused; psycopg.Error.
    """
    try:
        with link.transaction():
            _copy(link, stage.table.identifier, stage, load)
    except errors.UniqueViolation:
        return _put_slowly(link, stage, load, last_wins=last_wins, step=step)
    except (errors.DataError, errors.IntegrityError) as error:
        raise RowsRefused({_row_of(error, link, stage, load): _refusal(error)}) from error
    return step


def _copy(link: Link, table: sql.Identifier, stage: Stage, load: Load) -> None:
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT {})").format(table, _names(stage), sql.SQL(load.form))
    with link.cursor() as cursor, cursor.copy(statement) as copy:
        for piece in load.pieces:
            copy.write(piece)


def _names(stage: Stage) -> sql.Composed:
    if not stage.has_operations:
        return stage.names
    return sql.SQL(", ").join([stage.names, sql.Identifier(OPERATION_COLUMN)])


def _put_slowly(link: Link, stage: Stage, load: Load, *, last_wins: Sequence[Summed] | None, step: Step) -> Step:
    """The way for a block in which a key comes twice, or one that the stage has."""
    arriving = sql.Identifier("onecity_arriving")
    link.execute("DROP TABLE IF EXISTS pg_temp.onecity_arriving")
    link.execute(
        sql.SQL("CREATE TEMP TABLE onecity_arriving AS SELECT {} FROM {} WITH NO DATA").format(
            _names(stage), stage.table.identifier
        )
    )
    link.execute("ALTER TABLE onecity_arriving ADD _row bigint GENERATED ALWAYS AS IDENTITY")
    try:
        with link.transaction():
            _copy(link, arriving, stage, load)
    except (errors.DataError, errors.IntegrityError) as error:
        raise RowsRefused({_row_of(error, link, stage, load): _refusal(error)}) from error
    if last_wins is None:
        raise RowsRefused(dict.fromkeys(_doubled(link, stage), DOUBLED))
    changed = _replaced(link, stage, last_wins, step)
    _replace(link, stage)
    link.execute("DROP TABLE pg_temp.onecity_arriving")
    return changed


def _doubled(link: Link, stage: Stage) -> list[int]:
    """Return the rows that equal an earlier one of the block, or one of the stage, in a set of unique columns."""
    found: set[int] = set()
    for names in unique_sets(link, stage):
        equal = sql.SQL(" AND ").join(sql.SQL("b.{0} = a.{0}").format(sql.Identifier(name)) for name in names)
        rows = link.execute(
            sql.SQL(
                "SELECT a._row FROM pg_temp.onecity_arriving a WHERE EXISTS (SELECT FROM {} b WHERE {})"
                " OR EXISTS (SELECT FROM pg_temp.onecity_arriving b WHERE {} AND b._row < a._row)"
            ).format(stage.table.identifier, equal, equal)
        ).fetchall()
        found.update(int(str(row)) - 1 for (row,) in rows)
    return sorted(found)


def _replaced(link: Link, stage: Stage, summed: Sequence[Summed], step: Step) -> Step:
    """Return the step with the sums of what later rows of the run replace: rows of this block and rows of the stage."""
    sums = restored(step.superseded)
    key = sql.SQL(", ").join(map(sql.Identifier, stage.key))
    earlier = sql.SQL("SELECT DISTINCT ON ({}) _row FROM pg_temp.onecity_arriving ORDER BY {}, _row DESC").format(
        key, key
    )
    same = _same_key(stage, "a", "b")
    places = (
        sql.SQL("pg_temp.onecity_arriving b WHERE b._row NOT IN ({})").format(earlier),
        sql.SQL("{} b WHERE EXISTS (SELECT FROM pg_temp.onecity_arriving a WHERE {})").format(
            stage.table.identifier, same
        ),
    )
    kept = sql.Composed([])
    if stage.has_operations:  # of a deletion nothing was summed
        kept = sql.SQL(" AND b.{} <> 'D'").format(sql.Identifier(OPERATION_COLUMN))
    rows = step.rows
    for place in places:
        counted = link.execute(sql.SQL("SELECT count(*) FROM ") + place).fetchone()
        rows += int(str(counted[0] if counted else 0))
        summing = sql.SQL("SELECT {} FROM ").format(select_list(summed, of="b")) + place + kept
        add_row(sums, summed, link.execute(summing).fetchone() or ())
    return Step(step.block, step.after, sums.result(), rows)


def _replace(link: Link, stage: Stage) -> None:
    key = sql.SQL(", ").join(map(sql.Identifier, stage.key))
    names = _names(stage)
    filled = [column.name for column in stage.columns] + ([OPERATION_COLUMN] if stage.has_operations else [])
    sets = sql.SQL(", ").join(sql.SQL("{0} = EXCLUDED.{0}").format(sql.Identifier(name)) for name in filled)
    link.execute(
        sql.SQL(
            "INSERT INTO {} ({}) SELECT {} FROM (SELECT DISTINCT ON ({}) * FROM pg_temp.onecity_arriving"
            " ORDER BY {}, _row DESC) a"
            " ON CONFLICT ({}) DO UPDATE SET {}"
        ).format(stage.table.identifier, names, names, key, key, key, sets)
    )


def _same_key(stage: Stage, one: str, other: str) -> sql.Composed:
    return sql.SQL(" AND ").join(
        sql.SQL("{} = {}").format(sql.Identifier(one, name), sql.Identifier(other, name)) for name in stage.key
    )


def _row_of(error: psycopg.Error, link: Link, stage: Stage, load: Load) -> int:
    """Return which row of a load the server did not take. Raises: the error itself where the server named none."""
    if load.batch is not None:
        return _first_refused(link, stage, load.batch)
    found = _LINE.search(error.diag.context or "")
    if found is None:
        raise error
    return int(found[1]) - 1


def _first_refused(link: Link, stage: Stage, batch: pa.RecordBatch) -> int:
    """Find the first row that is not taken, by halves."""
    first, last = 0, batch.num_rows
    while last - first > 1:
        middle = (first + last) // 2
        if _is_taken(link, stage, batch.slice(first, middle - first)):
            first = middle
        else:
            last = middle
    return first


def _is_taken(link: Link, stage: Stage, batch: pa.RecordBatch) -> bool:
    try:
        with link.transaction(force_rollback=True):
            _copy(link, stage.table.identifier, stage, arrow_load(batch))
    except (errors.DataError, errors.IntegrityError):
        return False
    return True


def _refusal(error: psycopg.Error) -> tuple[str, str]:
    """Return why the server refused a row, without its words: they may quote the value."""
    return "target.refused", zh("目标库不接收本行（错误码{state}）").format(state=error.sqlstate)


def _writable(column: pa.Array) -> pa.Array:
    if pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type):
        return pa.array([None if raw is None else "\\x" + raw.hex() for raw in column.to_pylist()], pa.string())
    if pa.types.is_decimal256(column.type):
        return column.cast(pa.string())
    return column


def _breaks_lines(batch: pa.RecordBatch) -> bool:
    """Say whether some text holds a line break."""
    return any(
        pc.any(pc.match_substring_regex(column, "[\r\n]")).as_py()
        for column in batch.columns
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
    )
