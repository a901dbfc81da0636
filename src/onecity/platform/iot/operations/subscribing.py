"""What the interface takes and gives about subscriptions."""

from datetime import datetime

from ninja import Field, Schema

from onecity.kernel.text import zh
from onecity.platform.iot.contracts.subscriptions import (
    DeadLetterInfo,
    DeliveryInfo,
    EventFilter,
    SubscriptionInfo,
    event_filter,
)
from onecity.platform.iot.services.broker_files import broker_name, events_topic


class FilterIn(Schema):
    """Which events are wanted; what is empty asks for nothing."""

    types: list[str] = Field([], description=zh("设备类型"))
    devices: list[str] = Field([], description=zh("设备标识"))
    groups: list[int] = Field([], description=zh("设备分组"))
    divisions: list[str] = Field([], description=zh("区划或网格编码的开头"))
    properties: list[str] = Field([], description=zh("监测项"))
    periods: list[str] = Field([], description="real_time, minute, hour, day")
    severities: list[str] = Field([], description="critical, major, minor, notice")
    rules: list[str] = Field([], description=zh("规则编码"))
    condition: str = Field("", description="value > 35 and value <= 150", max_length=200)

    def wanted(self) -> EventFilter:
        """Return the filter."""
        return event_filter(self.model_dump())


class SubscriptionIn(Schema):
    """A subscription that is to be made. address: of a webhook."""

    name: str = Field(max_length=80)
    channel: str = Field(description="webhook, mqtt, sse")
    topics: list[str] = Field(description="readings, latest, alarms, states, rules")
    filter: FilterIn | None = None
    address: str = ""
    batch_size: int = 200
    attempts: int = 5
    organisation_id: int | None = None


class SubscriptionChangesIn(Schema):
    """What changes; what is not given stays."""

    name: str | None = None
    topics: list[str] | None = None
    filter: FilterIn | None = None
    address: str | None = None
    batch_size: int | None = None
    attempts: int | None = None


class ProgressOut(Schema):
    """How a subscription goes. waiting: feed entries it has not been told yet. expired: those it never will be."""

    waiting: int
    failures: int
    due_at: datetime | None
    reason: str
    events: int
    batches: int
    expired: int
    dead_letters: int
    succeeded_at: datetime | None
    failed_at: datetime | None


class SubscriptionOut(Schema):
    """A subscription. username, topic: at the broker, for `mqtt`. stream: address of the events, for `sse`."""

    key: str
    name: str
    channel: str
    topics: list[str]
    filter: dict[str, object]
    address: str
    batch_size: int
    attempts: int
    organisation_id: int
    owner: str
    mine: bool
    state: str
    created_at: datetime
    secret_ends_at: datetime | None
    username: str
    topic: str
    stream: str
    progress: ProgressOut


class MadeOut(Schema):
    """A new subscription. secret: signs webhooks, or is the password at the broker; shown this once."""

    subscription: SubscriptionOut
    secret: str


class SubscriptionPage(Schema):
    """Subscriptions, newest first; `next` is the `after` of the next page."""

    items: list[SubscriptionOut]
    next: str | None


class RotateIn(Schema):
    """For how long the former secret signs beside the new one."""

    overlap_h: int = Field(24, ge=0, le=168)


class SecretOut(Schema):
    """A secret, shown this once."""

    secret: str


class RewindIn(Schema):
    """The event behind which the subscription goes on; empty for the newest."""

    after: str = ""


class LettersIn(Schema):
    """Ids of dead letters; not given: all."""

    letters: list[int] | None = None


class NumberOut(Schema):
    """How many there were."""

    number: int


class DeliveryOut(Schema):
    """One attempt. status: of HTTP, 0 without an answer."""

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


class DeliveryPage(Schema):
    """Attempts, newest first; `next` is the `after` of the next page."""

    items: list[DeliveryOut]
    next: str | None


class DeadLetterOut(Schema):
    """A batch that was set aside. content: its events, for the owner."""

    id: int
    events: int
    first: str
    last: str
    attempts: int
    reason: str
    made_at: datetime
    due_at: datetime | None
    content: list[dict[str, object]]


class DeadLetterPage(Schema):
    """Dead letters, newest first; `next` is the `after` of the next page."""

    items: list[DeadLetterOut]
    next: str | None


def subscription_out(info: SubscriptionInfo) -> SubscriptionOut:
    """Return a subscription as the interface gives it."""
    progress = {name: getattr(info, name) for name in ProgressOut.model_fields if name != "dead_letters"}
    return SubscriptionOut(
        key=info.key,
        name=info.name,
        channel=info.channel,
        address=info.address,
        batch_size=info.batch_size,
        attempts=info.attempts,
        organisation_id=info.organisation_id,
        mine=info.mine,
        state=info.state,
        created_at=info.created_at,
        secret_ends_at=info.secret_ends_at,
        topics=list(info.topics),
        filter=info.filter.plain(),
        owner=f"{info.owner_kind}:{info.owner_id}",
        username=broker_name(info.key) if info.channel == "mqtt" else "",
        topic=events_topic(info.key) if info.channel == "mqtt" else "",
        stream=f"/api/iot/v1/subscriptions/{info.key}/events" if info.channel == "sse" else "",
        progress=ProgressOut(**progress, dead_letters=info.dead),
    )


def delivery_out(info: DeliveryInfo) -> DeliveryOut:
    """Return an attempt as the interface gives it."""
    return DeliveryOut(**{name: getattr(info, name) for name in DeliveryOut.model_fields})


def letter_out(info: DeadLetterInfo) -> DeadLetterOut:
    """Return a dead letter as the interface gives it."""
    plain = {name: getattr(info, name) for name in DeadLetterOut.model_fields if name != "content"}
    return DeadLetterOut(**plain, content=[dict(event) for event in info.content])
