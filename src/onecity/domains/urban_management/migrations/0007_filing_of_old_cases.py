"""When cases of before were filed, from their steps; who did it was not kept. Runs after deployment, in batches, again and again."""

from django.db import migrations

_BATCH = 20_000
_FILL = """
    UPDATE urban_management_caserecord c
    SET filed_at = f.filed_at, filed_due_at = f.due_at, misfiled = f.misfiled
    FROM (
        SELECT s.case_id, max(s.ended_at) FILTER (WHERE s.node = 'accept' AND s.outcome = 'accept') AS filed_at,
               max(s.due_at) FILTER (WHERE s.node = 'accept' AND s.outcome = 'accept') AS due_at,
               COALESCE(bool_or(s.node = 'dispatch' AND s.outcome = 'return'), FALSE) AS misfiled
        FROM urban_management_steprecord s WHERE s.case_id > %s AND s.case_id <= %s GROUP BY s.case_id
    ) f WHERE c.case_id = f.case_id AND c.filed_at IS NULL AND f.filed_at IS NOT NULL
"""


def fill(apps, editor):
    """Fill what is empty."""
    with editor.connection.cursor() as cursor:
        cursor.execute("SELECT COALESCE(max(case_id), 0) FROM urban_management_caserecord")
        last = cursor.fetchone()[0]
        for first in range(0, last, _BATCH):
            cursor.execute(_FILL, [first, first + _BATCH])


class Migration(migrations.Migration):
    """Data only."""

    atomic = False
    dependencies = [("urban_management", "0006_case_indexes")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
