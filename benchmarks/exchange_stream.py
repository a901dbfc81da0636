"""A long run: rows from the generator through the engine into PostgreSQL, with rate and memory every so often.

`python -m benchmarks.exchange_stream --rows 100000000 --folder DISK --curve curve.json` (some 45 GB for 100 million
rows with their log and key; the folder is the server's, and goes at the end).
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import pyarrow as pa

from benchmarks.exchange import plan_of, with_generator
from benchmarks.exchange_cluster import Cluster
from benchmarks.report import progress
from onecity.platform.exchange.contracts.outcomes import BadRow, Counts
from onecity.platform.exchange.contracts.places import Place
from onecity.platform.exchange.engine.run import run as carry_out

EVERY_S: Final = 10.0
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Point:
    """One point of the curve. rate: rows a second since the one before; memory_mb: of the engine's process."""

    seconds: float
    rows: int
    rate: float
    memory_mb: float


class Curve:
    """A journal that draws."""

    def __init__(self) -> None:
        self.points: list[Point] = []
        self._began = time.perf_counter()

    def refused(self, block: int, rows: Sequence[BadRow]) -> None:
        """Complain: the generator's rows are good."""
        raise ValueError(str(rows[0].reasons))

    def progress(self, counts: Counts, blocks: int) -> None:
        """Add a point when it is time."""
        now = time.perf_counter() - self._began
        last = self.points[-1] if self.points else Point(0.0, 0, 0.0, 0.0)
        if now - last.seconds >= EVERY_S:
            rate = (counts.read - last.rows) / (now - last.seconds)
            self.points.append(Point(round(now, 1), counts.read, round(rate), memory_mb()))
            progress(f"{counts.read:,} rows, {rate:,.0f} rows/s, {self.points[-1].memory_mb:,.0f} MB")

    def reference(self, name: str) -> pa.Array:
        """There are no reference sets."""
        raise KeyError(name)

    def measured(self, failed_checks: Mapping[str, int]) -> None:
        """Say nothing."""


def memory_mb() -> float:
    """Return the memory that this process holds."""
    return round(int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * _PAGE / 1e6, 1)


def main() -> int:
    """Run, print the outcome, write the curve."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.exchange_stream")
    parser.add_argument("--rows", type=int, default=100_000_000)
    parser.add_argument("--folder", default=None, help="where the private server lies")
    parser.add_argument("--curve", type=Path, required=True, help="JSON file for the curve")
    given = parser.parse_args()
    cluster, curve = Cluster(given.folder), Curve()
    try:
        plan = plan_of(Place("generator", {"rows": given.rows}), cluster.place("bench_target"))
        began = time.perf_counter()
        outcome = carry_out(plan, run="stream", journal=curve, connectors=with_generator)
        seconds = time.perf_counter() - began
    finally:
        cluster.remove()
    told = {
        "rows": outcome.counts.landed, "seconds": round(seconds, 1), "rate": round(outcome.counts.landed / seconds),
        "reconciled": outcome.reconciled, "curve": [asdict(point) for point in curve.points],
    }  # fmt: skip
    given.curve.write_text(json.dumps(told), encoding="utf-8")
    progress(f"{told['rows']:,} rows, {told['rate']:,} rows/s, reconciled: {told['reconciled']}")
    return 0 if outcome.reconciled else 1


if __name__ == "__main__":
    sys.exit(main())
