"""Putting messages into the quarantine, within the transaction of whatever refused them."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from django.db import connection

from onecity.kernel.ciphers.sm3 import sm3
from onecity.platform.iot.contracts import Refusal
from onecity.platform.iot.rules import reasons

_KEEP: Final = """
    INSERT INTO iot_quarantinedmessage (protocol, peer, device_key, device_id, reason, fields, raw, digest, times,
        received_at, last_received_at, state, decided_by, note, organisation_id, division_code)
    SELECT k.protocol, k.peer, k.device_key, d.id, k.reason, k.fields, k.raw, k.digest, k.times, %(now)s, %(now)s,
        'open', '', '', d.organisation_id, COALESCE(d.division_code, '')
    FROM unnest(%(protocol)s::text[], %(peer)s::text[], %(key)s::text[], %(device)s::bigint[], %(reason)s::text[],
        %(fields)s::jsonb[], %(raw)s::bytea[], %(digest)s::text[], %(times)s::int[])
        AS k(protocol, peer, device_key, device_id, reason, fields, raw, digest, times)
    LEFT JOIN iot_device d ON d.id = k.device_id
    ORDER BY k.digest
    ON CONFLICT (digest) WHERE state = 'open' DO UPDATE SET
        times = iot_quarantinedmessage.times + excluded.times, last_received_at = excluded.last_received_at,
        peer = excluded.peer
"""
_SEE: Final = """
    INSERT INTO iot_unknowndevice (key, protocol, peer, messages, first_seen_at, last_seen_at, state)
    SELECT k.key, k.protocol, k.peer, k.messages, %(now)s, %(now)s, 'open'
    FROM unnest(%(key)s::text[], %(protocol)s::text[], %(peer)s::text[], %(messages)s::int[])
        AS k(key, protocol, peer, messages)
    ORDER BY k.protocol, k.key
    ON CONFLICT (protocol, key) DO UPDATE SET messages = iot_unknowndevice.messages + excluded.messages,
        last_seen_at = excluded.last_seen_at, peer = excluded.peer,
        state = CASE WHEN iot_unknowndevice.state = 'registered' THEN 'open' ELSE iot_unknowndevice.state END
"""


def keep(refusals: Sequence[Refusal], *, now: datetime) -> None:
    """Keep refused messages, one open row for the same bytes and reason, and count the unknown devices among them.

    Rows are written in one order by every writer, so that two who refuse the same messages do not lock each other out.
    """
    if not refusals:
        return
    merged: dict[str, tuple[Refusal, int]] = {}
    for item in refusals:
        digest = _digest(item)
        merged[digest] = (item, merged[digest][1] + 1 if digest in merged else 1)
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, {"now": now, **_columns(merged)})
    _see_unknown(refusals, now=now)


def _digest(item: Refusal) -> str:
    message = item.message
    return sm3(
        b"\0".join([message.protocol.encode(), message.device_key.encode(), item.reason.encode(), message.raw])
    ).hex()


def _columns(merged: dict[str, tuple[Refusal, int]]) -> dict[str, list[object]]:
    items = [(digest, item, times) for digest, (item, times) in merged.items()]
    return {
        "protocol": [item.message.protocol for _, item, _ in items],
        "peer": [item.message.peer[:45] for _, item, _ in items],
        "key": [_text(item.message.device_key) for _, item, _ in items],
        "device": [item.device_id for _, item, _ in items],
        "reason": [item.reason for _, item, _ in items],
        "fields": [json.dumps(dict(item.fields), ensure_ascii=False, default=str) for _, item, _ in items],
        "raw": [item.message.raw for _, item, _ in items],
        "digest": [digest for digest, _, _ in items],
        "times": [times for _, _, times in items],
    }


def _text(key: str) -> str:
    """Return a device's key as the database can hold it: no NUL, at most 64 characters."""
    return key.replace("\0", "\ufffd")[:64]


def _see_unknown(refusals: Iterable[Refusal], *, now: datetime) -> None:
    seen: dict[tuple[str, str], tuple[str, int]] = {}
    for item in refusals:
        if item.reason == reasons.UNKNOWN_DEVICE:
            name = (_text(item.message.device_key), item.message.protocol)
            seen[name] = (item.message.peer[:45], seen.get(name, ("", 0))[1] + 1)
    if seen:
        values: dict[str, datetime | list[str] | list[int]] = {
            "now": now,
            "key": [key for key, _ in seen],
            "protocol": [protocol for _, protocol in seen],
            "peer": [peer for peer, _ in seen.values()],
            "messages": [count for _, count in seen.values()],
        }
        with connection.cursor() as cursor:
            cursor.execute(_SEE, values)
