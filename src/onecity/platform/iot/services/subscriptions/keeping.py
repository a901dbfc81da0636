"""Keeping the feed short: what everybody was told, what is too old or too much, old logs; and telling the owners.

What everybody was told stays for an hour, so that streams resume and subscriptions can be rewound. What waits stays for
`ONECITY_FEED_HOURS` within `ONECITY_FEED_MEGABYTES`; then it goes, and whoever had not been told of it learns so: by
an event of the type `onecity.iot.gap`, by the figure on its page, and by a message to those who answer for it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction

from onecity.platform.iot.models import WHOLE
from onecity.platform.iot.services.subscriptions.telling import tell_of_gap

TOLD_STAY: Final = timedelta(hours=1)
LOG_STAYS: Final = timedelta(days=7)
MOST_OF_ONE: Final = 5_000
_MEGABYTE: Final = 1 << 20
_SLOWEST: Final = "SELECT coalesce(min(position), 9223372036854775807) FROM iot_subscriptionprogress"
_KEPT_FROM: Final = """
    SELECT h.kept_from, coalesce((SELECT max(position) + 1 FROM iot_feedentry
        WHERE position >= h.kept_from AND (made_at < %(old)s OR octets <= h.octets - %(most)s
            OR made_at < %(told)s AND position < %(slowest)s)), h.kept_from)
    FROM iot_feedhead h FOR UPDATE OF h
"""
_DROP: Final = "DELETE FROM iot_feedentry WHERE position < %s"
_ADVANCE: Final = "UPDATE iot_feedhead SET kept_from = %s"
_LEFT_BEHIND: Final = """
    UPDATE iot_subscriptionprogress p SET position = %(last)s, place = %(whole)s, tries = 0,
        expired = p.expired + %(last)s - b.position - (b.place = %(whole)s)::int + 1
    FROM (SELECT subscription_id, position, place FROM iot_subscriptionprogress
        WHERE position < %(last)s OR position = %(last)s AND place < %(whole)s
        ORDER BY subscription_id FOR UPDATE) b
    WHERE p.subscription_id = b.subscription_id
    RETURNING p.subscription_id, %(last)s - b.position - (b.place = %(whole)s)::int + 1
"""
_GAP: Final = """
    INSERT INTO iot_feedentry (readings, told, target, size, made_at)
    SELECT '', jsonb_build_array(jsonb_build_object('topic', 'gap', 'at', %(now)s::timestamptz, 'entries', g.entries)),
        g.id, 0, clock_timestamp()
    FROM unnest(%(ids)s::bigint[], %(entries)s::bigint[]) g(id, entries)
"""
_OLD_LOG: Final = "DELETE FROM iot_delivery WHERE at < %s"
_LONG_LOG: Final = """
    DELETE FROM iot_delivery d USING (SELECT id AS own FROM iot_subscription) s
    WHERE d.subscription_id = s.own AND d.id <= (SELECT id FROM iot_delivery
        WHERE subscription_id = s.own ORDER BY at DESC, id DESC OFFSET %s LIMIT 1)
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """What one look did. dropped: feed entries. left_behind: subscriptions that had not been told of all of them."""

    dropped: int
    left_behind: int


def keep_feed(now: datetime, *, hours: int, megabytes: int) -> Kept:
    """Take away what need not wait any longer, and tell those who miss it. now: real time."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_SLOWEST)
        slowest = cursor.fetchone()[0]
        old, told, most = now - timedelta(hours=hours), now - TOLD_STAY, megabytes * _MEGABYTE
        cursor.execute(_KEPT_FROM, {"old": old, "told": told, "most": most, "slowest": slowest})
        before, kept_from = cursor.fetchone()
        if kept_from == before:
            return Kept(0, 0)
        cursor.execute(_DROP, [kept_from])
        dropped = cursor.rowcount
        cursor.execute(_ADVANCE, [kept_from])
        cursor.execute(_LEFT_BEHIND, {"last": kept_from - 1, "whole": WHOLE})
        missed = [(number, entries) for number, entries in cursor.fetchall() if entries > 0]
        if missed:
            ids, entries = [number for number, _ in missed], [number for _, number in missed]
            cursor.execute(_GAP, {"now": now, "ids": ids, "entries": entries})
            for number, count in missed:
                tell_of_gap(number, entries=count, now=now)
    return Kept(dropped, len(missed))


def keep_log(now: datetime) -> int:
    """Take old attempts out of the log, and the oldest of those with very many; returns how many. now: real time."""
    with connection.cursor() as cursor:
        cursor.execute(_OLD_LOG, [now - LOG_STAYS])
        old = cursor.rowcount
        cursor.execute(_LONG_LOG, [MOST_OF_ONE])
        return int(old + cursor.rowcount)
