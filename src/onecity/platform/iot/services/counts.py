"""Keeps the count of stored readings short: many small rows become one for each day, organisation and place."""

from typing import Final

from django.db import connection, transaction

MANY: Final = 500
_FOLD: Final = f"""
    WITH crowded AS (SELECT day FROM iot_storedcount GROUP BY day HAVING count(*) > {MANY}),
    gone AS (DELETE FROM iot_storedcount WHERE day IN (SELECT day FROM crowded) RETURNING *)
    INSERT INTO iot_storedcount (day, organisation_id, division_code, readings)
    SELECT day, organisation_id, division_code, sum(readings) FROM gone GROUP BY 1, 2, 3 HAVING sum(readings) <> 0
"""
_LOCK: Final = 0x0107_C0DE


def fold_counts() -> None:
    """Fold the counts of days that have many rows; what others add meanwhile stays beside them."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if cursor.fetchone()[0]:
            cursor.execute(_FOLD)
