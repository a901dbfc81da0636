"""Before deployment. Legal entities with their history, people, shares and licences."""

import django.contrib.gis.db.models.fields
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("identity", "0003_find_accounts_by_name"),
        ("registers", "0001_economy"),
    ]

    operations = [
        migrations.CreateModel(
            name="LegalEntity",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uscc", models.CharField(max_length=18, unique=True, verbose_name="统一社会信用代码")),
                ("name", models.CharField(max_length=160, verbose_name="名称")),
                (
                    "words",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=4), default=list, size=None, verbose_name="检索词"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("enterprise", "企业法人"),
                            ("branch", "企业分支机构"),
                            ("sole_trader", "个体工商户"),
                            ("cooperative", "农民专业合作社"),
                            ("institution", "事业单位"),
                            ("organ", "党政机关"),
                            ("association", "社会团体"),
                            ("foundation", "基金会"),
                            ("private_non_enterprise", "社会服务机构"),
                            ("autonomous", "基层群众性自治组织"),
                            ("collective", "农村集体经济组织"),
                            ("other", "其他组织"),
                        ],
                        max_length=24,
                        verbose_name="主体类型",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("existing", "存续"),
                            ("suspended", "歇业"),
                            ("revoked", "吊销"),
                            ("deregistered", "注销"),
                            ("annulled", "撤销登记"),
                            ("moved_out", "迁出"),
                        ],
                        default="existing",
                        max_length=12,
                        verbose_name="登记状态",
                    ),
                ),
                ("status_on", models.DateField(null=True, verbose_name="状态日期")),
                (
                    "representative_name",
                    models.CharField(blank=True, max_length=60, verbose_name="法定代表人（负责人）"),
                ),
                ("representative_person", models.BigIntegerField(null=True, verbose_name="法定代表人登记编号")),
                ("representative_sealed", models.BinaryField(default=bytes, verbose_name="法定代表人证件号码密文")),
                (
                    "representative_hash",
                    models.CharField(blank=True, max_length=64, verbose_name="法定代表人证件号码检索值"),
                ),
                (
                    "representative_masked",
                    models.CharField(blank=True, max_length=30, verbose_name="法定代表人证件号码"),
                ),
                (
                    "registered_capital",
                    models.DecimalField(decimal_places=2, max_digits=24, null=True, verbose_name="注册资本"),
                ),
                ("capital_currency", models.CharField(default="CNY", max_length=3, verbose_name="注册资本币种")),
                ("industry_code", models.CharField(blank=True, max_length=5, verbose_name="行业代码")),
                ("industry_section", models.CharField(blank=True, max_length=1, verbose_name="行业门类")),
                ("business_scope", models.TextField(blank=True, verbose_name="经营（业务）范围")),
                ("address", models.CharField(blank=True, max_length=200, verbose_name="住所")),
                ("location", django.contrib.gis.db.models.fields.PointField(null=True, srid=4326, verbose_name="位置")),
                ("established_on", models.DateField(null=True, verbose_name="成立日期")),
                ("approved_on", models.DateField(null=True, verbose_name="核准日期")),
                ("term_from", models.DateField(null=True, verbose_name="营业期限自")),
                ("term_until", models.DateField(null=True, verbose_name="营业期限至")),
                ("registrar", models.CharField(blank=True, max_length=120, verbose_name="登记机关")),
                ("division_code", models.CharField(blank=True, max_length=12, verbose_name="所在区划")),
                ("observed_at", models.DateTimeField(verbose_name="来源时间")),
                ("field_sources", models.JSONField(blank=True, default=dict, verbose_name="各项来源")),
                ("valid_from", models.DateField(verbose_name="生效日期")),
                ("known_from", models.DateTimeField(verbose_name="入库时间")),
                ("revision", models.PositiveIntegerField(default=1, verbose_name="修订号")),
                ("is_made_up", models.BooleanField(default=False, verbose_name="是否示意数据")),
                ("created_at", models.DateTimeField(verbose_name="登记时间")),
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
            ],
            options={
                "verbose_name": "法人单位",
            },
        ),
        migrations.CreateModel(
            name="EntityVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField(verbose_name="状态起始日期")),
                ("valid_to", models.DateField(null=True, verbose_name="状态终止日期")),
                ("known_from", models.DateTimeField(verbose_name="记录时间")),
                ("closed_at", models.DateTimeField(null=True, verbose_name="得知终止时间")),
                ("known_to", models.DateTimeField(null=True, verbose_name="更正时间")),
                ("facts", models.JSONField(verbose_name="当时信息")),
                (
                    "entity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registers.legalentity",
                        verbose_name="法人单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "法人单位历史状态",
            },
        ),
        migrations.CreateModel(
            name="EntityStatus",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("existing", "存续"),
                            ("suspended", "歇业"),
                            ("revoked", "吊销"),
                            ("deregistered", "注销"),
                            ("annulled", "撤销登记"),
                            ("moved_out", "迁出"),
                        ],
                        max_length=12,
                        verbose_name="登记状态",
                    ),
                ),
                ("since", models.DateField(verbose_name="起始日期")),
                ("ground", models.CharField(blank=True, max_length=200, verbose_name="事由")),
                ("document_number", models.CharField(blank=True, max_length=60, verbose_name="文号")),
                ("created_at", models.DateTimeField(verbose_name="登记时间")),
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
                    "entity",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="registers.legalentity",
                        verbose_name="法人单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "登记状态变化",
            },
        ),
        migrations.CreateModel(
            name="EntityPerson",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateField(null=True, verbose_name="起始日期")),
                ("until", models.DateField(null=True, verbose_name="终止日期")),
                ("known_from", models.DateTimeField(verbose_name="入库时间")),
                ("known_until", models.DateTimeField(null=True, verbose_name="失效时间")),
                ("person", models.BigIntegerField(null=True, verbose_name="人口登记编号")),
                ("person_name", models.CharField(blank=True, max_length=60, verbose_name="姓名")),
                ("id_sealed", models.BinaryField(default=bytes, verbose_name="证件号码密文")),
                ("id_hash", models.CharField(blank=True, max_length=64, verbose_name="证件号码检索值")),
                ("id_masked", models.CharField(blank=True, max_length=30, verbose_name="证件号码")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("chair", "董事长"),
                            ("director", "董事"),
                            ("supervisor", "监事"),
                            ("manager", "经理"),
                            ("partner", "执行事务合伙人"),
                            ("liquidator", "清算组成员"),
                            ("finance", "财务负责人"),
                        ],
                        max_length=12,
                        verbose_name="职务",
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
                    "entity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="registers.legalentity",
                        verbose_name="法人单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "主要人员",
            },
        ),
        migrations.CreateModel(
            name="EntityName",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=160, verbose_name="曾用名称")),
                (
                    "words",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=4), default=list, size=None, verbose_name="检索词"
                    ),
                ),
                ("until", models.DateField(null=True, verbose_name="停用日期")),
                (
                    "entity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="registers.legalentity",
                        verbose_name="法人单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "曾用名称",
            },
        ),
        migrations.CreateModel(
            name="EntityLicence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateField(null=True, verbose_name="起始日期")),
                ("until", models.DateField(null=True, verbose_name="终止日期")),
                ("known_from", models.DateTimeField(verbose_name="入库时间")),
                ("known_until", models.DateTimeField(null=True, verbose_name="失效时间")),
                ("name", models.CharField(max_length=120, verbose_name="许可文件名称")),
                ("number", models.CharField(max_length=80, verbose_name="许可文件编号")),
                ("content", models.CharField(blank=True, max_length=300, verbose_name="许可内容")),
                ("issuer", models.CharField(max_length=120, verbose_name="许可机关")),
                ("revoked_on", models.DateField(null=True, verbose_name="撤销或注销日期")),
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
                    "entity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="registers.legalentity",
                        verbose_name="法人单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "行政许可",
            },
        ),
        migrations.CreateModel(
            name="EntityChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("entry", "登记"), ("change", "变更"), ("correction", "更正")],
                        max_length=12,
                        verbose_name="方式",
                    ),
                ),
                ("happened_date", models.DateField(verbose_name="发生日期")),
                ("recorded_at", models.DateTimeField(verbose_name="登记时间")),
                ("fields", models.JSONField(default=list, verbose_name="变动字段")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                ("actor", models.CharField(max_length=60, verbose_name="经办")),
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
                    "entity",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registers.legalentity",
                        verbose_name="法人单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "法人单位变更记录",
            },
        ),
        migrations.CreateModel(
            name="AnnualReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateField(null=True, verbose_name="起始日期")),
                ("until", models.DateField(null=True, verbose_name="终止日期")),
                ("known_from", models.DateTimeField(verbose_name="入库时间")),
                ("known_until", models.DateTimeField(null=True, verbose_name="失效时间")),
                ("year", models.PositiveSmallIntegerField(verbose_name="报告年度")),
                ("reported_on", models.DateField(verbose_name="报送日期")),
                ("employees", models.PositiveIntegerField(null=True, verbose_name="从业人数")),
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
                    "entity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="registers.legalentity",
                        verbose_name="法人单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "年度报告",
            },
        ),
        migrations.CreateModel(
            name="AbnormalListing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateField(null=True, verbose_name="起始日期")),
                ("until", models.DateField(null=True, verbose_name="终止日期")),
                ("known_from", models.DateTimeField(verbose_name="入库时间")),
                ("known_until", models.DateTimeField(null=True, verbose_name="失效时间")),
                ("ground", models.CharField(max_length=200, verbose_name="列入原因")),
                ("decided_by", models.CharField(max_length=120, verbose_name="作出决定机关")),
                ("removal_ground", models.CharField(blank=True, max_length=200, verbose_name="移出原因")),
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
                    "entity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="registers.legalentity",
                        verbose_name="法人单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "经营异常名录记录",
            },
        ),
        migrations.CreateModel(
            name="Shareholding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateField(null=True, verbose_name="起始日期")),
                ("until", models.DateField(null=True, verbose_name="终止日期")),
                ("known_from", models.DateTimeField(verbose_name="入库时间")),
                ("known_until", models.DateTimeField(null=True, verbose_name="失效时间")),
                ("person", models.BigIntegerField(null=True, verbose_name="人口登记编号")),
                ("person_name", models.CharField(blank=True, max_length=60, verbose_name="姓名")),
                ("id_sealed", models.BinaryField(default=bytes, verbose_name="证件号码密文")),
                ("id_hash", models.CharField(blank=True, max_length=64, verbose_name="证件号码检索值")),
                ("id_masked", models.CharField(blank=True, max_length=30, verbose_name="证件号码")),
                (
                    "holder_kind",
                    models.CharField(
                        choices=[("person", "自然人"), ("entity", "法人单位"), ("other", "其他投资者")],
                        max_length=8,
                        verbose_name="投资人类型",
                    ),
                ),
                ("holder_name", models.CharField(blank=True, max_length=160, verbose_name="投资人名称")),
                ("share", models.DecimalField(decimal_places=6, max_digits=9, null=True, verbose_name="持股比例（%）")),
                (
                    "subscribed",
                    models.DecimalField(decimal_places=2, max_digits=24, null=True, verbose_name="认缴出资额"),
                ),
                ("paid", models.DecimalField(decimal_places=2, max_digits=24, null=True, verbose_name="实缴出资额")),
                ("currency", models.CharField(default="CNY", max_length=3, verbose_name="币种")),
                (
                    "entity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="registers.legalentity",
                        verbose_name="法人单位",
                    ),
                ),
                (
                    "holder_entity",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registers.legalentity",
                        verbose_name="投资单位",
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
            ],
            options={
                "verbose_name": "出资信息",
            },
        ),
        migrations.AddIndex(
            model_name="legalentity",
            index=models.Index(fields=["organisation", "-created_at", "-id"], name="registers_entity_keyset"),
        ),
        migrations.AddIndex(
            model_name="legalentity",
            index=models.Index(fields=["-created_at", "-id"], name="registers_entity_newest"),
        ),
        migrations.AddIndex(
            model_name="legalentity",
            index=models.Index(
                fields=["division_code"], name="registers_entity_division", opclasses=["text_pattern_ops"]
            ),
        ),
        migrations.AddIndex(
            model_name="legalentity",
            index=models.Index(fields=["representative_name"], name="registers_entity_represented"),
        ),
        migrations.AddIndex(
            model_name="legalentity",
            index=models.Index(
                condition=models.Q(("representative_hash", ""), _negated=True),
                fields=["representative_hash"],
                name="registers_entity_repr_hash",
            ),
        ),
        migrations.AddIndex(
            model_name="legalentity",
            index=django.contrib.postgres.indexes.GinIndex(fields=["words"], name="registers_entity_words"),
        ),
        migrations.AddConstraint(
            model_name="entitystatus",
            constraint=models.UniqueConstraint(
                fields=("entity", "since", "status"), name="registers_entitystatus_once"
            ),
        ),
        migrations.AddIndex(
            model_name="entityperson",
            index=models.Index(
                condition=models.Q(("id_hash", ""), _negated=True), fields=["id_hash"], name="registers_officer_hash"
            ),
        ),
        migrations.AddIndex(
            model_name="entityperson",
            index=models.Index(
                condition=models.Q(("person__isnull", False)), fields=["person"], name="registers_officer_person"
            ),
        ),
        migrations.AddIndex(
            model_name="entityname",
            index=django.contrib.postgres.indexes.GinIndex(fields=["words"], name="registers_entityname_words"),
        ),
        migrations.AddConstraint(
            model_name="entityname",
            constraint=models.UniqueConstraint(fields=("entity", "name"), name="registers_entityname_once"),
        ),
        migrations.AddConstraint(
            model_name="entitylicence",
            constraint=models.UniqueConstraint(fields=("issuer", "number"), name="registers_licence_once"),
        ),
        migrations.AddIndex(
            model_name="entitychange",
            index=models.Index(fields=["entity", "-recorded_at", "-id"], name="registers_entitychange_entity"),
        ),
        migrations.AddConstraint(
            model_name="annualreport",
            constraint=models.UniqueConstraint(fields=("entity", "year"), name="registers_annualreport_once"),
        ),
        migrations.AddIndex(
            model_name="shareholding",
            index=models.Index(
                condition=models.Q(("id_hash", ""), _negated=True), fields=["id_hash"], name="registers_share_hash"
            ),
        ),
        migrations.AddIndex(
            model_name="shareholding",
            index=models.Index(
                condition=models.Q(("person__isnull", False)), fields=["person"], name="registers_share_person"
            ),
        ),
        migrations.AddConstraint(
            model_name="shareholding",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("share__isnull", True), models.Q(("share__gte", 0), ("share__lte", 100)), _connector="OR"
                ),
                name="registers_share_is_percent",
            ),
        ),
        migrations.AddConstraint(
            model_name="shareholding",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("holder_entity__isnull", False), ("holder_kind", "entity")),
                    models.Q(models.Q(("holder_kind", "entity"), _negated=True), ("holder_entity__isnull", True)),
                    _connector="OR",
                ),
                name="registers_share_held_by_entity",
            ),
        ),
    ]
