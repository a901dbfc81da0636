"""What all protocols of a process share, and one submission in the making."""

from collections.abc import Callable
from dataclasses import dataclass, field

from onecity.platform.iot.gateways.field.contract import Moment
from onecity.platform.iot.gateways.field.learning import DatabaseThread
from onecity.platform.iot.gateways.field.orders import Lines
from onecity.platform.iot.gateways.field.rates import Rates
from onecity.platform.iot.gateways.field.speakers import Item
from onecity.platform.iot.gateways.field.tokens import Tokens
from onecity.platform.iot.gateways.tracing import Tracer
from onecity.platform.iot.services.directory import Directory, Entry
from onecity.platform.iot.services.intake.collecting import Collected
from onecity.platform.iot.services.positions import Positions
from onecity.platform.iot.services.presence import Presence
from onecity.platform.iot.services.store import GroupWriter, Submission


@dataclass(frozen=True, slots=True)
class Shared:
    """later: runs a function in the event loop, from any thread. now: the moment, in the event loop."""

    directory: Directory
    tokens: Tokens
    presence: Presence
    positions: Positions
    writer: GroupWriter
    lines: Lines
    tracer: Tracer
    rates: Rates
    database: DatabaseThread
    later: Callable[[Callable[[], None]], object]
    now: Callable[[], Moment]


@dataclass(slots=True)
class Work:
    """uploads: by the origin of their readings. slow: those with names that come for the first time. ends: each item
    with the reason it was refused for, "" for none. issued: keys of devices that were given a secret.
    """

    submission: Submission
    moment: Moment
    collected: Collected = field(default_factory=Collected)
    uploads: list[Item] = field(default_factory=list)
    slow: list[tuple[int, Entry]] = field(default_factory=list)
    ends: list[tuple[Item, str]] = field(default_factory=list)
    issued: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Say whether nothing of it needs the database."""
        made = self.submission
        return not (made.batches or made.refusals or made.also or made.prepare)
