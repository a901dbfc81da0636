"""What people make of a quarantined message before or instead of replaying it: its bytes mended, or it is discarded."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, Invalid, NotFound
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity
from onecity.platform.iot.models import QuarantinedMessage

HANDLE: Final = "iot.handle_quarantine"
MOST_AT_ONCE: Final = 500
LONGEST_MENDED: Final = 256 * 1024
OPEN: Final = QuarantinedMessage.State.OPEN


class AlreadyDecided(Conflict):
    """The message was replayed or discarded meanwhile."""

    code = "iot.already_decided"
    message = zh("该报文已处理，不能再更改")


def within_reach(actor: Actor, ids: Sequence[int]) -> QuerySet[QuarantinedMessage]:
    """Return the messages among `ids` that the actor may handle, oldest first.

    Raises: Invalid for too many at once.
    """
    if len(ids) > MOST_AT_ONCE:
        raise Invalid(zh("一次最多处理{most}条报文"), params={"most": MOST_AT_ONCE})
    return QuarantinedMessage.objects.filter(identity.row_scope(actor, HANDLE).q(), id__in=ids).order_by("id")


def mend(actor: Actor, *, message_id: int, raw: bytes) -> None:
    """Put mended bytes beside a message; the bytes as they came stay. Equal bytes take the mending back.

    Raises: NotFound; AlreadyDecided; Invalid for nothing or too much.
    """
    if not 0 < len(raw) <= LONGEST_MENDED:
        raise Invalid(fields={"raw": zh("更正后的报文不能为空，且不超过256KB")})
    with transaction.atomic():
        row = within_reach(actor, [message_id]).select_for_update().first()
        if row is None:
            raise NotFound
        if row.state != OPEN:
            raise AlreadyDecided
        row.mended = None if raw == bytes(row.raw) else raw
        row.save(update_fields=["mended"])
        identity.record(actor, action="iot.mend_message", target=f"iot.quarantinedmessage:{message_id}")


def discard(actor: Actor, ids: Sequence[int], *, note: str, now: datetime) -> int:
    """Lay messages aside for good, with a reason; returns how many were still open. They are kept. now: city time.

    Raises: Invalid without a reason, or for too many at once.
    """
    if not note.strip():
        raise Invalid(fields={"note": zh("请说明作废原因")})
    with transaction.atomic():
        chosen = list(within_reach(actor, ids).filter(state=OPEN).select_for_update().values_list("id", flat=True))
        QuarantinedMessage.objects.filter(id__in=chosen).update(
            state=QuarantinedMessage.State.DISCARDED,
            decided_at=now,
            decided_by=actor.name[:60],
            note=note.strip()[:200],
        )
        for number in chosen:
            identity.record(actor, action="iot.discard_message", target=f"iot.quarantinedmessage:{number}")
    return len(chosen)
