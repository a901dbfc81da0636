"""Under which classes the alarms of air stations are filed on the first day; staff change the rows."""

from django.db import migrations

ROWS = (
    ("environment.air_station", "", "", "E0178-1", 0),
    ("environment.air_station", "", "a34002", "E0304-1", 1),
)


def bring_in(apps, schema_editor):
    """Write the rows that are not there yet."""
    alarm_class = apps.get_model("urban_management", "AlarmClass")
    for device_type, rule_code, property_code, class_code, urgency in ROWS:
        alarm_class.objects.get_or_create(
            device_type=device_type,
            rule_code=rule_code,
            property_code=property_code,
            defaults={"class_code": class_code, "urgency": urgency},
        )


class Migration(migrations.Migration):
    """Data only."""

    dependencies = [("urban_management", "0001_reports_settings_and_records")]
    operations = [migrations.RunPython(bring_in, migrations.RunPython.noop)]
