"""Before deployment. Tasks that are late already are watched too; running it again changes nothing."""

from django.db import migrations

FORWARD = """
UPDATE cases_task SET watch_at = due_at
WHERE state = 'open' AND light = 'red' AND paused_at IS NULL AND watch_at IS NULL AND watch_step = 0;
"""


class Migration(migrations.Migration):
    """Few rows: only what is open and late."""

    dependencies = [("cases", "0006_find_suspended_and_watched")]
    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
