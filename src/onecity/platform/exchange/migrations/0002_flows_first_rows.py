"""Enters the first standard by which quality is graded."""

from datetime import date

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

WEIGHTS = {
    "conformity": 0.2, "completeness": 0.25, "accuracy": 0.25, "consistency": 0.1, "timeliness": 0.1,
    "accessibility": 0.1,
}


def enter(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    standard = apps.get_model("exchange", "QualityStandard")
    standard.objects.get_or_create(
        valid_from_date=date(2000, 1, 1),
        defaults={
            "weights": WEIGHTS,
            "bounds": [95.0, 85.0, 75.0, 60.0],
            "grades": ["优", "良", "中", "合格", "差"],
            "source": "GB/T 36344-2018（维度）；权重和等级下限为本平台规定",
        },
    )


class Migration(migrations.Migration):
    dependencies = [("exchange", "0001_flows")]
    operations = [migrations.RunPython(enter, migrations.RunPython.noop)]
