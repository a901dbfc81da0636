from django.db import migrations, models


class Migration(migrations.Migration):
    """Before deployment. Mark attributes of entities that say several numbers, for which each limit may hold of another."""

    dependencies = [
        ('iot', '0105_alarm_care'),
    ]

    operations = [
        migrations.AddField(
            model_name='contextvalue',
            name='several',
            field=models.BooleanField(default=False, verbose_name='多值'),
        ),
        migrations.AddIndex(
            model_name='contextvalue',
            index=models.Index(condition=models.Q(('several', True)), fields=['attribute', 'entity'], name='iot_ngsi_value_several'),
        ),
    ]
