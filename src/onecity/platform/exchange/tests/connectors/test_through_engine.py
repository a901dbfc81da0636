"""Whole runs of the engine between kinds: what is odd is refused, everything else arrives and agrees."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
from tests.servers.kafka import Kafka
from tests.servers.mariadb import MariaDb

from onecity.platform.exchange.connectors.files.connector import FilesConnector
from onecity.platform.exchange.connectors.mysql.connector import MySqlConnector
from onecity.platform.exchange.contracts.blocks import Loading, Reading
from onecity.platform.exchange.contracts.outcomes import BadRow, Counts
from onecity.platform.exchange.contracts.places import Place
from onecity.platform.exchange.contracts.plans import ColumnMap, Plan
from onecity.platform.exchange.contracts.tables import TableShape
from onecity.platform.exchange.engine.run import run
from onecity.platform.exchange.tests.connectors.people import SHAPE, blocks, people, read_rows, rows_of, write

MAPS = tuple(
    ColumnMap(column.name, column.type, source=column.name, precision=column.precision, scale=column.scale)
    for column in SHAPE.columns
)


class Diary:
    """A journal in memory."""

    def __init__(self) -> None:
        self.bad: dict[int, Sequence[BadRow]] = {}

    def refused(self, block: int, rows: Sequence[BadRow]) -> None:
        """Keep what was refused."""
        self.bad[block] = rows

    def progress(self, counts: Counts, blocks: int) -> None:
        """Nobody looks."""

    def reference(self, name: str) -> pa.Array:
        """There are none."""
        raise KeyError(name)

    def measured(self, failed_checks: Mapping[str, int]) -> None:
        """Nobody looks."""

    def codes(self) -> list[str]:
        """Return why rows were refused."""
        return [code for rows in self.bad.values() for row in rows for code, _ in row.reasons]


def _plan(source: Place, table: str, target: Place, shape: TableShape = SHAPE) -> Plan:
    return Plan(source, table, target, shape, Reading.FULL, Loading.SWAP, MAPS, block_rows=100)


def test_csv_goes_to_mariadb_and_odd_lines_to_quarantine(mariadb: MariaDb, files_place: Place) -> None:
    write(MySqlConnector(), mariadb.place(), blocks(count=1), run="old")
    folder = Path(str(files_place.options["folder"]))
    write_csv = Place("files", {**files_place.options, "encoding": "gb18030"})

    write(FilesConnector(), write_csv, blocks(count=5), table="people.csv")
    with (folder / "people.csv").open("ab") as file:
        file.write("77,李四,1.00\n78,王五,many,,1,1950-01-01,2026-03-01 08:00:00,\n".encode("gb18030"))
        file.write("1,张三,1.00,,1,1950-01-01,2026-03-01 08:00:00,\n".encode("gb18030"))
    diary = Diary()
    outcome = run(_plan(files_place, "people.csv", mariadb.place()), run="csv", journal=diary)
    assert (outcome.counts.read, outcome.counts.landed, outcome.counts.refused) == (53, 50, 3)
    assert outcome.reconciled
    assert len(diary.codes()) == 3
    assert {"torn_row", "duplicate"} <= set(diary.codes())
    assert read_rows(MySqlConnector(), mariadb.place()) == rows_of([people(1, 50)])


@pytest.mark.parametrize("table", ["people.parquet", "people.jsonl"])
def test_mariadb_goes_to_files_and_back(mariadb: MariaDb, files_place: Place, table: str) -> None:
    write(MySqlConnector(), mariadb.place(), blocks(count=30), run="old")
    there = run(_plan(mariadb.place(), "people", files_place, replace(SHAPE, name=table)), run="there", journal=Diary())
    assert there.reconciled
    back = run(_plan(files_place, table, mariadb.place(), replace(SHAPE, name="again")), run="back", journal=Diary())
    assert back.reconciled
    assert back.counts.inserted == 300
    assert read_rows(MySqlConnector(), mariadb.place(), "again") == rows_of([people(1, 300)])


def test_a_topic_goes_to_sqlite_and_the_next_run_takes_the_rest(
    kafka: Kafka, kafka_place: Place, topic: str, sqlite_place: Place
) -> None:
    kafka.send(topic, people(1, 20).to_pylist())
    plan = replace(
        _plan(kafka_place, topic, sqlite_place), reading=Reading.BY_CURSOR, cursor="_offset", loading=Loading.MERGE
    )
    first = run(plan, run="first", journal=Diary())
    kafka.send(topic, [*people(11, 15).to_pylist(), b"{torn"])
    diary = Diary()
    second = run(plan, run="second", journal=diary, since=first.position)
    assert (second.counts.read, second.counts.inserted, second.counts.unchanged) == (16, 5, 10)
    assert diary.codes() == ["torn_row"]
    assert first.reconciled
    assert second.reconciled
