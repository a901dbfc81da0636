"""Full copy and merge, every row checked, beside psql's binary COPY, a hand-written merge, and ingestr and dlt."""

import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import pyarrow as pa

from benchmarks import exchange_mariadb
from benchmarks.exchange_cluster import Cluster
from benchmarks.exchange_peers import PACKAGES, Peer
from benchmarks.exchange_rows import CHECKS, DDL, TABLE, Generator, shape
from benchmarks.report import Result, progress
from benchmarks.turns import TURNS, medians
from onecity.platform.exchange.connectors.contract import Connector
from onecity.platform.exchange.connectors.registry import connector
from onecity.platform.exchange.contracts.blocks import Comparison, Loading, Reading
from onecity.platform.exchange.contracts.outcomes import BadRow, Counts
from onecity.platform.exchange.contracts.places import Place
from onecity.platform.exchange.contracts.plans import ColumnMap, Plan
from onecity.platform.exchange.engine.run import run as carry_out

ROWS: Final = 2_000_000
QUICK_ROWS: Final = 60_000
SOURCE: Final = "bench_source"
TARGET: Final = "bench_target"
_PIPE: Final = "psql: binary COPY piped from database to database, primary key"
_SQL_MERGE: Final = "psql: binary COPY into a temporary table, INSERT … ON CONFLICT"
_NAMES: Final = tuple(column.name for column in shape().columns)


class Silence:
    """A journal that nobody reads; a refused row is a mistake of the benchmark."""

    def refused(self, block: int, rows: Sequence[BadRow]) -> None:
        """Complain."""
        raise ValueError(str(rows[0].reasons))

    def progress(self, counts: Counts, blocks: int) -> None:
        """Say nothing."""

    def reference(self, name: str) -> pa.Array:
        """There are no reference sets."""
        raise KeyError(name)

    def measured(self, failed_checks: Mapping[str, int]) -> None:
        """Say nothing."""


class ExchangeBench:
    """Source and target on one private server."""

    def __init__(self, rows: int) -> None:
        self.rows = rows
        self._cluster = Cluster()
        self._source, self._target = self._cluster.place(SOURCE), self._cluster.place(TARGET)
        self._runs = 0
        self._turn = 0

    def fill(self) -> None:
        """Have the engine itself bring the generator's rows to the source."""
        progress(f"filling the source with {self.rows:,} rows")
        self._cluster.sql(SOURCE, DDL.format(name=TABLE))
        plan = plan_of(Place("generator", {"rows": self.rows}), self._source)
        carry_out(plan, run="fill", journal=Silence(), connectors=with_generator)
        self._cluster.sql(SOURCE, f"CREATE INDEX ON {TABLE} (updated_at)", f"VACUUM ANALYZE {TABLE}")

    def full(self) -> float:
        """Copy everything through the engine; rows a second."""
        self._empty_target()
        return self._timed("full copy", self._carry(plan_of(self._source, self._target)))

    def pipe(self) -> float:
        """Copy everything by psql; rows a second."""
        self._empty_target()
        out = f"COPY {TABLE} TO STDOUT (FORMAT binary)"
        into = [f"COPY {TABLE} FROM STDIN (FORMAT binary)"]
        return self._timed("psql pipe", lambda: self._piped(out, into))

    def prepare_merge(self) -> None:
        """Let the target have what the source has."""
        progress("preparing the merge")
        self.full()

    def merge(self) -> float:
        """Merge a tenth through the engine; rows a second."""
        plan = plan_of(
            self._source, self._target, reading=Reading.BY_CURSOR, cursor="updated_at", loading=Loading.MERGE,
            conditions=(Comparison("updated_at", ">=", (self._change(),)),),
        )  # fmt: skip
        return self._timed("merge", self._carry(plan), rows=self.rows // 10)

    def sql_merge(self) -> float:
        """Merge a tenth by hand; rows a second."""
        names, sets = ", ".join(_NAMES), ", ".join(f"{name} = excluded.{name}" for name in _NAMES[1:])
        out = f"COPY (SELECT {names} FROM {TABLE} WHERE updated_at >= '{self._change()}') TO STDOUT (FORMAT binary)"
        into = [
            f"CREATE TEMP TABLE delta AS SELECT * FROM {TABLE} WITH NO DATA",
            "COPY delta FROM STDIN (FORMAT binary)",
            f"INSERT INTO {TABLE} SELECT * FROM delta ON CONFLICT (id) DO UPDATE SET {sets}",
        ]
        return self._timed("hand-written merge", lambda: self._piped(out, into), rows=self.rows // 10)

    def by_peer(self, peer: Peer) -> float:
        """Copy everything by a peer; rows a second, 0 if it fails."""
        self._cluster.sql(TARGET, f"DROP SCHEMA IF EXISTS by_{peer.name} CASCADE", "CHECKPOINT")
        urls = {"source": self._cluster.url(SOURCE), "target": self._cluster.url(TARGET)}
        try:
            found = self.rows / peer.copy(**urls, table=TABLE)
        except subprocess.CalledProcessError as error:
            progress(f"{peer.name} failed: {str(error.stderr).strip()[-400:]}")
            return 0.0
        progress(f"{peer.name}: {found:,.0f} rows/s")
        return found

    def remove(self) -> None:
        """Take the server away."""
        self._cluster.remove()

    def _change(self) -> str:
        """Change a tenth of the rows at the source, and let the target forget a tenth of these; return since when."""
        self._turn += 1
        moment = f"2030-01-{self._turn:02d} 00:00+08"
        self._cluster.sql(
            SOURCE,
            f"UPDATE {TABLE} SET income = income + 1, updated_at = '{moment}' WHERE id % 10 = 0",
            f"VACUUM {TABLE}",
        )
        self._cluster.sql(TARGET, f"DELETE FROM {TABLE} WHERE id % 100 = 0", f"VACUUM {TABLE}", "CHECKPOINT")
        return moment

    def _empty_target(self) -> None:
        self._cluster.sql(TARGET, f"DROP TABLE IF EXISTS {TABLE}", DDL.format(name=TABLE), "CHECKPOINT")

    def _carry(self, plan: Plan) -> Callable[[], None]:
        self._runs += 1
        name = f"bench-{self._runs}"

        def work() -> None:
            outcome = carry_out(plan, run=name, journal=Silence())
            if not outcome.reconciled:
                raise ValueError(f"{outcome}")

        return work

    def _piped(self, out: str, into: Sequence[str]) -> None:
        commands = [argument for statement in into for argument in ("-c", statement)]
        with subprocess.Popen([*self._cluster.psql(SOURCE), "-c", out], stdout=subprocess.PIPE) as writer:
            subprocess.run([*self._cluster.psql(TARGET), *commands], stdin=writer.stdout, check=True)

    def _timed(self, name: str, work: Callable[[], None], *, rows: int = 0) -> float:
        began = time.perf_counter()
        work()
        found = (rows or self.rows) / (time.perf_counter() - began)
        progress(f"{name}: {found:,.0f} rows/s")
        return found


def plan_of(
    source: Place, target: Place, *, reading: Reading = Reading.FULL, cursor: str = "", loading: Loading = Loading.SWAP,
    conditions: tuple[Comparison, ...] = (),
) -> Plan:  # fmt: skip
    """Return a checked copy of the table."""
    columns = tuple(
        ColumnMap(column.name, column.type, column.name, precision=column.precision, scale=column.scale)
        for column in shape().columns
    )
    return Plan(
        source=source, source_table=TABLE, target=target, target_shape=shape(), reading=reading, loading=loading,
        columns=columns, checks=CHECKS, cursor=cursor, conditions=conditions,
    )  # fmt: skip


def with_generator(kind: str) -> Connector:
    """Return a connector, the bench's own generator among them."""
    return _GENERATOR if kind == _GENERATOR.kind else connector(kind)


_GENERATOR: Final[Connector] = Generator()


def run(quick: bool) -> list[Result]:  # noqa: FBT001  # the contract of `benchmarks.__main__`
    """Measure full copy and merge in turn with their limits, and the full copy with the peers."""
    bench = ExchangeBench(QUICK_ROWS if quick else ROWS)
    try:
        bench.fill()
        with tempfile.TemporaryDirectory(prefix="onecity-bench-peers-") as folder:
            peers = [] if quick else [peer for peer in (Peer(name, Path(folder)) for name in PACKAGES) if peer.works]
            full = _full(bench, peers)
        bench.prepare_merge()
        merge = medians({"value": bench.merge, "limit": bench.sql_merge}, turns=TURNS)
    finally:
        bench.remove()
    merged = Result("merge_validated", merge["value"], "rows/s", merge["limit"], _SQL_MERGE, "higher")
    return [*full, merged, *exchange_mariadb.run(quick)]


def _full(bench: ExchangeBench, peers: Sequence[Peer]) -> list[Result]:
    def measure(peer: Peer) -> Callable[[], float]:
        return lambda: bench.by_peer(peer)

    bench.pipe()  # the first copy after the start is of no account
    found = medians(
        {"value": bench.full, "limit": bench.pipe, **{one.name: measure(one) for one in peers}}, turns=TURNS
    )
    results = [Result("full_copy_validated", found["value"], "rows/s", found["limit"], _PIPE, "higher")]
    if peers:
        fastest = max(peers, key=lambda one: found[one.name])
        name = f"{fastest.name}, the faster of {' and '.join(one.name for one in peers)}"
        results.append(Result("over_fastest_peer", found["value"], "rows/s", found[fastest.name], name, "higher"))
    return results
