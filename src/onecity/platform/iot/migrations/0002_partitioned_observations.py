"""Observations in day partitions, and latest values with room to be updated in place."""

import django.db.models.fields.composite
from django.db import migrations, models

OBSERVATION = """
    CREATE TABLE iot_observation (
        datastream_id integer NOT NULL,
        phenomenon_at timestamptz NOT NULL,
        result double precision,
        quality smallint NOT NULL,
        received_at timestamptz NOT NULL,
        PRIMARY KEY (datastream_id, phenomenon_at)
    ) PARTITION BY RANGE (phenomenon_at)
"""
LATEST = """
    CREATE TABLE iot_latest (
        datastream_id integer PRIMARY KEY,
        phenomenon_at timestamptz NOT NULL,
        result double precision,
        quality smallint NOT NULL
    ) WITH (fillfactor = 50)
"""


class Migration(migrations.Migration):

    dependencies = [("iot", "0001_devices_and_alarms")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(OBSERVATION, "DROP TABLE iot_observation")],
            state_operations=[
                migrations.CreateModel(
                    name='Observation',
                    fields=[
                        ('pk', models.CompositePrimaryKey('datastream_id', 'phenomenon_at', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('datastream_id', models.IntegerField(verbose_name='数据流')),
                        ('phenomenon_at', models.DateTimeField(verbose_name='监测时间')),
                        ('result', models.FloatField(null=True, verbose_name='监测值')),
                        ('quality', models.SmallIntegerField(verbose_name='数据标记')),
                        ('received_at', models.DateTimeField(verbose_name='接收时间')),
                    ],
                    options={
                        'verbose_name': '监测数据',
                    },
                ),
            ],
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(LATEST, "DROP TABLE iot_latest")],
            state_operations=[
                migrations.CreateModel(
                    name='Latest',
                    fields=[
                        ('datastream_id', models.IntegerField(primary_key=True, serialize=False, verbose_name='数据流')),
                        ('phenomenon_at', models.DateTimeField(verbose_name='监测时间')),
                        ('result', models.FloatField(null=True, verbose_name='监测值')),
                        ('quality', models.SmallIntegerField(verbose_name='数据标记')),
                    ],
                    options={
                        'verbose_name': '最新值',
                    },
                ),
            ],
        ),
        migrations.RunSQL("ALTER TABLE iot_device SET (fillfactor = 80)", "ALTER TABLE iot_device RESET (fillfactor)"),
    ]
