"""What modules declare as background work."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol


class Progress(Protocol):
    """How a job tells how far it is and learns that it should stop."""

    def step(self, done: int, *, total: int = 0, note: str = "") -> None:
        """Report; call it between transactions, as often as convenient.

        done, total: in the job's own unit; total 0 when unknown. note: a Chinese sentence.
        Raises: Cancelled if somebody asked for the job to stop.
        """


Result = Mapping[str, object] | None
JobFunction = Callable[[Progress, Mapping[str, object]], Result]


@dataclass(frozen=True, slots=True)
class Job:
    """Work that runs in the background. It takes identifiers, calls services, and may run twice.

    run: gets its progress and its arguments (JSON values); what it returns is shown as the result.
    attempts: how often it is tried before it is set aside as failed.
    """

    code: str
    name: str
    run: JobFunction
    attempts: int = 5


@dataclass(frozen=True, slots=True)
class Tick:
    """Something short that one process of the city does every so many real seconds."""

    code: str
    name: str
    every_s: float
    run: Callable[[], object]
