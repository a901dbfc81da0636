"""What a gateway counts; shown on its page, in the figures for the monitoring, and by the doctor."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from onecity.platform.iot.contracts import Outcome, Receipt


@dataclass(slots=True)
class Counters:
    """Since the process started. connections: now. waiting: readings and messages that are not durable yet, now.

    lag_ms: how long the newest commit's oldest message had waited. held_back: how often senders had to wait.
    """

    connections: int = 0
    connected: int = 0
    turned_away: int = 0
    messages: int = 0
    readings: int = 0
    stored: int = 0
    repeated: int = 0
    quarantined: int = 0
    unheard: int = 0
    answered: int = 0
    commits: int = 0
    waiting: int = 0
    lag_ms: float = 0.0
    held_back: int = 0

    def figures(self) -> dict[str, float]:
        """Return them by name."""
        return asdict(self)

    def count(self, receipts: Iterable[Receipt], *, refusals: int) -> None:
        """Count what a commit made of readings. refusals: messages that it quarantined."""
        for receipt in receipts:
            stored, repeated = receipt.count(Outcome.STORED), receipt.count(Outcome.REPEATED)
            self.readings += len(receipt.outcome)
            self.stored += stored
            self.repeated += repeated
            self.quarantined += len(receipt.outcome) - stored - repeated
        self.quarantined += refusals
