"""What waits for a gateway, and taking it to send it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db import connection

from onecity.platform.iot.models.json import plain_object

MOST_AT_ONCE: Final = 500
_WAITING: Final = """
    SELECT c.id, d.key, c.code, c.argument, c.arguments, coalesce(p.key, d.key), c.tries
    FROM iot_devicecommand c JOIN iot_device d ON d.id = c.device_id LEFT JOIN iot_device p ON p.id = d.parent_id
    WHERE c.state = 'queued' AND c.expires_at > %s AND (c.next_at IS NULL OR c.next_at <= %s)
        AND (%s OR coalesce(p.key, d.key) = ANY(%s))
    ORDER BY c.id LIMIT %s
"""
_CLAIM: Final = """
    UPDATE iot_devicecommand SET reference = %(reference)s, tries = tries + 1, sent_at = %(now)s,
        state = CASE confirmation WHEN 'sent' THEN 'done' ELSE 'sent' END,
        ended_at = CASE confirmation WHEN 'sent' THEN %(now)s::timestamptz END,
        expires_at = %(now)s::timestamptz + make_interval(secs => timeout_s)
    WHERE id = %(id)s AND state = 'queued' AND expires_at > %(now)s RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An order that waits for a gateway. argument: the single whole number, if the command takes one.

    arguments: all of them by code, the single one among them. line_key: whose line leads to the device: its gateway's,
    or its own. tries: how often it was sent before.
    """

    id: int
    device_key: str
    code: str
    argument: int | None
    arguments: Mapping[str, object] = field(default_factory=dict)
    line_key: str = ""
    tries: int = 0


def waiting_orders(now: datetime, *, lines: Collection[str] | None = None) -> list[Waiting]:
    """Return orders that wait for a gateway, oldest first, at most 500. now: real time.

    lines: keys of the devices whose lines the asker holds; orders for others are left out, so that they block nobody.
    """
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, [now, now, lines is None, list(lines or ()), MOST_AT_ONCE])
        return [
            Waiting(number, key, code, argument, plain_object(arguments), line, tries)
            for number, key, code, argument, arguments, line, tries in cursor.fetchall()
        ]


def claim_order(order_id: int, *, reference: str, now: datetime) -> bool:
    """Take an order to send it; False if another gateway has it. reference: by which the device's answer is known.

    The try's time-out begins now. A command that asks for no word of the device is done with it.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"reference": reference[:40], "now": now, "id": order_id})
        return cursor.fetchone() is not None
