"""Passes everything on to a journal and remembers whether it asked the run to stop."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import pyarrow as pa

from onecity.platform.exchange.contracts.outcomes import BadRow, Counts
from onecity.platform.exchange.engine.journal import Journal


class Listening:
    """A journal. stopped: `progress` raised, so that somebody does not want the run any more."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self.stopped = False

    def refused(self, block: int, rows: Sequence[BadRow]) -> None:
        """Keep what was refused of a block."""
        self._journal.refused(block, rows)

    def progress(self, counts: Counts, blocks: int) -> None:
        """Note how far the run is. Raises: what the journal raises."""
        with self._noticing():
            self._journal.progress(counts, blocks)

    def reference(self, name: str) -> pa.Array:
        """Return the values of a reference set."""
        return self._journal.reference(name)

    def measured(self, failed_checks: Mapping[str, int]) -> None:
        """Note how many rows failed each check so far."""
        self._journal.measured(failed_checks)

    @contextmanager
    def _noticing(self) -> Iterator[None]:
        self.stopped = True
        yield
        self.stopped = False
