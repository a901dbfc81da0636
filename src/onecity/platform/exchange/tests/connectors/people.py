"""One table that every connector must carry unharmed, and how it is read back."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pyarrow as pa

from onecity.platform.exchange.connectors.contract import Connector, WriteRequest
from onecity.platform.exchange.contracts.blocks import Block, Loading, ReadRequest
from onecity.platform.exchange.contracts.places import Place
from onecity.platform.exchange.contracts.tables import ColumnShape, LogicalType, TableShape
from onecity.platform.exchange.rules.casting import arrow_type, cast_column

SHAPE = TableShape(
    "people",
    (
        ColumnShape("id", LogicalType.INTEGER, nullable=False),
        ColumnShape("name", LogicalType.TEXT, length=60),
        ColumnShape("income", LogicalType.DECIMAL, precision=14, scale=2),
        ColumnShape("share", LogicalType.FLOAT),
        ColumnShape("alive", LogicalType.BOOLEAN),
        ColumnShape("born", LogicalType.DATE),
        ColumnShape("seen", LogicalType.TIMESTAMP),
        ColumnShape("note", LogicalType.TEXT),
    ),
    key=("id",),
)
NAMES = tuple(column.name for column in SHAPE.columns)
SCHEMA = pa.schema(
    [(column.name, arrow_type(column.type, precision=column.precision, scale=column.scale)) for column in SHAPE.columns]
)
_NOTES = ("普通", None, "引号'\"与逗号,", "反斜杠\\n不是换行", "第一行\n第二行", "表情😀", "%_|", "")
Row = dict[str, object]


def people(first: int, count: int) -> pa.RecordBatch:
    """Return rows with ids from `first` on, the same ones every time."""
    return pa.RecordBatch.from_pylist([_person(number) for number in range(first, first + count)], schema=SCHEMA)


def _person(number: int) -> Row:
    return {
        "id": number,
        "name": f"张三{number}",
        "income": Decimal(number * 137) / 100,
        "share": None if number % 7 == 0 else number / 8,
        "alive": number % 3 != 0,
        "born": date(1950, 1, 1) + timedelta(days=number * 31),
        "seen": datetime.fromisoformat("2026-03-01 08:00:00.250") + timedelta(seconds=number),
        "note": _NOTES[number % len(_NOTES)],
    }


def rows_of(batches: Iterable[pa.RecordBatch]) -> list[Row]:
    """Return rows in the table's types, in the order of their ids; empty notes are as good as none."""
    rows: list[Row] = []
    for batch in batches:
        columns = [
            cast_column(batch.column(column.name), to=column.type, precision=column.precision, scale=column.scale)
            for column in SHAPE.columns
        ]
        assert not any(column.failed for column in columns)
        rows += pa.RecordBatch.from_arrays([column.values for column in columns], names=list(NAMES)).to_pylist()
    for row in rows:
        row["note"] = row["note"] or None
    return sorted(rows, key=lambda row: str(row["id"]).zfill(9))


def blocks(first: int = 1, *, count: int = 3, size: int = 10) -> Iterator[Block]:
    """Return blocks of people with positions as the engine makes them."""
    for number in range(first, first + count):
        yield Block(number, people((number - 1) * size + 1, size), {"at": f'{{"n": {number}}}', "tally": "{}"})


def write(connector: Connector, place: Place, blocks: Iterable[Block], **request: object) -> None:
    """Carry out a whole run."""
    with connector.target(place, write_request(**request)) as target:  # type: ignore[arg-type]  # test shorthand
        target.prepare()
        for block in blocks:
            target.land(block)
        target.apply()
        target.discard()


def write_request(
    *,
    run: str = "run-1",
    shape: TableShape = SHAPE,
    loading: Loading = Loading.SWAP,
    table: str = "",
    last_wins: bool = False,
) -> WriteRequest:
    """Return what a run writes."""
    return WriteRequest(run, replace(shape, name=table or shape.name), loading, last_wins=last_wins)


def read(connector: Connector, place: Place, table: str = "people", **request: object) -> Sequence[Block]:
    """Return all blocks of a table."""
    settings: dict[str, object] = {"columns": NAMES, "block_rows": 7, **request}
    return list(connector.read(place, ReadRequest(table, **settings)))  # type: ignore[arg-type]  # test shorthand


def read_rows(connector: Connector, place: Place, table: str = "people", **request: object) -> list[Row]:
    """Return all rows of a table."""
    return rows_of(block.rows for block in read(connector, place, table, **request))
