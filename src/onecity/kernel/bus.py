"""How lower modules tell higher ones that something happened, without knowing them.

A service announces an event, or defers a job by its code, inside the transaction of its change; the sink
(installed by `onecity.platform.jobs`) writes both into the outbox in that same transaction, and a worker delivers
them after the commit. Whoever stands above subscribes in its `handlers.py`. Delivery is at least once; the jobs
capability makes a handler's effect happen once by recording the delivery in the handler's own transaction.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from onecity.kernel.actor import Actor

Payload = Mapping[str, object]
Handler = Callable[[Payload], None]


@dataclass(frozen=True, slots=True)
class EventType:
    """A kind of event that a module publishes.

    code: `module.what_happened`, forever.
    fields: names of the payload's keys; values are JSON values, and no personal data.
    """

    code: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Subscription:
    """One handler of one event type; `code` names it in the outbox, so it stays forever."""

    code: str
    event: EventType
    handler: Handler


class Sink(Protocol):
    """Where events and deferred jobs are written, inside the caller's transaction."""

    def event(self, event: EventType, payload: Payload, subscriptions: tuple[Subscription, ...]) -> None: ...

    def job(self, code: str, arguments: Payload) -> None: ...

    def watched_job(self, actor: Actor, code: str, title: str, arguments: Payload) -> str: ...


_subscriptions: dict[str, Subscription] = {}
_sink: list[Sink] = []


def install(sink: Sink) -> None:
    """Set where announcements go; the last one installed wins, so tests can listen in."""
    _sink[:] = [sink]


def installed() -> Sink:
    """Return the sink in use.

    Raises: RuntimeError if none is installed: an announcement must never vanish.
    """
    if not _sink:
        raise RuntimeError("no event sink is installed")
    return _sink[0]


def subscribe(event: EventType, *, code: str, handler: Handler) -> None:
    """Have `handler` called with the payload of each `event`.

    Raises: ValueError if the code is taken.
    """
    if code in _subscriptions:
        raise ValueError(f"subscription {code!r} exists already")
    _subscriptions[code] = Subscription(code=code, event=event, handler=handler)


def subscription(code: str) -> Subscription | None:
    """Return the subscription with this code, or None if the code base no longer has it."""
    return _subscriptions.get(code)


def subscriptions() -> tuple[Subscription, ...]:
    """Return all subscriptions, ordered by code."""
    return tuple(sorted(_subscriptions.values(), key=lambda item: item.code))


def announce(event: EventType, **payload: object) -> None:
    """Write an event into the outbox; call it inside the transaction of the change it tells of.

    Raises: ValueError if the payload's keys are not the event's fields.
    """
    if set(payload) != set(event.fields):
        raise ValueError(f"{event.code} takes {sorted(event.fields)}, not {sorted(payload)}")
    listening = tuple(item for item in _subscriptions.values() if item.event.code == event.code)
    if listening:
        installed().event(event, payload, listening)


def defer(code: str, **arguments: object) -> None:
    """Write a job, named by its code, into the outbox; it starts after the commit."""
    installed().job(code, arguments)


def begin(actor: Actor, *, code: str, title: str, **arguments: object) -> str:
    """Write a job that `actor` will watch into the outbox; return the address of the page that shows how it goes.

    title: what people see in the list of jobs, in Chinese.
    """
    return installed().watched_job(actor, code, title, arguments)
