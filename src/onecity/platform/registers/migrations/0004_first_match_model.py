"""Enters the matching model of the first day (house rule: see `rules/matching.py`)."""

from django.db import migrations
from django.utils import timezone

WEIGHTS = {
    "prior": 0.0000002,
    "fields": {
        "name": {"m": [0.93, 0.03, 0.02, 0.02], "u": [0.0006, 0.0004, 0.009, 0.99]},
        "birth_date": {"m": [0.95, 0.03, 0.02], "u": [0.00004, 0.00196, 0.998]},
        "sex_code": {"m": [0.99, 0.01], "u": [0.5, 0.5]},
        "address": {"m": [0.70, 0.15, 0.15], "u": [0.00005, 0.00195, 0.998]},
        "phone": {"m": [0.75, 0.25], "u": [0.000001, 0.999999]},
    },
}


def enter(apps, editor):
    now = timezone.now()
    apps.get_model("registers", "MatchModel").objects.get_or_create(
        number=1,
        defaults={
            "state": "published",
            "weights": WEIGHTS,
            "sure_from": 0.99,
            "doubtful_from": 0.5,
            "basis": "出厂设置",
            "author": "system",
            "created_at": now,
            "published_at": now,
        },
    )


class Migration(migrations.Migration):
    dependencies = [("registers", "0003_matching")]
    operations = [migrations.RunPython(enter, migrations.RunPython.noop)]
