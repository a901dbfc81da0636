"""How far runs are, in a table of the target's database."""

import json
from dataclasses import asdict, dataclass, field, replace
from typing import Final

from onecity.platform.exchange.connectors.conditions import Dialect
from onecity.platform.exchange.connectors.staging.link import Link
from onecity.platform.exchange.contracts.blocks import Position
from onecity.platform.exchange.contracts.outcomes import Counts

TABLE: Final = "onecity_exchange_progress"
LANDING: Final = "landing"
SWAPPING: Final = "swapping"
APPLIED: Final = "applied"


@dataclass(frozen=True, slots=True)
class Progress:
    """One run. state: landing, swapping (being renamed), applied; renamed: the stage becomes the target."""

    block: int = 0
    after: Position | None = None
    state: str = LANDING
    counts: Counts = field(default_factory=Counts)
    renamed: bool = False


def quoted(text: str) -> str:
    """Return a text as an SQL literal, for sessions without escapes by backslash."""
    return "'" + text.replace("'", "''") + "'"


class ProgressTable:
    """The rows of the table of one run."""

    def __init__(self, link: Link, dialect: Dialect, run: str) -> None:
        self._link, self._run = link, quoted(run)
        self._table = dialect.name(TABLE)

    def ensure(self) -> None:
        """Make the table if there is none."""
        if self._link.shape(TABLE) is None:
            self._link.run(
                f"CREATE TABLE IF NOT EXISTS {self._table} (run VARCHAR(150) NOT NULL PRIMARY KEY,"
                " block INTEGER NOT NULL, position TEXT, state VARCHAR(20) NOT NULL,"
                " counts TEXT NOT NULL, renamed INTEGER NOT NULL)"
            )

    def get(self) -> Progress | None:
        """Return how far the run is."""
        found = self._link.rows(
            f"SELECT block, position, state, counts, renamed FROM {self._table} WHERE run = {self._run}"
        )
        if not found:
            return None
        block, position, state, counts, renamed = found[0]
        after = None if position is None else json.loads(str(position))
        return Progress(int(block or 0), after, str(state), Counts(**json.loads(str(counts))), bool(renamed))

    def put(self, progress: Progress) -> Progress:
        """Write how far the run is, as a part of the transaction that is open."""
        after = "NULL" if progress.after is None else quoted(json.dumps(dict(progress.after), ensure_ascii=False))
        counts = quoted(json.dumps(asdict(progress.counts)))
        self._link.run(
            f"REPLACE INTO {self._table} (run, block, position, state, counts, renamed) VALUES ({self._run},"
            f" {progress.block}, {after}, {quoted(progress.state)}, {counts}, {int(progress.renamed)})"
        )
        return progress

    def remove(self) -> None:
        """Forget the run."""
        self._link.run(f"DELETE FROM {self._table} WHERE run = {self._run}")


def moved(progress: Progress, *, block: int, after: Position, rows: int) -> Progress:
    """Return the progress after one more block."""
    counts = replace(progress.counts, landed=progress.counts.landed + rows)
    return replace(progress, block=block, after=after, counts=counts)
