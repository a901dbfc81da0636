"""The raw trace of one device: switched on by people, for an hour at most, and forgotten after a week."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.db import connection, transaction

from onecity.kernel import clock
from onecity.kernel.actor import Actor
from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity
from onecity.platform.iot.models import Trace, TracedMessage
from onecity.platform.iot.permissions import TRACE_DEVICES
from onecity.platform.iot.selectors.devices import device_for

LONGEST: Final = timedelta(hours=1)
KEPT: Final = timedelta(days=7)
MOST_KEPT: Final = 5_000
"""Messages of one device."""
LONGEST_RAW: Final = 64 * 1024
FORGET_EVERY_S: Final = 3_600.0

_KEEP: Final = """
    INSERT INTO iot_tracedmessage (device_id, at, outward, protocol, peer, raw, result)
    SELECT t.device_id, k.at, k.outward, k.protocol, k.peer, k.raw, k.result
    FROM unnest(%(key)s::text[], %(at)s::timestamptz[], %(outward)s::bool[], %(protocol)s::text[], %(peer)s::text[],
        %(raw)s::bytea[], %(result)s::text[])
        WITH ORDINALITY AS k(key, at, outward, protocol, peer, raw, result, turn)
    JOIN iot_device d ON d.key = k.key
    JOIN iot_trace t ON t.device_id = d.id AND k.at BETWEEN t.started_at AND t.ends_at
    ORDER BY k.turn RETURNING device_id
"""
_TRIM: Final = """
    DELETE FROM iot_tracedmessage WHERE device_id = %s AND (at, id) <= (
        SELECT at, id FROM iot_tracedmessage WHERE device_id = %s ORDER BY at DESC, id DESC OFFSET %s LIMIT 1
    )
"""


class Traced(NamedTuple):
    """Bytes from or to a device. outward: to it. result: what became of them, or what they mean."""

    device_key: str
    outward: bool
    protocol: str
    peer: str
    raw: bytes
    result: str


def start_trace(actor: Actor, *, device_id: int, minutes: int, now: datetime) -> datetime:
    """Keep a device's bytes for a while and return when that ends; gateways know within two seconds. now: real time.

    Raises: NotFound; Invalid for less than a minute or more than an hour.
    """
    device_for(actor, device_id, permission=TRACE_DEVICES)
    lasts = timedelta(minutes=minutes)
    if not timedelta(0) < lasts <= LONGEST:
        raise Invalid(fields={"minutes": zh("跟踪时长为1至60分钟")})
    with transaction.atomic():
        Trace.objects.update_or_create(
            device_id=device_id, defaults={"started_by": actor.key[:60], "started_at": now, "ends_at": now + lasts}
        )
        target = f"iot.device:{device_id}"
        identity.record(actor, action="iot.start_trace", target=target, details={"minutes": minutes})
    return now + lasts


def stop_trace(actor: Actor, *, device_id: int, now: datetime) -> None:
    """Stop keeping a device's bytes; those that were kept stay for their week. now: real time.

    Raises: NotFound.
    """
    device_for(actor, device_id, permission=TRACE_DEVICES)
    with transaction.atomic():
        if Trace.objects.filter(device_id=device_id, ends_at__gt=now).update(ends_at=now):
            identity.record(actor, action="iot.stop_trace", target=f"iot.device:{device_id}")


def keep_traced(items: Sequence[tuple[datetime, Traced]]) -> None:
    """Keep bytes of devices that are traced; the oldest make room beyond what one device may have. Times are real."""
    columns = {
        "key": [item.device_key for _, item in items],
        "at": [at for at, _ in items],
        "outward": [item.outward for _, item in items],
        "protocol": [item.protocol for _, item in items],
        "peer": [item.peer[:45] for _, item in items],
        "raw": [item.raw[:LONGEST_RAW] for _, item in items],
        "result": [item.result.replace("\0", "\ufffd")[:400] for _, item in items],
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_KEEP, columns)
        for device_id in {row[0] for row in cursor.fetchall()}:
            cursor.execute(_TRIM, [device_id, device_id, MOST_KEPT])


def forget_traced(now: datetime) -> int:
    """Drop what is older than a week, and traces that ended then; returns how many messages went. now: real time."""
    Trace.objects.filter(ends_at__lt=now - KEPT).delete()
    return TracedMessage.objects.filter(at__lt=now - KEPT).delete()[0]


def forget_old() -> None:
    """Forget what has had its week."""
    forget_traced(clock.real_now())
