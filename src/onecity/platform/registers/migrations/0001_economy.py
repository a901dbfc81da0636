"""Before deployment. Economic series, what was published of them, and the tables it came from."""

import django.contrib.gis.db.models.fields
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("identity", "0003_find_accounts_by_name"),
        ("registers", "0002_persons"),
    ]

    operations = [
        migrations.CreateModel(
            name="EconomicSeries",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=60, unique=True, verbose_name="指标编码")),
                ("name", models.CharField(max_length=80, verbose_name="指标名称")),
                (
                    "aliases",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=80),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="指标别名",
                    ),
                ),
                ("definition", models.TextField(blank=True, verbose_name="指标解释")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("stock", "时点指标"),
                            ("flow", "时期指标"),
                            ("index", "指数（上年同期=100）"),
                            ("rate", "比率"),
                        ],
                        max_length=8,
                        verbose_name="指标性质",
                    ),
                ),
                ("unit", models.CharField(max_length=20, verbose_name="计量单位")),
                ("decimals", models.PositiveSmallIntegerField(default=2, verbose_name="保留小数位数")),
                ("base_year", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="基期年份")),
                ("parts_are_complete", models.BooleanField(default=False, verbose_name="分项合计等于总量")),
                ("sums_over_divisions", models.BooleanField(default=False, verbose_name="下级区划合计等于全市")),
                ("is_population", models.BooleanField(default=False, verbose_name="用于计算人均的常住人口")),
                ("is_made_up", models.BooleanField(default=False, verbose_name="是否示意数据")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.organisation",
                        verbose_name="数据来源部门",
                    ),
                ),
                (
                    "whole",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registers.economicseries",
                        verbose_name="所属总量指标",
                    ),
                ),
            ],
            options={
                "verbose_name": "经济指标",
            },
        ),
        migrations.CreateModel(
            name="EconomicTable",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=200, verbose_name="表名")),
                ("filename", models.CharField(max_length=200, verbose_name="文件名")),
                ("digest", models.CharField(max_length=64, verbose_name="文件摘要（SM3）")),
                (
                    "state",
                    models.CharField(
                        choices=[("taken", "已入库"), ("withdrawn", "已撤销")],
                        default="taken",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("stage", models.CharField(max_length=12, verbose_name="数据阶段")),
                ("published_on", models.DateField(verbose_name="发布日期")),
                ("values_taken", models.PositiveIntegerField(default=0, verbose_name="入库数值")),
                ("values_unchanged", models.PositiveIntegerField(default=0, verbose_name="未变数值")),
                ("is_made_up", models.BooleanField(default=False, verbose_name="是否示意数据")),
                ("taken_by", models.CharField(max_length=60, verbose_name="导入人")),
                ("created_at", models.DateTimeField(verbose_name="导入时间")),
                ("withdrawn_by", models.CharField(blank=True, max_length=60, verbose_name="撤销人")),
                ("withdrawn_at", models.DateTimeField(null=True, verbose_name="撤销时间")),
                ("withdrawal_reason", models.CharField(blank=True, max_length=200, verbose_name="撤销原因")),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.organisation",
                        verbose_name="导入机构",
                    ),
                ),
            ],
            options={
                "verbose_name": "统计表",
            },
        ),
        migrations.CreateModel(
            name="EconomicValue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("division_code", models.CharField(max_length=12, verbose_name="行政区划代码")),
                (
                    "period_kind",
                    models.CharField(
                        choices=[
                            ("year", "年"),
                            ("half", "半年"),
                            ("quarter", "季"),
                            ("month", "月"),
                            ("cumulative", "累计"),
                        ],
                        max_length=10,
                        verbose_name="报告期类型",
                    ),
                ),
                ("period_year", models.PositiveSmallIntegerField(verbose_name="报告期年份")),
                ("period_number", models.PositiveSmallIntegerField(verbose_name="报告期序号")),
                ("ends_on", models.DateField(verbose_name="报告期截止日")),
                ("value", models.DecimalField(decimal_places=12, max_digits=38, null=True, verbose_name="数值")),
                (
                    "mark",
                    models.CharField(
                        blank=True,
                        choices=[("", "有数值"), ("nil", "无此项数据"), ("unknown", "数据不详或不足本表最小单位")],
                        max_length=8,
                        verbose_name="数值标记",
                    ),
                ),
                ("stated", models.CharField(blank=True, max_length=60, verbose_name="原表写法")),
                ("note", models.CharField(blank=True, max_length=60, verbose_name="脚注")),
                (
                    "stage",
                    models.CharField(
                        choices=[("preliminary", "初步核算数"), ("revised", "修订数"), ("final", "最终核实数")],
                        max_length=12,
                        verbose_name="数据阶段",
                    ),
                ),
                ("published_on", models.DateField(verbose_name="发布日期")),
                ("cell", models.CharField(blank=True, max_length=20, verbose_name="表中位置")),
                ("is_current", models.BooleanField(default=True, verbose_name="是否现行数")),
                ("recorded_by", models.CharField(max_length=60, verbose_name="录入人")),
                ("created_at", models.DateTimeField(verbose_name="录入时间")),
                ("withdrawn_at", models.DateTimeField(null=True, verbose_name="撤销时间")),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.organisation",
                        verbose_name="数据来源部门",
                    ),
                ),
                (
                    "series",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registers.economicseries",
                        verbose_name="指标",
                    ),
                ),
                (
                    "table",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registers.economictable",
                        verbose_name="来源统计表",
                    ),
                ),
            ],
            options={
                "verbose_name": "经济指标数值",
            },
        ),
        migrations.AddIndex(
            model_name="economicseries",
            index=models.Index(fields=["organisation", "-created_at", "-id"], name="registers_series_keyset"),
        ),
        migrations.AddConstraint(
            model_name="economicseries",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_population", True)),
                fields=("is_population",),
                name="registers_series_one_population",
            ),
        ),
        migrations.AddConstraint(
            model_name="economicseries",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("whole__isnull", True), models.Q(("whole", models.F("id")), _negated=True), _connector="OR"
                ),
                name="registers_series_not_own_part",
            ),
        ),
        migrations.AddIndex(
            model_name="economictable",
            index=models.Index(fields=["organisation", "-created_at", "-id"], name="registers_table_keyset"),
        ),
        migrations.AddConstraint(
            model_name="economictable",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "taken")), fields=("digest",), name="registers_table_counts_once"
            ),
        ),
        migrations.AddIndex(
            model_name="economicvalue",
            index=models.Index(
                fields=["series", "division_code", "period_kind", "ends_on", "published_on"],
                name="registers_value_line",
            ),
        ),
        migrations.AddIndex(
            model_name="economicvalue",
            index=models.Index(fields=["organisation", "-created_at", "-id"], name="registers_value_keyset"),
        ),
        migrations.AddConstraint(
            model_name="economicvalue",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_current", True)),
                fields=("series", "division_code", "period_kind", "period_year", "period_number"),
                name="registers_value_one_current",
            ),
        ),
        migrations.AddConstraint(
            model_name="economicvalue",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("mark", ""), ("value__isnull", False)),
                    models.Q(("value__isnull", True), models.Q(("mark", ""), _negated=True)),
                    _connector="OR",
                ),
                name="registers_value_or_mark",
            ),
        ),
        migrations.AddConstraint(
            model_name="economicvalue",
            constraint=models.CheckConstraint(
                condition=models.Q(("withdrawn_at__isnull", True), ("is_current", False), _connector="OR"),
                name="registers_value_withdrawn_not_current",
            ),
        ),
    ]
