"""Reading what was ordered of a device, what it said, and whether it has a token."""

from django.db.models import Case, Q, When
from django.db.models import Count as DbCount

from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotFound
from onecity.platform.identity import api as identity
from onecity.platform.iot.contracts import BatchInfo, NoteInfo, OrderInfo, TokenInfo
from onecity.platform.iot.models import CommandBatch, DeviceCommand, DeviceCredential, DeviceNote
from onecity.platform.iot.permissions import VIEW_DEVICES
from onecity.web.paging import Cursor, Page


def orders_of(device_id: int, *, most: int) -> list[OrderInfo]:
    """Return a device's newest orders."""
    rows = DeviceCommand.objects.filter(device_id=device_id).order_by("-asked_at", "-id")[:most]
    return [_order(row) for row in rows.select_related("device")]


def notes_of(device_id: int, *, most: int) -> list[NoteInfo]:
    """Return what a device said last that is no reading."""
    rows = DeviceNote.objects.filter(device_id=device_id).order_by("-received_at", "-id")[:most]
    return [NoteInfo(row.kind, row.content, row.received_at) for row in rows]


def token_of(device_id: int) -> TokenInfo | None:
    """Return a device's valid token; None if it has none."""
    row = DeviceCredential.objects.filter(device_id=device_id, revoked_at__isnull=True, ends_at__isnull=True).first()
    return TokenInfo(row.prefix, row.created_at) if row else None


def batches(actor: Actor, *, after: Cursor | None = None, size: int = 20) -> Page[BatchInfo]:
    """Return orders to many devices that the actor may see, newest first."""
    rows = CommandBatch.objects.filter(identity.row_scope(actor, VIEW_DEVICES).q())
    if after:
        rows = rows.filter(Q(asked_at__lt=after.at) | Q(asked_at=after.at, id__lt=after.id))
    found = list(rows.order_by("-asked_at", "-id")[: size + 1])
    last = found[size - 1] if len(found) > size else None
    counts = _counts([row.id for row in found])
    page = [_batch(row, counts.get(row.id, {})) for row in found[:size]]
    return Page(page, Cursor(last.asked_at, last.id) if last else None)


def batch(actor: Actor, batch_id: int) -> BatchInfo:
    """Return one order to many devices.

    Raises: NotFound.
    """
    row = CommandBatch.objects.filter(identity.row_scope(actor, VIEW_DEVICES).q(), id=batch_id).first()
    if row is None:
        raise NotFound
    return _batch(row, _counts([row.id]).get(row.id, {}))


def orders_of_batch(batch_id: int, *, state: str = "", most: int = 200) -> list[OrderInfo]:
    """Return a batch's orders, those that ended badly first. The caller has asked for the batch before."""
    rows = DeviceCommand.objects.filter(batch_id=batch_id, **({"state": state} if state else {}))
    worst = Case(When(state__in=["failed", "expired"], then=0), default=1)
    return [_order(row) for row in rows.select_related("device").order_by(worst, "id")[:most]]


def _counts(batch_ids: list[int]) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = {}
    rows = DeviceCommand.objects.filter(batch_id__in=batch_ids).values_list("batch_id", "state")
    for number, state, count in rows.annotate(number=DbCount("id")).order_by():
        found.setdefault(number or 0, {})[state] = count
    return found


def _batch(row: CommandBatch, counts: dict[str, int]) -> BatchInfo:
    return BatchInfo(
        id=row.id,
        name=row.name,
        code=row.code,
        type_code=row.type_code,
        arguments=row.arguments,
        total=row.total,
        refused=row.refused,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        counts=counts,
    )


def _order(row: DeviceCommand) -> OrderInfo:
    return OrderInfo(
        id=row.id,
        code=row.code,
        argument=row.argument,
        state=row.state,
        result=row.result,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        ended_at=row.ended_at,
        arguments=row.arguments,
        tries=row.tries,
        retries=row.retries,
        next_at=row.next_at,
        device_id=row.device_id,
        device_name=row.device.name,
    )
