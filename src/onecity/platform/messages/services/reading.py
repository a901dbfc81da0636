"""What one does with one's own messages: read, read all, mute a kind; and dropping what was read long ago."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import connection, transaction

from onecity.kernel import bus, clock
from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, NotFound
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity
from onecity.platform.jobs.declare import Progress
from onecity.platform.messages.models import Message, Mute
from onecity.platform.messages.registries import templates

JOB: Final = "messages.drop_old"
DROP_EVERY_S: Final = 24 * 3600.0
BATCH: Final = 5_000
_DROP: Final = """
    DELETE FROM messages_message WHERE id IN (
        SELECT id FROM messages_message WHERE read_at < %s ORDER BY read_at LIMIT %s FOR UPDATE SKIP LOCKED
    )
"""


class UrgentIsNotMuted(Conflict):
    """Urgent messages reach everybody they are meant for."""

    code = "urgent_is_not_muted"
    message = zh("紧急消息不能设为免打扰")


def mark_read(actor: Actor, *, message_id: int, now: datetime) -> None:
    """Mark one of the actor's own messages as read; the first reading counts. now: city time.

    Raises: NotPermitted if the actor is no account. An id that is not his does nothing.
    """
    Message.objects.filter(id=message_id, recipient_id=actor.account_id, read_at__isnull=True).update(read_at=now)


def mark_all_read(actor: Actor, *, now: datetime) -> int:
    """Mark all of the actor's messages as read; returns how many were not. now: city time."""
    return Message.objects.filter(recipient_id=actor.account_id, read_at__isnull=True).update(read_at=now)


def mute(actor: Actor, *, template: str, muted: bool) -> None:
    """Set whether the actor wants to be told of a kind of message.

    Raises: NotFound if no module declares it; UrgentIsNotMuted.
    """
    declared = templates().get(template)
    if declared is None:
        raise NotFound(zh("没有这种消息"))
    if declared.urgent:
        raise UrgentIsNotMuted
    with transaction.atomic():
        if muted:
            Mute.objects.get_or_create(account_id=actor.account_id, template_code=template)
        else:
            Mute.objects.filter(account_id=actor.account_id, template_code=template).delete()
        identity.record(actor, action="messages.mute", target=template, details={"muted": muted})


def ask_for_drop() -> None:
    """Queue the dropping of old messages; the tick's short part."""
    bus.defer(JOB)


def run_drop(progress: Progress, arguments: Mapping[str, object]) -> Mapping[str, object]:
    """Drop what was read long ago; the job."""
    before = clock.city_now() - timedelta(days=settings.ENV.message_days)
    dropped = 0
    while count := drop_batch(before=before):
        dropped += count
        progress.step(dropped)
    return {zh("清理消息数"): dropped}


def drop_batch(*, before: datetime) -> int:
    """Drop up to `BATCH` messages that were read before then; returns how many. Unread ones stay."""
    with connection.cursor() as cursor:
        cursor.execute(_DROP, [before, BATCH])
        return int(cursor.rowcount)
