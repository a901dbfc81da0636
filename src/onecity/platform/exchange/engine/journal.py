"""Where the engine tells what it does: the hub's tables, or an exchange node's report to the hub."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import pyarrow as pa

from onecity.platform.exchange.contracts.outcomes import BadRow, Counts


class Journal(Protocol):
    """Hears of a run's progress. Calls come between transactions of the target and may repeat after a crash."""

    def refused(self, block: int, rows: Sequence[BadRow]) -> None:
        """Keep what was refused of a block, before the block lands; the same block again replaces what was kept."""

    def progress(self, counts: Counts, blocks: int) -> None:
        """Note how far the run is. Raises: jobs' Cancelled when somebody asked for it to stop."""

    def reference(self, name: str) -> pa.Array:
        """Return the values of a reference set, for checks of kind REFERENCE."""

    def measured(self, failed_checks: Mapping[str, int]) -> None:
        """Note how many rows failed each check so far."""
