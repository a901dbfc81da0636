"""Before deployment. Buildings and their units, parcels of land, natural resources."""

import django.contrib.gis.db.models.fields
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("identity", "0003_find_accounts_by_name"),
        ("registers", "0001_entities"),
    ]

    operations = [
        migrations.CreateModel(
            name="PlaceFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("building", "楼栋"), ("parcel", "宗地"), ("resource", "自然资源")],
                        max_length=10,
                        verbose_name="内容",
                    ),
                ),
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
                ("taken", models.PositiveIntegerField(default=0, verbose_name="入库数量")),
                ("unchanged", models.PositiveIntegerField(default=0, verbose_name="未变数量")),
                ("taken_by", models.CharField(max_length=60, verbose_name="导入人")),
                ("created_at", models.DateTimeField(verbose_name="导入时间")),
                ("withdrawn_by", models.CharField(blank=True, max_length=60, verbose_name="撤销人")),
                ("withdrawn_at", models.DateTimeField(null=True, verbose_name="撤销时间")),
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
                "verbose_name": "空间数据文件",
            },
        ),
        migrations.CreateModel(
            name="NaturalResource",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=40, unique=True, verbose_name="编码")),
                ("name", models.CharField(blank=True, max_length=120, verbose_name="名称")),
                (
                    "words",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=4), default=list, size=None, verbose_name="检索词"
                    ),
                ),
                ("division_code", models.CharField(blank=True, max_length=15, verbose_name="所在区划")),
                ("observed_at", models.DateTimeField(verbose_name="来源时间")),
                ("former", models.JSONField(blank=True, default=dict, verbose_name="此前内容")),
                ("is_made_up", models.BooleanField(default=False, verbose_name="是否示意数据")),
                ("created_at", models.DateTimeField(verbose_name="登记时间")),
                ("ended_on", models.DateField(null=True, verbose_name="灭失或注销日期")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("forest", "森林"),
                            ("grass", "草原"),
                            ("wetland", "湿地"),
                            ("water", "水流"),
                            ("mineral", "矿产"),
                            ("reserve", "自然保护地"),
                        ],
                        max_length=10,
                        verbose_name="资源类型",
                    ),
                ),
                (
                    "area_m2",
                    models.DecimalField(decimal_places=2, max_digits=16, null=True, verbose_name="面积（平方米）"),
                ),
                ("outline", django.contrib.gis.db.models.fields.MultiPolygonField(srid=4326, verbose_name="范围")),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.organisation",
                        verbose_name="主管部门",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registers.datasource",
                        verbose_name="数据来源",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registers.placefile",
                        verbose_name="来源文件",
                    ),
                ),
            ],
            options={
                "verbose_name": "自然资源",
            },
        ),
        migrations.CreateModel(
            name="LandParcel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=40, unique=True, verbose_name="编码")),
                ("name", models.CharField(blank=True, max_length=120, verbose_name="名称")),
                (
                    "words",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=4), default=list, size=None, verbose_name="检索词"
                    ),
                ),
                ("division_code", models.CharField(blank=True, max_length=15, verbose_name="所在区划")),
                ("observed_at", models.DateTimeField(verbose_name="来源时间")),
                ("former", models.JSONField(blank=True, default=dict, verbose_name="此前内容")),
                ("is_made_up", models.BooleanField(default=False, verbose_name="是否示意数据")),
                ("created_at", models.DateTimeField(verbose_name="登记时间")),
                ("ended_on", models.DateField(null=True, verbose_name="灭失或注销日期")),
                ("use_code", models.CharField(max_length=4, verbose_name="土地用途代码")),
                (
                    "owner",
                    models.CharField(
                        choices=[("state", "国家所有"), ("collective", "集体所有")],
                        max_length=10,
                        verbose_name="土地所有权",
                    ),
                ),
                (
                    "area_m2",
                    models.DecimalField(decimal_places=2, max_digits=16, null=True, verbose_name="宗地面积（平方米）"),
                ),
                ("outline", django.contrib.gis.db.models.fields.MultiPolygonField(srid=4326, verbose_name="宗地范围")),
                ("right_holder", models.CharField(blank=True, max_length=160, verbose_name="使用权人")),
                ("right_until", models.DateField(null=True, verbose_name="使用期限至")),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.organisation",
                        verbose_name="主管部门",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registers.datasource",
                        verbose_name="数据来源",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registers.placefile",
                        verbose_name="来源文件",
                    ),
                ),
            ],
            options={
                "verbose_name": "宗地",
            },
        ),
        migrations.CreateModel(
            name="Building",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=40, unique=True, verbose_name="编码")),
                ("name", models.CharField(blank=True, max_length=120, verbose_name="名称")),
                (
                    "words",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=4), default=list, size=None, verbose_name="检索词"
                    ),
                ),
                ("division_code", models.CharField(blank=True, max_length=15, verbose_name="所在区划")),
                ("observed_at", models.DateTimeField(verbose_name="来源时间")),
                ("former", models.JSONField(blank=True, default=dict, verbose_name="此前内容")),
                ("is_made_up", models.BooleanField(default=False, verbose_name="是否示意数据")),
                ("created_at", models.DateTimeField(verbose_name="登记时间")),
                ("ended_on", models.DateField(null=True, verbose_name="灭失或注销日期")),
                (
                    "use",
                    models.CharField(
                        choices=[
                            ("residential", "住宅"),
                            ("commercial", "商业"),
                            ("office", "办公"),
                            ("industrial", "工业仓储"),
                            ("public", "公共服务"),
                            ("mixed", "综合"),
                            ("other", "其他"),
                        ],
                        max_length=12,
                        verbose_name="用途",
                    ),
                ),
                ("address", models.CharField(blank=True, max_length=200, verbose_name="地址")),
                ("location", django.contrib.gis.db.models.fields.PointField(srid=4326, verbose_name="位置")),
                (
                    "outline",
                    django.contrib.gis.db.models.fields.MultiPolygonField(null=True, srid=4326, verbose_name="轮廓"),
                ),
                ("floors_above", models.PositiveSmallIntegerField(null=True, verbose_name="地上层数")),
                ("floors_below", models.PositiveSmallIntegerField(null=True, verbose_name="地下层数")),
                ("built_year", models.PositiveSmallIntegerField(null=True, verbose_name="建成年份")),
                (
                    "area_m2",
                    models.DecimalField(decimal_places=2, max_digits=12, null=True, verbose_name="建筑面积（平方米）"),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.organisation",
                        verbose_name="主管部门",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registers.datasource",
                        verbose_name="数据来源",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registers.placefile",
                        verbose_name="来源文件",
                    ),
                ),
            ],
            options={
                "verbose_name": "楼栋",
            },
        ),
        migrations.CreateModel(
            name="Room",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("stairwell", models.CharField(blank=True, max_length=10, verbose_name="单元")),
                ("floor", models.SmallIntegerField(verbose_name="楼层")),
                ("number", models.CharField(max_length=12, verbose_name="房号")),
                (
                    "use",
                    models.CharField(
                        choices=[
                            ("residential", "住宅"),
                            ("commercial", "商业"),
                            ("office", "办公"),
                            ("industrial", "工业仓储"),
                            ("public", "公共服务"),
                            ("mixed", "综合"),
                            ("other", "其他"),
                        ],
                        default="residential",
                        max_length=12,
                        verbose_name="用途",
                    ),
                ),
                (
                    "area_m2",
                    models.DecimalField(decimal_places=2, max_digits=10, null=True, verbose_name="建筑面积（平方米）"),
                ),
                ("title_number", models.CharField(blank=True, max_length=28, verbose_name="不动产单元代码")),
                (
                    "building",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="registers.building",
                        verbose_name="楼栋",
                    ),
                ),
            ],
            options={
                "verbose_name": "房屋",
            },
        ),
        migrations.AddIndex(
            model_name="placefile",
            index=models.Index(fields=["organisation", "-created_at", "-id"], name="registers_placefile_keyset"),
        ),
        migrations.AddConstraint(
            model_name="placefile",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "taken")),
                fields=("kind", "digest"),
                name="registers_placefile_counts_once",
            ),
        ),
        migrations.AddIndex(
            model_name="naturalresource",
            index=models.Index(fields=["organisation", "-created_at", "-id"], name="registers_resource_keyset"),
        ),
        migrations.AddIndex(
            model_name="naturalresource",
            index=models.Index(
                fields=["division_code"], name="registers_resource_division", opclasses=["text_pattern_ops"]
            ),
        ),
        migrations.AddIndex(
            model_name="naturalresource",
            index=django.contrib.postgres.indexes.GinIndex(fields=["words"], name="registers_resource_words"),
        ),
        migrations.AddIndex(
            model_name="landparcel",
            index=models.Index(fields=["organisation", "-created_at", "-id"], name="registers_parcel_keyset"),
        ),
        migrations.AddIndex(
            model_name="landparcel",
            index=models.Index(
                fields=["division_code"], name="registers_parcel_division", opclasses=["text_pattern_ops"]
            ),
        ),
        migrations.AddIndex(
            model_name="landparcel",
            index=django.contrib.postgres.indexes.GinIndex(fields=["words"], name="registers_parcel_words"),
        ),
        migrations.AddIndex(
            model_name="building",
            index=models.Index(fields=["organisation", "-created_at", "-id"], name="registers_building_keyset"),
        ),
        migrations.AddIndex(
            model_name="building",
            index=models.Index(
                fields=["division_code"], name="registers_building_division", opclasses=["text_pattern_ops"]
            ),
        ),
        migrations.AddIndex(
            model_name="building",
            index=django.contrib.postgres.indexes.GinIndex(fields=["words"], name="registers_building_words"),
        ),
        migrations.AddConstraint(
            model_name="room",
            constraint=models.UniqueConstraint(fields=("building", "stairwell", "number"), name="registers_room_once"),
        ),
    ]
