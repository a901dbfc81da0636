"""MariaDB into PostgreSQL through the engine, every row checked, beside PostgreSQL's own COPY FROM of the same rows."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlsplit

import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.database import VARIABLE
from benchmarks.report import Result, progress
from benchmarks.turns import value_and_limit
from onecity.demo.servers.mariadb import Schema, prepare
from onecity.kernel.errors import OneCityError
from onecity.platform.exchange.connectors.contract import WriteRequest
from onecity.platform.exchange.connectors.registry import connector
from onecity.platform.exchange.contracts.blocks import Block, Loading, Reading
from onecity.platform.exchange.contracts.outcomes import BadRow, Counts
from onecity.platform.exchange.contracts.places import Place
from onecity.platform.exchange.contracts.plans import Check, CheckKind, ColumnMap, Plan
from onecity.platform.exchange.contracts.tables import ColumnShape, LogicalType, TableShape
from onecity.platform.exchange.engine.run import run as carry_out

ROWS: Final = 2_000_000
QUICK_ROWS: Final = 60_000
PORT: Final = 23_871
_BLOCK: Final = 50_000
_LIMIT: Final = "PostgreSQL's COPY FROM (binary) of the same rows, logged, primary key"
_WEIGHTS: Final = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
SHAPE: Final = TableShape(
    "person",
    (
        ColumnShape("id", LogicalType.INTEGER, nullable=False),
        ColumnShape("citizen_id", LogicalType.TEXT, nullable=False, length=18),
        ColumnShape("name", LogicalType.TEXT, nullable=False, length=40),
        ColumnShape("sex", LogicalType.TEXT, length=1),
        ColumnShape("born", LogicalType.DATE),
        ColumnShape("income", LogicalType.DECIMAL, precision=14, scale=2),
        ColumnShape("score", LogicalType.FLOAT),
        ColumnShape("created", LogicalType.TIMESTAMP),
        ColumnShape("changed", LogicalType.TIMESTAMP),
        ColumnShape("phone", LogicalType.TEXT, length=20),
        ColumnShape("address", LogicalType.TEXT, length=200),
        ColumnShape("detail", LogicalType.TEXT),
        ColumnShape("alive", LogicalType.BOOLEAN),
        ColumnShape("division", LogicalType.TEXT, length=12),
    ),
    key=("id",),
)
CHECKS: Final = (
    Check("person.id", CheckKind.NOT_NULL, ("id",)),
    Check("person.citizen_id", CheckKind.IDENTIFIER, ("citizen_id",), ("citizen_id",)),
    Check("person.name", CheckKind.NOT_NULL, ("name",)),
    Check("person.sex", CheckKind.CODE_LIST, ("sex",), ("1", "2", "9")),
    Check("person.income", CheckKind.RANGE, ("income",), ("0", "")),
    Check("person.division", CheckKind.LENGTH, ("division",), ("12", "12")),
)


def people(first: int, count: int) -> pa.RecordBatch:
    """Return made-up people with ids from `first` on: about 260 bytes each, the same ones every time."""
    ids = np.arange(first, first + count)
    days = np.datetime64("1940-01-01") + (ids * 37) % 29_000
    moments = np.datetime64("2020-01-01T08:00:00", "us") + ids * np.timedelta64(61, "s")
    texts = [str(number) for number in ids.tolist()]
    return pa.record_batch(
        {
            "id": pa.array(ids),
            "citizen_id": _citizen_ids(ids, days),
            "name": pa.array([f"张三{text}" for text in texts]),
            "sex": pc.if_else(pa.array(ids % 2 == 1), "1", "2"),
            "born": pa.array(days),
            "income": pa.array(ids * 137 % 100_000_000).cast(pa.decimal128(19, 0)).cast(pa.decimal128(14, 2)),
            "score": pa.array(ids / 7.0),
            "created": pa.array(moments),
            "changed": pa.array(moments + np.timedelta64(86_399_999_999, "us")),
            "phone": pa.array([f"138{number % 100_000_000:08d}" for number in ids.tolist()]),
            "address": pa.array([f"长春市南关区人民大街{text}号" for text in texts]),
            "detail": pa.array(
                [f'{{"序号": {text}, "说明": "居民家庭经济状况核对示例", "项目": [1, 2, 3]}}' for text in texts]
            ),
            "alive": pa.array(ids % 50 != 0),
            "division": pa.array(["220102001001"] * count),
        }
    )


def _citizen_ids(ids: "np.ndarray[tuple[int], np.dtype[np.int64]]", days: object) -> pa.Array:
    """Return citizen identification numbers with their check digits. Source: GB 11643-1999."""
    births = pc.strftime(pa.array(days), format="%Y%m%d").to_pylist()
    bodies = [f"220102{birth}{number % 1000:03d}" for birth, number in zip(births, ids.tolist(), strict=True)]
    digits = np.frombuffer("".join(bodies).encode(), np.uint8).reshape(-1, 17) - 48
    checks = np.frombuffer(b"10X98765432", np.uint8)[(digits * _WEIGHTS).sum(axis=1) % 11]
    return pa.array([body + chr(check) for body, check in zip(bodies, checks.tolist(), strict=True)])


class Silence:
    """A journal that nobody reads; a refused row is a mistake of the benchmark."""

    def refused(self, block: int, rows: Sequence[BadRow]) -> None:
        """Complain."""
        if rows:
            raise OneCityError(str(rows[0].reasons))

    def progress(self, counts: Counts, blocks: int) -> None:
        """Say nothing."""

    def reference(self, name: str) -> pa.Array:
        """There are no reference sets."""
        raise KeyError(name)

    def measured(self, failed_checks: Mapping[str, int]) -> None:
        """Say nothing."""


def run(quick: bool) -> list[Result]:  # noqa: FBT001  # the contract of every bench
    """Measure `convert_mariadb`: rows a second from a table of MariaDB to one of PostgreSQL, all checks included."""
    rows = QUICK_ROWS if quick else ROWS
    with _mariadb() as source:
        progress(f"filling MariaDB with {rows:,} rows")
        _fill(source, rows)
        return [_compare(source, rows)]


def _compare(source: Place, rows: int) -> Result:
    target = _postgresql()
    numbers = iter(range(1000))

    def convert() -> float:
        plan = _plan(source, target)
        began = time.perf_counter()
        outcome = carry_out(plan, run=f"bench-{time.time_ns()}-{next(numbers)}", journal=Silence())
        taken = time.perf_counter() - began
        if outcome.counts.landed != rows or not outcome.reconciled:
            raise OneCityError(f"{outcome.counts} {outcome.reconciled}")
        progress(f"converted {rows / taken:,.0f} rows/s")
        return rows / taken

    convert()  # makes the table whose rows are the limit's
    with tempfile.TemporaryDirectory(prefix="onecity-bench-") as folder, _link() as link:
        file = Path(folder) / "rows.pgcopy"
        _copy_out(link, file)
        value, limit = value_and_limit(convert, lambda: _copy_in(link, file, rows))
    return Result("convert_mariadb", value, "rows/s", limit, _LIMIT, "higher")


def _plan(source: Place, target: Place) -> Plan:
    return Plan(
        source=source, source_table=SHAPE.name, target=target, target_shape=SHAPE, reading=Reading.FULL,
        loading=Loading.SWAP, checks=CHECKS, block_rows=_BLOCK,
        columns=tuple(
            ColumnMap(column.name, column.type, source=column.name, precision=column.precision, scale=column.scale)
            for column in SHAPE.columns
        ),
    )  # fmt: skip


def _copy_out(link: "psycopg.Connection[tuple[object, ...]]", file: Path) -> None:
    question = f"COPY (SELECT * FROM {SHAPE.name}) TO STDOUT (FORMAT BINARY)"
    with file.open("wb") as out, link.cursor() as cursor, cursor.copy(question) as copy:
        for chunk in copy:
            out.write(chunk)


def _copy_in(link: "psycopg.Connection[tuple[object, ...]]", file: Path, rows: int) -> float:
    link.execute("DROP TABLE IF EXISTS plain")
    link.execute(f"CREATE TABLE plain (LIKE {SHAPE.name} INCLUDING DEFAULTS)")
    link.execute("ALTER TABLE plain ADD PRIMARY KEY (id)")
    began = time.perf_counter()
    with (
        file.open("rb") as source,
        link.cursor() as cursor,
        cursor.copy("COPY plain FROM STDIN (FORMAT BINARY)") as copy,
    ):
        while chunk := source.read(1 << 20):
            copy.write(chunk)
    taken = time.perf_counter() - began
    progress(f"copied {rows / taken:,.0f} rows/s")
    return rows / taken


def _fill(place: Place, rows: int) -> None:
    maker = connector(place.kind)
    began = time.perf_counter()
    with maker.target(place, WriteRequest("fill", SHAPE, Loading.SWAP)) as target:
        target.prepare()
        for number, first in enumerate(range(1, rows + 1, _BLOCK), start=1):
            target.land(Block(number, people(first, min(_BLOCK, rows + 1 - first)), {"n": number}))
        target.apply()
        target.discard()
    progress(f"MariaDB took {rows / (time.perf_counter() - began):,.0f} rows/s")


def _postgresql() -> Place:
    parts = urlsplit(os.environ[VARIABLE])
    host = parse_qs(parts.query).get("host", [parts.hostname or ""])[0]
    options = {
        "host": host,
        "database": parts.path.strip("/"),
        "user": parts.username or "",
        "port": parts.port or 5432,
    }
    return Place("postgresql", options, parts.password or "")


def _link() -> "psycopg.Connection[tuple[object, ...]]":
    return psycopg.connect(os.environ[VARIABLE], autocommit=True)


@contextmanager
def _mariadb() -> Iterator[Place]:
    """Run a private server, durable on every commit."""
    folder = Path(tempfile.mkdtemp(prefix="onecity-bench-mariadb-"))
    folder.chmod(0o711)
    schema = Schema("civil", "bench", "bench")
    command = prepare(folder / "server", port=PORT, schemas=[schema], memory_mb=1024)
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    place = Place("mysql", {"host": "127.0.0.1", "port": PORT, "database": "civil", "user": "bench"}, "bench")
    try:
        _wait_for(place)
        yield place
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(place: Place) -> None:
    end = time.monotonic() + 60
    while True:
        try:
            connector(place.kind).check(place)
        except OneCityError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)
        else:
            return
