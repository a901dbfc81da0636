"""What the NGSI-LD interface does every so often."""

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import connection

from onecity.kernel import clock

EVERY_S: Final = 3600.0
AT_ONCE: Final = 20_000
_DROP: Final = """
    DELETE FROM iot_ngsi_instance WHERE id IN (
        SELECT id FROM iot_ngsi_instance WHERE created_at < %s ORDER BY id LIMIT %s)
"""


def drop_old_instances() -> int:
    """Take away instances of attributes that were kept long enough; returns how many."""
    days: int = settings.ENV.ngsi_history_days
    if not days:
        return 0
    before, gone = clock.city_now() - timedelta(days=days), 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_DROP, [before, AT_ONCE])
            dropped: int = cursor.rowcount
        gone += dropped
        if dropped < AT_ONCE:
            return gone
