"""The exchange engine as a process of its own: `python -m tests.faults.exchange_process FILE`, to be killed.

FILE is JSON: source, target (options), run, loading, reading, way. Each block and each step is told on standard output.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa

from onecity.platform.exchange.contracts.blocks import Loading, Reading
from onecity.platform.exchange.contracts.outcomes import BadRow, Counts
from onecity.platform.exchange.contracts.places import Place
from onecity.platform.exchange.contracts.plans import Check, CheckKind, Plan
from onecity.platform.exchange.engine.run import run
from onecity.platform.exchange.tests.engine.flows import plan_between

SEX = Check("sex", CheckKind.CODE_LIST, ("sex",), ("0", "1"))


class Teller:
    """A journal that tells what it hears."""

    def refused(self, block: int, rows: Sequence[BadRow]) -> None:
        print("refused", block, len(rows), flush=True)

    def progress(self, counts: Counts, blocks: int) -> None:
        print("blocks", blocks, flush=True)

    def reference(self, name: str) -> pa.Array:
        raise KeyError(name)

    def measured(self, failed_checks: Mapping[str, int]) -> None:
        print("applying", flush=True)


def plan_of(given: Mapping[str, str], source: Place, target: Place) -> Plan:
    """Return the plan of a test: people with every third refused."""
    return plan_between(
        source, target, checks=(SEX,), block_rows=200, loading=Loading(given["loading"]),
        reading=Reading(given["reading"]), parts=int(given["parts"]),
    )  # fmt: skip


if __name__ == "__main__":
    asked = json.loads(Path(sys.argv[1]).read_text())
    places = [Place("postgresql", asked[name]) for name in ("source", "target")]
    print(run(plan_of(asked, *places), run=asked["run"], journal=Teller()), flush=True)
