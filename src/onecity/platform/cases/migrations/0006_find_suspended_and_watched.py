"""Before deployment. Indexes of suspended cases and watched tasks, built while people work."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Two partial indexes."""

    atomic = False
    dependencies = [("cases", "0005_electronic_supervision")]
    operations = [
        AddIndexConcurrently(
            model_name="case",
            index=models.Index(
                fields=["suspended_until"],
                name="cases_case_suspended",
                condition=models.Q(suspended_until__isnull=False),
            ),
        ),
        AddIndexConcurrently(
            model_name="task",
            index=models.Index(
                fields=["watch_at"],
                name="cases_task_watched",
                condition=models.Q(state="open", watch_at__isnull=False),
            ),
        ),
    ]
