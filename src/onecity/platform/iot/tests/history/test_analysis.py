"""An analysis gives the same on DuckDB and on Spark, and what arithmetic says."""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from ibis.expr.types import Table

from onecity.kernel.actor import system_actor
from onecity.platform.iot.analysis import (
    analysed,
    correlation,
    daily_profile,
    monthly_exceedance,
    percentiles,
)
from onecity.platform.iot.analysis.running import OBSERVATIONS, Found, arrow_of
from onecity.platform.iot.selectors.explorer import streams_for
from onecity.platform.iot.services import cold, rollups
from onecity.platform.iot.tests.factories import NOW, make_datastream
from onecity.platform.iot.tests.history.lying import A_DAY, A_MINUTE, AN_HOUR, cold_folder, lay

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table")  # ibis 12 with DuckDB 2
Ask = Callable[[Table, Table], Table]
ASKED: dict[str, Ask] = {
    "exceedance": lambda readings, streams: monthly_exceedance(readings, streams, limit=60.0),
    "correlation": lambda readings, streams: correlation(readings),
    "percentiles": lambda readings, streams: percentiles(readings),
    "profile": lambda readings, streams: daily_profile(readings),
}
BEGIN = datetime(2026, 1, 20, tzinfo=UTC)


def readings() -> pa.Table:
    """Return five weeks of three datastreams, some readings without a value, some that do not count."""
    chance = np.random.default_rng(11)
    count = 5 * 7 * 24 * 6
    at = np.arange(count, dtype=np.int64) * 600_000_000 + int(BEGIN.timestamp() * 1e6)
    wave = 50 + 20 * np.sin(np.arange(count) / 40)
    values = np.concatenate([wave, 100 - wave + chance.normal(0, 5, count), np.full(count, 7.0)])
    none = chance.random(3 * count) < 0.03
    letters = np.where(chance.random(3 * count) < 0.05, ord("D"), ord("N")).astype(np.int16)
    columns = [
        pa.array(np.repeat(np.array([1, 2, 3], np.int32), count)),
        pa.array(np.tile(at, 3), pa.timestamp("us")),
        pa.array(values, mask=none),
        pa.array(letters),
    ]
    return pa.table(columns, schema=OBSERVATIONS)


STREAMS = pa.table(
    {"datastream_id": pa.array([1, 2, 3], pa.int32()), "device_key": ["A", "B", "C"], "property_code": ["x", "x", "y"]}
)


@pytest.fixture(scope="module")
def spark() -> Iterator[object]:
    """A Spark of this machine's own."""
    if shutil.which("java") is None and not os.environ.get("JAVA_HOME"):
        pytest.skip("needs Java 17 for Spark: apt-get install openjdk-17-jre-headless")
    SparkSession = pytest.importorskip("pyspark.sql").SparkSession  # noqa: N806  # a class
    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .getOrCreate()
    )
    yield session
    session.stop()


def plain(table: pa.Table) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in table.to_pylist()]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ASKED)
def test_spark_gives_what_duckdb_gives(name: str, spark: object, tmp_path: Path) -> None:
    pq.write_table(readings(), tmp_path / "readings.parquet")
    pq.write_table(STREAMS, tmp_path / "streams.parquet")
    found = []
    for backend in (ibis.duckdb.connect(), ibis.pyspark.connect(spark)):
        tables = [backend.read_parquet(str(tmp_path / f"{part}.parquet")) for part in ("readings", "streams")]
        found.append(plain(ASKED[name](*tables).to_pyarrow()))
    assert found[0]
    assert found[0] == found[1]


def on_duckdb(name: str) -> list[tuple[Any, ...]]:
    duck = ibis.duckdb.connect()
    duck.con.register("o", readings())
    duck.con.register("s", STREAMS)
    return plain(arrow_of(ASKED[name](duck.table("o"), duck.table("s"))))


def test_exceedance_counts_hours_by_month_of_the_city() -> None:
    rows = on_duckdb("exceedance")
    first = {(row[0], row[2]): row for row in rows}
    assert {row[2] for row in rows} == {date(2026, 1, 1), date(2026, 2, 1)}
    hours_of_january = (datetime(2026, 1, 31, 16, tzinfo=UTC) - BEGIN) // timedelta(hours=1)
    assert first["C", date(2026, 1, 1)][3:] == (hours_of_january, 0, 0.0)
    key, _, _, hours, above, share = first["A", date(2026, 1, 1)]
    assert key == "A"
    assert 0 < above < hours
    assert share == round(int(above) / hours, 6)


def test_correlation_tells_opposites_and_what_never_changes() -> None:
    rows = {row[:2]: row[3] for row in on_duckdb("correlation")}
    assert rows[1, 2] < -0.95
    assert rows[1, 3] is None


def test_percentiles_are_those_of_numpy() -> None:
    whole = readings()
    kept = [
        value
        for one, value, letter in zip(
            *(whole[name].to_pylist() for name in ("datastream_id", "result", "quality")), strict=True
        )
        if one == 2 and value is not None and letter == ord("N")
    ]
    row = next(row for row in on_duckdb("percentiles") if row[0] == 2)
    assert row[1] == len(kept)
    assert row[4:10] == tuple(round(float(np.percentile(kept, share)), 6) for share in (5, 25, 50, 75, 95, 98))


def test_profile_has_the_hours_of_the_city() -> None:
    rows = [row for row in on_duckdb("profile") if row[0] == 3]
    assert [row[1] for row in rows] == list(range(24))
    assert {row[3] for row in rows} == {7.0}


@pytest.mark.django_db
def test_analysis_reads_cold_days_and_today_alike(tmp_path: Path) -> None:
    stream = make_datastream().id
    lay([(stream, NOW - n * AN_HOUR, float(n), "N") for n in range(100)], now=NOW)
    known = streams_for(system_actor("test"), [stream])

    def ask() -> Found:
        return analysed(ASKED["percentiles"], known, since=NOW - 30 * A_DAY, until=NOW + A_MINUTE)

    before = ask()
    rollups.advance(NOW)
    with cold_folder(tmp_path):
        cold.freeze(NOW, after_days=2)
        assert cold.move_due(NOW, most_s=60) >= 1
        assert ask() == before
    assert dict(zip(before.columns, before.rows[0], strict=True))["readings"] == 100
