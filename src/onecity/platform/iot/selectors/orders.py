"""Reading what was ordered of a device, what it said, and whether it has a token."""

from onecity.platform.iot.contracts import NoteInfo, OrderInfo, TokenInfo
from onecity.platform.iot.models import DeviceCommand, DeviceCredential, DeviceNote


def orders_of(device_id: int, *, most: int) -> list[OrderInfo]:
    """Return a device's newest orders."""
    rows = DeviceCommand.objects.filter(device_id=device_id).order_by("-asked_at", "-id")[:most]
    return [
        OrderInfo(row.id, row.code, row.argument, row.state, row.result, row.asked_by, row.asked_at, row.ended_at)
        for row in rows
    ]


def notes_of(device_id: int, *, most: int) -> list[NoteInfo]:
    """Return what a device said last that is no reading."""
    rows = DeviceNote.objects.filter(device_id=device_id).order_by("-received_at", "-id")[:most]
    return [NoteInfo(row.kind, row.content, row.received_at) for row in rows]


def token_of(device_id: int) -> TokenInfo | None:
    """Return a device's valid token; None if it has none."""
    row = DeviceCredential.objects.filter(device_id=device_id, revoked_at__isnull=True).first()
    return TokenInfo(row.prefix, row.created_at) if row else None
