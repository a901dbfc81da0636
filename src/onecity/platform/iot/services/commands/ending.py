"""How orders end: by the device's word, for want of it, or because they cannot even be sent."""

from datetime import datetime
from typing import Final

from django.db import connection

from onecity.platform.iot.models import DeviceCommand

STATE = DeviceCommand.State
LONGEST_RESULT: Final = 200
FIRST_PAUSE_S: Final = 15
LONGEST_PAUSE_S: Final = 3600
_ANSWERED: Final = """
    UPDATE iot_devicecommand SET result = %(result)s,
        state = CASE WHEN %(state)s = 'accepted' AND confirmation = 'accepted' THEN 'done' ELSE %(state)s END,
        ended_at = CASE WHEN %(state)s <> 'accepted' OR confirmation = 'accepted' THEN %(now)s::timestamptz END
    WHERE device_id = %(device)s AND reference = %(reference)s AND state IN ('sent', 'accepted')
"""
_AGAIN: Final = """
    UPDATE iot_devicecommand SET state = 'queued', reference = '', next_at = pause.until,
        expires_at = pause.until + make_interval(secs => timeout_s)
    FROM (
        SELECT id AS number,
            %(now)s::timestamptz + make_interval(secs => least(%(longest)s, %(first)s * power(2, tries - 1))) AS until
        FROM iot_devicecommand WHERE state = 'sent' AND expires_at <= %(now)s AND tries <= retries
    ) pause
    WHERE id = pause.number AND state = 'sent'
"""


def note_answer(device_id: int, *, reference: str, state: DeviceCommand.State, result: str, now: datetime) -> None:
    """Note what a device said of an order: accepted, done or failed. now: real time.

    An order that asks only to be accepted is done when it is.
    """
    facts: dict[str, str | int | datetime] = {
        "device": device_id,
        "reference": reference[:40],
        "state": state.value,
        "result": result[:LONGEST_RESULT],
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ANSWERED, facts)


def fail_order(order_id: int, *, result: str, now: datetime) -> None:
    """Close an order that cannot even be sent. result: why."""
    DeviceCommand.objects.filter(id=order_id, state=STATE.QUEUED).update(
        state=STATE.FAILED, result=result[:LONGEST_RESULT], ended_at=now
    )


def expire_orders(now: datetime) -> int:
    """Queue anew what got no word and may be sent again; close the rest that is too old, and return how many.

    now: real time. The pauses before further tries grow: 15 s, 30 s, 60 s … an hour. What the device has accepted is
    not sent again.
    """
    with connection.cursor() as cursor:
        cursor.execute(_AGAIN, {"now": now, "first": FIRST_PAUSE_S, "longest": LONGEST_PAUSE_S})
    return DeviceCommand.objects.filter(
        state__in=[STATE.QUEUED, STATE.SENT, STATE.ACCEPTED], expires_at__lte=now
    ).update(state=STATE.EXPIRED, ended_at=now)
