"""Roll-ups, days that are closed, how long what is kept, counts, saved views and exports."""

import django.db.models.deletion
import django.db.models.fields.composite
from django.db import migrations, models

_COLUMNS = """
    datastream_id integer NOT NULL,
    begins_at timestamptz NOT NULL,
    readings integer NOT NULL,
    good integer NOT NULL,
    total double precision NOT NULL,
    low double precision,
    high double precision,
    first double precision,
    last double precision,
    first_at timestamptz,
    last_at timestamptz,
    weighted double precision NOT NULL,
    weighted_s double precision NOT NULL
"""
MINUTES = f"""
    CREATE TABLE iot_minuterollup ({_COLUMNS}, PRIMARY KEY (datastream_id, begins_at))
    PARTITION BY RANGE (begins_at)
"""
HOURS = f"""
    CREATE TABLE iot_hourrollup ({_COLUMNS}, has_minutes boolean NOT NULL, PRIMARY KEY (datastream_id, begins_at))
    WITH (autovacuum_vacuum_scale_factor = 0.05)
"""
DAYS = f"""
    CREATE TABLE iot_dayrollup ({_COLUMNS}, PRIMARY KEY (datastream_id, begins_at))
    WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05)
"""
LATE = """
    CREATE SEQUENCE iot_lateobservation_revision;
    CREATE TABLE iot_lateobservation (
        datastream_id integer NOT NULL,
        phenomenon_at timestamptz NOT NULL,
        result double precision,
        quality smallint NOT NULL,
        received_at timestamptz NOT NULL,
        erased boolean NOT NULL DEFAULT false,
        revision bigint NOT NULL DEFAULT nextval('iot_lateobservation_revision'),
        PRIMARY KEY (datastream_id, phenomenon_at)
    );
    CREATE INDEX iot_lateobservation_at ON iot_lateobservation (phenomenon_at);
"""
NO_LATE = "DROP TABLE iot_lateobservation; DROP SEQUENCE iot_lateobservation_revision"


def rollup(name, verbose, sql, *more):
    table = f"iot_{name.lower()}"
    fields = [
        ("pk", models.CompositePrimaryKey("datastream_id", "begins_at", blank=True, editable=False, primary_key=True, serialize=False)),
        ("datastream_id", models.IntegerField(verbose_name="数据流")),
        ("begins_at", models.DateTimeField(verbose_name="起始时间")),
        ("readings", models.IntegerField(verbose_name="读数个数")),
        ("good", models.IntegerField(verbose_name="有效个数")),
        ("total", models.FloatField(verbose_name="合计")),
        ("low", models.FloatField(null=True, verbose_name="最小值")),
        ("high", models.FloatField(null=True, verbose_name="最大值")),
        ("first", models.FloatField(null=True, verbose_name="首值")),
        ("last", models.FloatField(null=True, verbose_name="末值")),
        ("first_at", models.DateTimeField(null=True, verbose_name="首值时间")),
        ("last_at", models.DateTimeField(null=True, verbose_name="末值时间")),
        ("weighted", models.FloatField(verbose_name="时间加权合计")),
        ("weighted_s", models.FloatField(verbose_name="有效时长")),
        *more,
    ]
    return migrations.SeparateDatabaseAndState(
        database_operations=[migrations.RunSQL(sql, f"DROP TABLE {table}")],
        state_operations=[migrations.CreateModel(name=name, fields=fields, options={"verbose_name": verbose, "abstract": False})],
    )


class Migration(migrations.Migration):

    dependencies = [
        ("identity", "0003_find_accounts_by_name"),
        ("iot", "0100_devices_life"),
    ]

    operations = [
        rollup("MinuteRollup", "分钟汇总", MINUTES),
        rollup("HourRollup", "小时汇总", HOURS, ("has_minutes", models.BooleanField(default=False, verbose_name="含分钟汇总"))),
        rollup("DayRollup", "日汇总", DAYS),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(LATE, NO_LATE)],
            state_operations=[
                migrations.CreateModel(
                    name="LateObservation",
                    fields=[
                        ("pk", models.CompositePrimaryKey("datastream_id", "phenomenon_at", blank=True, editable=False, primary_key=True, serialize=False)),
                        ("datastream_id", models.IntegerField(verbose_name="数据流")),
                        ("phenomenon_at", models.DateTimeField(verbose_name="监测时间")),
                        ("result", models.FloatField(null=True, verbose_name="监测值")),
                        ("quality", models.SmallIntegerField(verbose_name="数据标记")),
                        ("received_at", models.DateTimeField(verbose_name="接收时间")),
                        ("erased", models.BooleanField(default=False, verbose_name="已删除")),
                        ("revision", models.BigIntegerField(verbose_name="修订号")),
                    ],
                    options={"verbose_name": "归档日补报"},
                ),
            ],
        ),
        migrations.CreateModel(
            name="StoreMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("marked_at", models.DateTimeField(verbose_name="登记界限")),
                ("settled_at", models.DateTimeField(verbose_name="汇总界限")),
            ],
            options={"verbose_name": "汇总进度"},
        ),
        migrations.CreateModel(
            name="RollupDue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("datastream_id", models.IntegerField(verbose_name="数据流")),
                ("since_at", models.DateTimeField(verbose_name="起始时间")),
                ("until_at", models.DateTimeField(verbose_name="截止时间")),
            ],
            options={
                "verbose_name": "待汇总时段",
                "indexes": [models.Index(fields=["datastream_id"], name="iot_rollupdue_stream")],
            },
        ),
        migrations.CreateModel(
            name="ClosedDay",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False, verbose_name="日期")),
                ("state", models.CharField(choices=[("frozen", "正在转存"), ("cold", "已转存")], max_length=8, verbose_name="状态")),
                ("generation", models.IntegerField(default=0, verbose_name="版本")),
                ("readings", models.BigIntegerField(default=0, verbose_name="读数个数")),
                ("files", models.JSONField(default=list, verbose_name="文件")),
                ("frozen_at", models.DateTimeField(verbose_name="停写时间")),
                ("moved_at", models.DateTimeField(null=True, verbose_name="转存时间")),
            ],
            options={"verbose_name": "归档日"},
        ),
        migrations.CreateModel(
            name="Retention",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("type_code", models.CharField(blank=True, max_length=80, unique=True, verbose_name="设备类型")),
                ("raw_days", models.PositiveIntegerField(default=0, verbose_name="原始读数保留天数")),
                ("minute_days", models.PositiveIntegerField(default=0, verbose_name="分钟汇总保留天数")),
                ("hour_days", models.PositiveIntegerField(default=0, verbose_name="小时汇总保留天数")),
                ("day_days", models.PositiveIntegerField(default=0, verbose_name="日汇总保留天数")),
                ("raw_until", models.DateTimeField(null=True, verbose_name="原始读数已清理至")),
                ("minute_until", models.DateTimeField(null=True, verbose_name="分钟汇总已清理至")),
                ("hour_until", models.DateTimeField(null=True, verbose_name="小时汇总已清理至")),
                ("day_until", models.DateTimeField(null=True, verbose_name="日汇总已清理至")),
                ("author", models.CharField(blank=True, max_length=80, verbose_name="设定人")),
                ("changed_at", models.DateTimeField(verbose_name="设定时间")),
            ],
            options={"verbose_name": "数据保留期限"},
        ),
        migrations.CreateModel(
            name="StoredCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(verbose_name="日期")),
                ("organisation_id", models.BigIntegerField(verbose_name="所属机构")),
                ("division_code", models.CharField(blank=True, max_length=15, verbose_name="所在网格")),
                ("readings", models.BigIntegerField(verbose_name="读数个数")),
            ],
            options={
                "verbose_name": "读数计数",
                "indexes": [models.Index(fields=["day", "organisation_id", "division_code"], name="iot_storedcount_day")],
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=60, verbose_name="名称")),
                ("query", models.JSONField(verbose_name="查询条件")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                ("account", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="identity.account", verbose_name="所有者")),
            ],
            options={
                "verbose_name": "数据分析视图",
                "constraints": [models.UniqueConstraint(fields=("account", "title"), name="iot_savedview_once")],
            },
        ),
        migrations.CreateModel(
            name="HistoryExport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=120, verbose_name="名称")),
                ("kind", models.CharField(max_length=8, verbose_name="格式")),
                ("query", models.JSONField(verbose_name="查询条件")),
                ("run_id", models.BigIntegerField(null=True, verbose_name="任务")),
                ("file", models.CharField(blank=True, max_length=200, verbose_name="文件")),
                ("readings", models.BigIntegerField(default=0, verbose_name="行数")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                ("finished_at", models.DateTimeField(null=True, verbose_name="完成时间")),
                ("account", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="identity.account", verbose_name="所有者")),
            ],
            options={
                "verbose_name": "数据导出",
                "indexes": [models.Index(fields=["account", "-created_at"], name="iot_historyexport_newest")],
            },
        ),
    ]
