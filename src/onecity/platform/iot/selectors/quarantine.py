"""Reading what was refused, who is not registered, and which gateways run."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import QuerySet

from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotFound
from onecity.platform.identity import api as identity
from onecity.platform.iot.contracts import GatewayInfo, QuarantinedInfo, UnknownInfo
from onecity.platform.iot.models import Gateway, QuarantinedMessage, UnknownDevice
from onecity.platform.iot.permissions import HANDLE_QUARANTINE
from onecity.web.keyset import counted_page
from onecity.web.paging import Cursor, Page

GONE_AFTER: Final = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class QuarantineQuery:
    """What a list of refused messages is asked for. device_key: as the device calls itself, whole."""

    device_key: str = ""
    state: str = ""
    reason: str = ""
    protocol: str = ""
    since: datetime | None = None
    until: datetime | None = None
    after: Cursor | None = None
    size: int = 20


def quarantined(actor: Actor, query: QuarantineQuery) -> Page[QuarantinedInfo]:
    """Return refused messages that the actor may handle, newest first; messages of strangers belong to the city."""
    rows = _found(actor, query)
    return counted_page(rows, after=query.after, size=query.size, by="received_at").shown(_info)


def quarantined_message(actor: Actor, message_id: int) -> QuarantinedInfo:
    """Return one refused message.

    Raises: NotFound if there is none, or the actor may not handle it.
    """
    scope = identity.row_scope(actor, HANDLE_QUARANTINE)
    row = QuarantinedMessage.objects.filter(scope.q(), id=message_id).first()
    if row is None:
        raise NotFound
    return _info(row)


@dataclass(frozen=True, slots=True)
class UnknownQuery:
    """What a list of strangers is asked for. search: begin of the key."""

    search: str = ""
    state: str = UnknownDevice.State.OPEN
    protocol: str = ""
    after: Cursor | None = None
    size: int = 20


def unknown_devices(query: UnknownQuery) -> Page[UnknownInfo]:
    """Return devices that nobody registered, the newest first. Nobody answers for them, so they have no scope."""
    rows = UnknownDevice.objects.filter(state=query.state)
    if query.protocol:
        rows = rows.filter(protocol=query.protocol)
    if query.search:
        rows = rows.filter(key__istartswith=query.search)
    return counted_page(rows, after=query.after, size=query.size, by="first_seen_at").shown(_stranger)


def unknown_device(unknown_id: int) -> UnknownInfo:
    """Return one stranger.

    Raises: NotFound.
    """
    row = UnknownDevice.objects.filter(id=unknown_id).first()
    if row is None:
        raise NotFound
    return _stranger(row)


def gateways(now: datetime) -> list[GatewayInfo]:
    """Return the gateway processes of the last day, those that run first. now: real time."""
    found = [
        GatewayInfo(
            name=row.name,
            protocol=row.protocol,
            listens=row.listens,
            started_at=row.started_at,
            reported_at=row.reported_at,
            stopped_at=row.stopped_at,
            figures=row.figures,
            alive=row.stopped_at is None and now - row.reported_at < GONE_AFTER,
        )
        for row in Gateway.objects.order_by("name")
    ]
    return sorted(found, key=lambda item: not item.alive)


def _found(actor: Actor, query: QuarantineQuery) -> QuerySet[QuarantinedMessage]:
    rows = QuarantinedMessage.objects.filter(identity.row_scope(actor, HANDLE_QUARANTINE).q())
    for name in ("device_key", "state", "reason", "protocol"):
        if getattr(query, name):
            rows = rows.filter(**{name: getattr(query, name)})
    if query.since:
        rows = rows.filter(received_at__gte=query.since)
    if query.until:
        rows = rows.filter(received_at__lt=query.until)
    return rows


def _info(row: QuarantinedMessage) -> QuarantinedInfo:
    return QuarantinedInfo(
        id=row.id,
        protocol=row.protocol,
        peer=row.peer,
        device_key=row.device_key,
        device_id=row.device_id,
        reason=row.reason,
        fields=row.fields,
        raw=bytes(row.raw),
        mended=None if row.mended is None else bytes(row.mended),
        times=row.times,
        received_at=row.received_at,
        last_received_at=row.last_received_at,
        state=row.state,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
        note=row.note,
    )


def _stranger(row: UnknownDevice) -> UnknownInfo:
    return UnknownInfo(
        id=row.id,
        key=row.key,
        protocol=row.protocol,
        peer=row.peer,
        messages=row.messages,
        first_seen_at=row.first_seen_at,
        last_seen_at=row.last_seen_at,
        state=row.state,
    )
