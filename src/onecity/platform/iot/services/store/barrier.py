"""Waiting for whoever may still act on what was true a moment ago."""

import time
from typing import Final

from django.db import connection

PATIENCE_S: Final = 10.0
_WRITERS: Final = """
    SELECT pid, backend_xid::text FROM pg_stat_activity
    WHERE datname = current_database() AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()
        AND backend_type = 'client backend'
"""
_STILL: Final = """
    SELECT EXISTS (
        SELECT FROM pg_stat_activity AS a JOIN unnest(%s::int[], %s::text[]) AS t (pid, xid)
        ON a.pid = t.pid AND a.backend_xid::text = t.xid)
"""


def others_ended(*, patience_s: float = PATIENCE_S) -> bool:
    """Wait until all other transactions that write to this database now have ended; False if one outlasts the patience.

    The database's own vacuum and statistics are no writers. Whoever writes has its transaction's number before it reads
    what may change here: writers lock their devices first.
    """
    with connection.cursor() as cursor:
        cursor.execute(_WRITERS)
        writers = cursor.fetchall()
        pids, numbers = [pid for pid, _ in writers], [number for _, number in writers]
        until = time.monotonic() + patience_s
        while writers:
            cursor.execute(_STILL, [pids, numbers])
            if not cursor.fetchone()[0]:
                break
            if time.monotonic() > until:
                return False
            time.sleep(0.02)
    return True
