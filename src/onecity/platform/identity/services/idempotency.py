"""What write calls with an Idempotency-Key answered."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection

from onecity.kernel.errors import Conflict, Invalid
from onecity.kernel.text import zh
from onecity.platform.identity.models import IdempotencyRecord

KEPT: Final = timedelta(days=7)
LONGEST_KEY: Final = 120


class KeyReused(Conflict):
    """The same key came with another request."""

    code = "idempotency_key_reused"
    message = zh("同一个 Idempotency-Key 不能用于不同的请求")


@dataclass(frozen=True, slots=True)
class Call:
    """One call: who, under which key, with which content (SM3 over method, address and body), when (real time)."""

    actor_key: str
    key: str
    fingerprint: str
    now: datetime


@dataclass(frozen=True, slots=True)
class KnownAnswer:
    """What the first call was answered."""

    status: int
    body: bytes
    content_type: str


def begin_call(call: Call) -> KnownAnswer | None:
    """Take the key in the caller's transaction; a second caller waits here until the first has ended.

    Raises: Invalid if the key is too long; KeyReused if it came with another request before.
    """
    if len(call.key) > LONGEST_KEY:
        raise Invalid(zh("Idempotency-Key 过长"))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO identity_idempotencyrecord"
            " (actor_key, key, fingerprint, status, body, content_type, created_at)"
            " VALUES (%s, %s, %s, 0, '', '', %s) ON CONFLICT DO NOTHING",
            [call.actor_key, call.key, call.fingerprint, call.now],
        )
        if cursor.rowcount:
            return None
    known = IdempotencyRecord.objects.get(actor_key=call.actor_key, key=call.key)
    if known.fingerprint != call.fingerprint:
        raise KeyReused
    return KnownAnswer(known.status, bytes(known.body), known.content_type)


def finish_call(call: Call, *, status: int, body: bytes, content_type: str) -> None:
    """Keep the answer beside the change, in the same transaction."""
    IdempotencyRecord.objects.filter(actor_key=call.actor_key, key=call.key).update(
        status=status, body=body, content_type=content_type
    )


def forget_old_calls(*, now: datetime) -> int:
    """Drop records that are older than `KEPT`; returns how many."""
    return IdempotencyRecord.objects.filter(created_at__lt=now - KEPT).delete()[0]
