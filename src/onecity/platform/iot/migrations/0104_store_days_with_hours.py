"""Days say whether their hours are rolled up: those with few readings are read from these."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("iot", "0103_ngsi_context")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "ALTER TABLE iot_dayrollup ADD COLUMN has_hours boolean NOT NULL DEFAULT false",
                    "ALTER TABLE iot_dayrollup DROP COLUMN has_hours",
                ),
            ],
            state_operations=[
                migrations.AddField(
                    "dayrollup", "has_hours", models.BooleanField(default=False, verbose_name="含小时汇总")
                ),
            ],
        ),
    ]
