"""Reading raw traces of devices."""

from datetime import datetime

from onecity.kernel.actor import Actor
from onecity.platform.iot.contracts.tracing import TracedInfo, TraceInfo
from onecity.platform.iot.models import Trace, TracedMessage
from onecity.platform.iot.permissions import TRACE_DEVICES
from onecity.platform.iot.selectors.devices import device_for


def trace_of(actor: Actor, device_id: int, *, now: datetime) -> TraceInfo | None:
    """Return a device's last trace; None if it had none for a week. now: real time.

    Raises: NotFound.
    """
    device_for(actor, device_id, permission=TRACE_DEVICES)
    row = Trace.objects.filter(device_id=device_id).first()
    return TraceInfo(row.started_by, row.started_at, row.ends_at, running=row.ends_at > now) if row else None


def traced_messages(actor: Actor, device_id: int, *, size: int, before: int | None = None) -> list[TracedInfo]:
    """Return the messages that were kept of a device, newest first. before: those older than that one.

    Raises: NotFound.
    """
    device_for(actor, device_id, permission=TRACE_DEVICES)
    rows = TracedMessage.objects.filter(device_id=device_id)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return [
        TracedInfo(row.id, row.at, row.outward, row.protocol, row.peer, bytes(row.raw), row.result)
        for row in rows.order_by("-id")[:size]
    ]
