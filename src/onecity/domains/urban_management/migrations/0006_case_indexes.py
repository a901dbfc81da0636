"""Indexes of evaluation on the records of cases, built beside running work. Runs before deployment."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Two indexes."""

    atomic = False
    dependencies = [("urban_management", "0005_evaluation")]

    operations = [
        AddIndexConcurrently(
            model_name="caserecord",
            index=models.Index(
                condition=models.Q(("filed_at__isnull", False)), fields=["filed_at"], name="urban_case_filed"
            ),
        ),
        AddIndexConcurrently(
            model_name="caserecord",
            index=models.Index(fields=["reported_by", "-opened_at"], name="urban_case_reporter"),
        ),
    ]
