"""Waiting for whoever may still act on what was true a moment ago."""

import time
from typing import Final

from django.db import connection

PATIENCE_S: Final = 10.0
_OTHERS: Final = "SELECT EXISTS (SELECT FROM pg_snapshot_xip(pg_current_snapshot()) AS x WHERE x < %s::xid8)"


def others_ended(*, patience_s: float = PATIENCE_S) -> bool:
    """Wait until all other transactions that write now have ended; False if one takes longer than the patience."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text")
        newest = cursor.fetchone()[0]
        until = time.monotonic() + patience_s
        while True:
            cursor.execute(_OTHERS, [newest])
            if not cursor.fetchone()[0]:
                return True
            if time.monotonic() > until:
                return False
            time.sleep(0.02)
