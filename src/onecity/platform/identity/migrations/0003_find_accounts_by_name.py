"""Before deployment. Accounts are found by the beginning of a person's name."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """One index."""

    atomic = False
    dependencies = [("identity", "0002_append_only_audit")]
    operations = [
        AddIndexConcurrently(
            "account",
            models.Index(fields=["full_name"], name="identity_account_name", opclasses=["varchar_pattern_ops"]),
        ),
    ]
