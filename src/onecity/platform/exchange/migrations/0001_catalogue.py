"""Before deployment. The resource catalogue: classes, datasets, versions, fields, lineage, use, corrections."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Tables."""

    initial = True

    dependencies = [
        ('exchange', '0002_flows_first_rows'),
        ('geo', '0001_divisions_grids_and_base_map'),
        ('identity', '0003_find_accounts_by_name'),
    ]

    operations = [
        migrations.CreateModel(
            name='CatalogueCount',
            fields=[
                ('pk', models.CompositePrimaryKey('audience', 'facet', 'value', blank=True, editable=False, primary_key=True, serialize=False)),
                ('audience', models.CharField(max_length=6, verbose_name='范围')),
                ('facet', models.CharField(max_length=20, verbose_name='维度')),
                ('value', models.CharField(max_length=40, verbose_name='取值')),
                ('number', models.BigIntegerField(default=0, verbose_name='目录数')),
            ],
            options={
                'verbose_name': '目录计数',
            },
        ),
        migrations.CreateModel(
            name='CatalogueRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField(unique=True, verbose_name='施行日期')),
                ('separator', models.CharField(max_length=3, verbose_name='资源代码分隔符')),
                ('serial_digits', models.PositiveSmallIntegerField(verbose_name='资源代码顺序号位数')),
                ('province_digits', models.CharField(blank=True, max_length=2, verbose_name='省级代码前两位')),
                ('district_letter', models.CharField(max_length=1, verbose_name='行政层级代码')),
                ('correction_days', models.PositiveSmallIntegerField(verbose_name='校核答复时限（工作日）')),
                ('review_days', models.PositiveSmallIntegerField(verbose_name='目录审核时限（工作日）')),
                ('change_days', models.PositiveSmallIntegerField(verbose_name='目录变更更新时限（工作日）')),
                ('overdue_grace', models.PositiveSmallIntegerField(verbose_name='更新宽限期（工作日）')),
                ('source', models.CharField(max_length=200, verbose_name='依据')),
                ('author', models.CharField(max_length=60, verbose_name='录入人')),
                ('created_at', models.DateTimeField(verbose_name='录入时间')),
            ],
            options={
                'verbose_name': '目录编制规则',
            },
        ),
        migrations.CreateModel(
            name='CodeList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=60, unique=True, verbose_name='代码表编码')),
                ('name', models.CharField(max_length=80, verbose_name='代码表名称')),
                ('source', models.CharField(blank=True, max_length=120, verbose_name='依据')),
            ],
            options={
                'verbose_name': '代码表',
            },
        ),
        migrations.CreateModel(
            name='ResourceSerial',
            fields=[
                ('class_code', models.CharField(max_length=20, primary_key=True, serialize=False, verbose_name='分类代码')),
                ('last', models.PositiveIntegerField(default=0, verbose_name='最后顺序号')),
            ],
            options={
                'verbose_name': '资源代码顺序号',
            },
        ),
        migrations.CreateModel(
            name='UsageTotal',
            fields=[
                ('dataset_id', models.BigIntegerField(primary_key=True, serialize=False, verbose_name='数据集')),
                ('views', models.BigIntegerField(default=0, verbose_name='浏览次数')),
                ('downloads', models.BigIntegerField(default=0, verbose_name='下载次数')),
                ('queries', models.BigIntegerField(default=0, verbose_name='查询次数')),
                ('shares', models.BigIntegerField(default=0, verbose_name='共享次数')),
            ],
            options={
                'verbose_name': '数据集累计使用量',
            },
        ),
        migrations.CreateModel(
            name='CatalogueClass',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=20, unique=True, verbose_name='分类代码')),
                ('name', models.CharField(max_length=60, verbose_name='分类名称')),
                ('level', models.PositiveSmallIntegerField(choices=[(1, '类'), (2, '项'), (3, '目'), (4, '细目')], verbose_name='分类层级')),
                ('parent_code', models.CharField(blank=True, max_length=20, verbose_name='上级分类代码')),
                ('is_active', models.BooleanField(default=True, verbose_name='是否启用')),
                ('source', models.CharField(blank=True, max_length=120, verbose_name='依据')),
            ],
            options={
                'verbose_name': '信息资源分类',
                'indexes': [models.Index(fields=['parent_code', 'code'], name='exchange_class_parent')],
                'constraints': [models.CheckConstraint(condition=models.Q(('code__startswith', models.F('parent_code'))), name='exchange_class_lies_in_parent')],
            },
        ),
        migrations.CreateModel(
            name='Dataset',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=80, unique=True, verbose_name='目录编码')),
                ('resource_code', models.CharField(blank=True, max_length=40, verbose_name='信息资源代码')),
                ('front_code', models.CharField(blank=True, max_length=6, verbose_name='前段码')),
                ('back_code', models.CharField(blank=True, max_length=10, verbose_name='后段码')),
                ('declared', models.BooleanField(default=False, verbose_name='是否系统内置')),
                ('state', models.CharField(choices=[('draft', '编制中'), ('published', '已发布'), ('withdrawn', '已撤销')], default='draft', max_length=10, verbose_name='状态')),
                ('title', models.CharField(max_length=120, verbose_name='信息资源名称')),
                ('class_code', models.CharField(max_length=20, verbose_name='信息资源分类')),
                ('sharing_type', models.CharField(choices=[('unconditional', '无条件'), ('conditional', '有条件'), ('none', '不予')], max_length=14, verbose_name='共享类型')),
                ('open_type', models.CharField(choices=[('unconditional', '无条件'), ('conditional', '有条件'), ('none', '不予')], max_length=14, verbose_name='开放类型')),
                ('update_cycle', models.CharField(choices=[('realtime', '实时'), ('daily', '每日'), ('weekly', '每周'), ('monthly', '每月'), ('quarterly', '每季度'), ('half_yearly', '每半年'), ('yearly', '每年'), ('irregular', '不定期'), ('not_updated', '不更新')], max_length=12, verbose_name='更新周期')),
                ('words', models.TextField(blank=True, verbose_name='检索文本')),
                ('last_data_at', models.DateTimeField(null=True, verbose_name='最近数据时间')),
                ('next_data_at', models.DateTimeField(null=True, verbose_name='应更新时间')),
                ('created_at', models.DateTimeField(verbose_name='登记时间')),
                ('published_at', models.DateTimeField(null=True, verbose_name='发布时间')),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.organisation', verbose_name='提供方')),
            ],
            options={
                'verbose_name': '数据集',
            },
        ),
        migrations.CreateModel(
            name='DatasetVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='版本号')),
                ('state', models.CharField(choices=[('draft', '草稿'), ('submitted', '待审核'), ('returned', '已退回'), ('published', '已发布'), ('replaced', '已更替'), ('withdrawn', '已撤销')], default='draft', max_length=10, verbose_name='状态')),
                ('title', models.CharField(max_length=120, verbose_name='信息资源名称')),
                ('abstract', models.TextField(max_length=2000, verbose_name='信息资源摘要')),
                ('class_code', models.CharField(max_length=20, verbose_name='信息资源分类')),
                ('provider_unit', models.CharField(blank=True, max_length=80, verbose_name='提供方内部机构')),
                ('provider_credit_code', models.CharField(blank=True, max_length=18, verbose_name='提供方代码')),
                ('format_class', models.CharField(choices=[('file', '电子文件'), ('spreadsheet', '电子表格'), ('database', '数据库'), ('image', '图形图像'), ('stream', '流媒体'), ('self_described', '自描述格式')], default='database', max_length=16, verbose_name='信息资源格式分类')),
                ('format_type', models.CharField(blank=True, max_length=40, verbose_name='信息资源格式类型')),
                ('resource_kind', models.CharField(choices=[('table', '库表'), ('file', '文件'), ('api', '接口')], default='table', max_length=6, verbose_name='资源类型')),
                ('sharing_type', models.CharField(choices=[('unconditional', '无条件'), ('conditional', '有条件'), ('none', '不予')], max_length=14, verbose_name='共享类型')),
                ('sharing_condition', models.CharField(blank=True, max_length=400, verbose_name='共享条件')),
                ('sharing_ground', models.CharField(blank=True, max_length=400, verbose_name='不予共享依据')),
                ('sharing_mode', models.CharField(blank=True, max_length=40, verbose_name='共享方式')),
                ('open_type', models.CharField(choices=[('unconditional', '无条件'), ('conditional', '有条件'), ('none', '不予')], default='none', max_length=14, verbose_name='开放类型')),
                ('open_condition', models.CharField(blank=True, max_length=400, verbose_name='开放条件')),
                ('licence_code', models.CharField(blank=True, max_length=40, verbose_name='开放许可')),
                ('update_cycle', models.CharField(choices=[('realtime', '实时'), ('daily', '每日'), ('weekly', '每周'), ('monthly', '每月'), ('quarterly', '每季度'), ('half_yearly', '每半年'), ('yearly', '每年'), ('irregular', '不定期'), ('not_updated', '不更新')], max_length=12, verbose_name='更新周期')),
                ('keywords', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), default=list, size=None, verbose_name='关键词')),
                ('related_codes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=80), default=list, size=None, verbose_name='关联资源代码')),
                ('has_geometry', models.BooleanField(default=False, verbose_name='是否含空间位置')),
                ('source_kind', models.CharField(choices=[('declared', '系统内置'), ('connection', '部门库表'), ('nowhere', '未挂接')], default='nowhere', max_length=12, verbose_name='数据来源方式')),
                ('source_place', models.CharField(blank=True, max_length=80, verbose_name='连接编码')),
                ('source_table', models.CharField(blank=True, max_length=200, verbose_name='来源表')),
                ('digest', models.CharField(blank=True, max_length=64, verbose_name='内容摘要')),
                ('change_note', models.CharField(blank=True, max_length=200, verbose_name='变更说明')),
                ('created_by', models.CharField(max_length=60, verbose_name='编制人')),
                ('created_at', models.DateTimeField(verbose_name='编制时间')),
                ('submitted_by', models.CharField(blank=True, max_length=60, verbose_name='提交人')),
                ('submitted_at', models.DateTimeField(null=True, verbose_name='提交时间')),
                ('review_due_at', models.DateTimeField(null=True, verbose_name='审核期限')),
                ('decided_by', models.CharField(blank=True, max_length=60, verbose_name='审核人')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='审核时间')),
                ('return_reason', models.CharField(blank=True, max_length=400, verbose_name='退回理由')),
                ('published_at', models.DateTimeField(null=True, verbose_name='发布日期')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='停用时间')),
                ('end_reason', models.CharField(blank=True, max_length=400, verbose_name='撤销理由')),
                ('dataset', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exchange.dataset', verbose_name='数据集')),
            ],
            options={
                'verbose_name': '数据集版本',
            },
        ),
        migrations.AddField(
            model_name='dataset',
            name='version',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exchange.datasetversion', verbose_name='现行版本'),
        ),
        migrations.CreateModel(
            name='DataField',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(verbose_name='序号')),
                ('name', models.CharField(max_length=63, verbose_name='字段名')),
                ('title', models.CharField(max_length=80, verbose_name='信息项名称')),
                ('type', models.CharField(max_length=10, verbose_name='数据类型')),
                ('length', models.PositiveIntegerField(null=True, verbose_name='长度')),
                ('precision', models.PositiveSmallIntegerField(null=True, verbose_name='总位数')),
                ('scale', models.PositiveSmallIntegerField(null=True, verbose_name='小数位数')),
                ('unit', models.CharField(blank=True, max_length=20, verbose_name='计量单位')),
                ('is_key', models.BooleanField(default=False, verbose_name='是否主键')),
                ('nullable', models.BooleanField(default=True, verbose_name='是否可空')),
                ('code_list_code', models.CharField(blank=True, max_length=60, verbose_name='代码表')),
                ('sensitivity', models.CharField(choices=[('public', '公开'), ('internal', '内部'), ('sensitive', '敏感'), ('highly_sensitive', '高度敏感')], default='internal', max_length=16, verbose_name='敏感级别')),
                ('mask', models.CharField(blank=True, max_length=40, verbose_name='脱敏方式')),
                ('sharing_type', models.CharField(blank=True, choices=[('unconditional', '无条件'), ('conditional', '有条件'), ('none', '不予')], max_length=14, verbose_name='共享类型')),
                ('is_open', models.BooleanField(default=False, verbose_name='是否开放')),
                ('description', models.CharField(blank=True, max_length=200, verbose_name='说明')),
                ('version', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='exchange.datasetversion', verbose_name='版本')),
            ],
            options={
                'verbose_name': '信息项',
            },
        ),
        migrations.CreateModel(
            name='DownloadFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('format', models.CharField(max_length=8, verbose_name='格式')),
                ('storage_name', models.CharField(blank=True, max_length=80, verbose_name='存储名')),
                ('size', models.BigIntegerField(default=0, verbose_name='大小（字节）')),
                ('rows', models.BigIntegerField(default=0, verbose_name='行数')),
                ('digest', models.CharField(blank=True, max_length=64, verbose_name='SM3摘要')),
                ('asked_at', models.DateTimeField(verbose_name='请求时间')),
                ('made_at', models.DateTimeField(null=True, verbose_name='生成时间')),
                ('version', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='exchange.datasetversion', verbose_name='版本')),
            ],
            options={
                'verbose_name': '开放数据文件',
            },
        ),
        migrations.CreateModel(
            name='Licence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40, unique=True, verbose_name='许可编码')),
                ('name', models.CharField(max_length=120, verbose_name='许可名称')),
                ('uri', models.URLField(verbose_name='许可地址')),
                ('is_default', models.BooleanField(default=False, verbose_name='是否默认')),
            ],
            options={
                'verbose_name': '开放许可',
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_default', True)), fields=('is_default',), name='exchange_licence_one_default')],
            },
        ),
        migrations.CreateModel(
            name='LineageEdge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('origin', models.CharField(choices=[('flow', '数据流'), ('hand', '人工登记')], max_length=6, verbose_name='登记方式')),
                ('flow_code', models.CharField(blank=True, max_length=80, verbose_name='数据流编码')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='说明')),
                ('fields', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=63), default=list, size=None, verbose_name='涉及字段')),
                ('created_at', models.DateTimeField(verbose_name='登记时间')),
                ('source', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='exchange.dataset', verbose_name='来源')),
                ('target', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='exchange.dataset', verbose_name='去向')),
            ],
            options={
                'verbose_name': '数据血缘',
            },
        ),
        migrations.CreateModel(
            name='ProviderCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('front_code', models.CharField(max_length=6, unique=True, verbose_name='前段码')),
                ('last_back_code', models.PositiveIntegerField(default=0, verbose_name='最后后段码')),
                ('organisation', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.organisation', verbose_name='提供方')),
            ],
            options={
                'verbose_name': '提供方代码',
            },
        ),
        migrations.CreateModel(
            name='UsageDay',
            fields=[
                ('pk', models.CompositePrimaryKey('dataset_id', 'day', blank=True, editable=False, primary_key=True, serialize=False)),
                ('dataset_id', models.BigIntegerField(verbose_name='数据集')),
                ('day', models.DateField(verbose_name='日期')),
                ('views', models.PositiveIntegerField(default=0, verbose_name='浏览次数')),
                ('downloads', models.PositiveIntegerField(default=0, verbose_name='下载次数')),
                ('queries', models.PositiveIntegerField(default=0, verbose_name='查询次数')),
                ('shares', models.PositiveIntegerField(default=0, verbose_name='共享次数')),
            ],
            options={
                'verbose_name': '数据集每日使用量',
                'indexes': [models.Index(fields=['day'], name='exchange_usageday_day')],
            },
        ),
        migrations.CreateModel(
            name='CodeValue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('value', models.CharField(max_length=40, verbose_name='代码')),
                ('name', models.CharField(max_length=120, verbose_name='代码名称')),
                ('position', models.PositiveIntegerField(verbose_name='顺序')),
                ('code_list', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='exchange.codelist', verbose_name='代码表')),
            ],
            options={
                'verbose_name': '代码值',
                'constraints': [models.UniqueConstraint(fields=('code_list', 'value'), name='exchange_codevalue_once')],
            },
        ),
        migrations.CreateModel(
            name='Correction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version_number', models.PositiveIntegerField(verbose_name='版本号')),
                ('reporter', models.CharField(max_length=60, verbose_name='提出人')),
                ('reporter_id', models.BigIntegerField(null=True, verbose_name='提出人编号')),
                ('field_name', models.CharField(blank=True, max_length=63, verbose_name='字段名')),
                ('record_key', models.CharField(blank=True, max_length=80, verbose_name='记录标识')),
                ('description', models.CharField(max_length=400, verbose_name='疑义描述')),
                ('state', models.CharField(choices=[('open', '待核实'), ('corrected', '已更正'), ('confirmed', '核实无误')], default='open', max_length=10, verbose_name='状态')),
                ('created_at', models.DateTimeField(verbose_name='提出时间')),
                ('due_at', models.DateTimeField(verbose_name='答复期限')),
                ('answer', models.CharField(blank=True, max_length=400, verbose_name='答复')),
                ('answered_by', models.CharField(blank=True, max_length=60, verbose_name='答复人')),
                ('answered_at', models.DateTimeField(null=True, verbose_name='答复时间')),
                ('told_late_at', models.DateTimeField(null=True, verbose_name='超期提醒时间')),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.organisation', verbose_name='提供方')),
                ('reporter_organisation', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.organisation', verbose_name='提出单位')),
                ('dataset', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exchange.dataset', verbose_name='数据集')),
            ],
            options={
                'verbose_name': '数据校核',
                'indexes': [models.Index(fields=['organisation', '-created_at', '-id'], name='exchange_correction_keyset'), models.Index(fields=['reporter_organisation', '-created_at', '-id'], name='exchange_correction_mine'), models.Index(fields=['dataset', '-created_at', '-id'], name='exchange_correction_data'), models.Index(condition=models.Q(('state', 'open')), fields=['due_at'], name='exchange_correction_due')],
            },
        ),
        migrations.AddIndex(
            model_name='datasetversion',
            index=models.Index(condition=models.Q(('state', 'submitted')), fields=['submitted_at', 'id'], name='exchange_version_waiting'),
        ),
        migrations.AddConstraint(
            model_name='datasetversion',
            constraint=models.UniqueConstraint(fields=('dataset', 'number'), name='exchange_version_number'),
        ),
        migrations.AddConstraint(
            model_name='datasetversion',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'published')), fields=('dataset',), name='exchange_version_one_published'),
        ),
        migrations.AddConstraint(
            model_name='datasetversion',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['draft', 'submitted', 'returned'])), fields=('dataset',), name='exchange_version_one_draft'),
        ),
        migrations.AddIndex(
            model_name='dataset',
            index=models.Index(fields=['organisation', '-created_at', '-id'], name='exchange_dataset_keyset'),
        ),
        migrations.AddIndex(
            model_name='dataset',
            index=models.Index(fields=['state', '-created_at', '-id'], name='exchange_dataset_newest'),
        ),
        migrations.AddIndex(
            model_name='dataset',
            index=models.Index(fields=['class_code'], name='exchange_dataset_class', opclasses=['varchar_pattern_ops']),
        ),
        migrations.AddIndex(
            model_name='dataset',
            index=models.Index(condition=models.Q(('state', 'published'), models.Q(('open_type', 'none'), _negated=True)), fields=['-created_at', '-id'], name='exchange_dataset_open'),
        ),
        migrations.AddIndex(
            model_name='dataset',
            index=models.Index(condition=models.Q(('next_data_at__isnull', False), ('state', 'published')), fields=['next_data_at', 'id'], name='exchange_dataset_due'),
        ),
        migrations.AddIndex(
            model_name='dataset',
            index=django.contrib.postgres.indexes.GinIndex(models.Func(models.F('words'), function='geo_bigrams'), name='exchange_dataset_words'),
        ),
        migrations.AddConstraint(
            model_name='dataset',
            constraint=models.UniqueConstraint(condition=models.Q(('resource_code', ''), _negated=True), fields=('resource_code',), name='exchange_dataset_resource_code'),
        ),
        migrations.AddConstraint(
            model_name='dataset',
            constraint=models.UniqueConstraint(condition=models.Q(('front_code', ''), _negated=True), fields=('front_code', 'back_code'), name='exchange_dataset_identifier'),
        ),
        migrations.AddConstraint(
            model_name='datafield',
            constraint=models.UniqueConstraint(fields=('version', 'position'), name='exchange_datafield_order'),
        ),
        migrations.AddConstraint(
            model_name='datafield',
            constraint=models.UniqueConstraint(fields=('version', 'name'), name='exchange_datafield_once'),
        ),
        migrations.AddConstraint(
            model_name='downloadfile',
            constraint=models.UniqueConstraint(fields=('version', 'format'), name='exchange_downloadfile_once'),
        ),
        migrations.AddIndex(
            model_name='lineageedge',
            index=models.Index(fields=['target', 'source'], name='exchange_lineage_target'),
        ),
        migrations.AddConstraint(
            model_name='lineageedge',
            constraint=models.UniqueConstraint(fields=('source', 'target', 'flow_code'), name='exchange_lineage_once'),
        ),
        migrations.AddConstraint(
            model_name='lineageedge',
            constraint=models.CheckConstraint(condition=models.Q(('source', models.F('target')), _negated=True), name='exchange_lineage_leads_on'),
        ),
    ]
