"""The engine's journal on the hub: progress on the run's row, refused rows in the quarantine, cancelling."""

import time
from collections.abc import Mapping, Sequence
from typing import Final

import pyarrow as pa

from onecity.kernel import clock
from onecity.platform.exchange.contracts.outcomes import BadRow, Counts
from onecity.platform.exchange.models import Run
from onecity.platform.exchange.services.flows.limits import limits_of_flow
from onecity.platform.exchange.services.flows.quarantine.keeping import keep_refused, refuse_again
from onecity.platform.exchange.services.flows.references import reference
from onecity.platform.jobs.declare import Progress

WRITE_EVERY_S: Final = 0.5
GRANT_EVERY_S: Final = 2.0


class HubJournal:
    """Hears of one run; called from the thread that runs the engine."""

    def __init__(self, run: Run, *, progress: Progress) -> None:
        self._run = run
        self._progress = progress
        self._began_at = time.monotonic()
        self._worked_s = run.worked_s
        self._written_at = 0.0
        self._asked_at = time.monotonic()

    def refused(self, block: int, rows: Sequence[BadRow]) -> None:
        """Keep refused rows; those of a replay go back to where they came from."""
        if self._run.trigger == Run.Trigger.REPLAY:
            refuse_again(self._run, rows=rows)
        else:
            keep_refused(self._run, block=block, rows=rows, now=clock.city_now())

    def progress(self, counts: Counts, blocks: int) -> None:
        """Note how far the run is, at most every half second.

        Raises: Cancelled if somebody asked for the run to stop; what the grant's limits raise when it was withdrawn.
        """
        now = time.monotonic()
        if now - self._written_at >= WRITE_EVERY_S:
            self._written_at = now
            Run.objects.filter(id=self._run.id).update(
                read=counts.read,
                landed=counts.landed,
                refused=counts.refused,
                blocks=blocks,
                worked_s=self.worked_s,
            )
        if self._run.flow.grant_code and now - self._asked_at >= GRANT_EVERY_S:
            self._asked_at = now
            limits_of_flow(self._run.flow.grant_code)
        self._progress.step(counts.read, total=self._run.total)

    def reference(self, name: str) -> pa.Array:
        """Return a reference set."""
        return reference(self._run.version, name)

    def measured(self, failed_checks: Mapping[str, int]) -> None:
        """Note how many rows failed each check. The last word before the target: the grant is asked again.

        Raises: what the grant's limits raise when it was withdrawn.
        """
        if self._run.flow.grant_code:
            limits_of_flow(self._run.flow.grant_code)
        Run.objects.filter(id=self._run.id).update(failed_checks=dict(failed_checks))

    @property
    def worked_s(self) -> float:
        """Real seconds that the run has been worked on, over all its tries."""
        return self._worked_s + time.monotonic() - self._began_at
