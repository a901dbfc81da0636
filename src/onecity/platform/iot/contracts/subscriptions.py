"""Subscriptions of applications as others see them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Final

TOPICS: Final = ("readings", "latest", "alarms", "states", "rules")
CHANNELS: Final = ("webhook", "mqtt", "sse")


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which events are wanted; what is empty asks for nothing.

    types: device types. devices: keys. groups: ids. divisions: codes they begin with. properties, periods: of readings.
    severities: of alarms and rules. rules: codes of alarm rules and rules. condition: on values of readings
    (`rules.subscribing.expression`).
    """

    types: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    groups: tuple[int, ...] = ()
    divisions: tuple[str, ...] = ()
    properties: tuple[str, ...] = ()
    periods: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    condition: str = ""

    def plain(self) -> dict[str, object]:
        """Return what is asked for, as JSON values; `event_filter` gives the filter back."""
        return {
            name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items() if value
        }


def event_filter(stored: Mapping[str, object]) -> EventFilter:
    """Return a stored filter; what is not known any more is passed over."""
    known = {item.name for item in fields(EventFilter)}
    given = {
        name: tuple(value) if isinstance(value, list) else value for name, value in stored.items() if name in known
    }
    return EventFilter(**given)  # type: ignore[arg-type]  # written by `plain`


@dataclass(frozen=True, slots=True)
class NewSubscription:
    """What a subscription is made of. address: of a webhook. organisation_id: None for the maker's own."""

    name: str
    channel: str
    topics: tuple[str, ...]
    filter: EventFilter = EventFilter()
    address: str = ""
    batch_size: int = 200
    attempts: int = 5
    organisation_id: int | None = None


@dataclass(frozen=True, slots=True)
class SubscriptionInfo:
    """A subscription and how it goes. waiting: feed entries it has not been told yet, wanted or not.

    mine: the actor who asked is its owner; others see the address without its query, which may hold a secret.
    secret_ends_at: until when a replaced secret signs too. dead: dead letters.
    """

    id: int
    key: str
    name: str
    channel: str
    topics: tuple[str, ...]
    filter: EventFilter
    address: str
    batch_size: int
    attempts: int
    owner_kind: str
    owner_id: int
    owner_name: str
    organisation_id: int
    state: str
    created_at: datetime
    secret_ends_at: datetime | None
    waiting: int
    failures: int
    due_at: datetime | None
    reason: str
    events: int
    batches: int
    expired: int
    succeeded_at: datetime | None
    failed_at: datetime | None
    dead: int
    mine: bool


@dataclass(frozen=True, slots=True)
class DeliveryInfo:
    """One attempt. first, last: ids of events. status: of HTTP, 0 without an answer."""

    id: int
    at: datetime
    events: int
    first: str
    last: str
    attempt: int
    succeeded: bool
    status: int
    latency_ms: int
    reason: str
    replayed: bool


@dataclass(frozen=True, slots=True)
class DeadLetterInfo:
    """A batch that was set aside. content: its events. due_at: when it is sent again, None if nobody asked for that."""

    id: int
    events: int
    first: str
    last: str
    attempts: int
    reason: str
    made_at: datetime
    due_at: datetime | None
    content: tuple[Mapping[str, object], ...]


@dataclass(frozen=True, slots=True)
class Issued:
    """What the maker of a subscription gets, this once. secret: of a webhook, or password at the broker; else ""."""

    id: int
    key: str
    secret: str
