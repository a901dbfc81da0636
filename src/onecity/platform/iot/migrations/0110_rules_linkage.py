import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Before deployment. Linkage rules with their editions, standings, firings, outcomes and trials."""

    dependencies = [
        ('identity', '0003_find_accounts_by_name'),
        ('iot', '0106_ngsi_several_numbers'),
    ]

    operations = [
        migrations.AlterField(
            model_name='alarmrule',
            name='kind',
            field=models.CharField(choices=[('above', '高于上限'), ('below', '低于下限'), ('outside', '超出范围'), ('no_data', '数据中断'), ('linked', '联动规则')], max_length=10, verbose_name='规则类型'),
        ),
        migrations.CreateModel(
            name='LinkageEdition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('edition', models.PositiveIntegerField(verbose_name='版次')),
                ('state', models.CharField(choices=[('draft', '草稿'), ('published', '已发布'), ('superseded', '已被替代')], default='draft', max_length=12, verbose_name='状态')),
                ('mode', models.CharField(choices=[('each', '每台设备分别判断'), ('together', '全部设备合起来判断')], default='each', max_length=8, verbose_name='判断方式')),
                ('type_code', models.CharField(blank=True, max_length=80, verbose_name='设备类型')),
                ('device_ids', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None, verbose_name='指定设备')),
                ('condition', models.TextField(verbose_name='触发条件')),
                ('ending', models.TextField(blank=True, verbose_name='恢复条件')),
                ('parts', models.JSONField(null=True, verbose_name='条件组成')),
                ('hold_s', models.PositiveIntegerField(default=0, verbose_name='持续时间')),
                ('end_hold_s', models.PositiveIntegerField(default=0, verbose_name='恢复持续时间')),
                ('step_s', models.PositiveIntegerField(default=60, verbose_name='判断间隔')),
                ('late_s', models.PositiveIntegerField(default=30, verbose_name='等待迟到数据')),
                ('actions', models.JSONField(default=list, verbose_name='动作')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='版次说明')),
                ('author', models.CharField(max_length=60, verbose_name='编辑者')),
                ('created_at', models.DateTimeField(verbose_name='创建时间')),
                ('published_at', models.DateTimeField(null=True, verbose_name='发布时间')),
                ('publisher', models.CharField(blank=True, max_length=60, verbose_name='发布人')),
                ('alarm_rule', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='iot.alarmrule', verbose_name='告警规则')),
                ('group', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='iot.devicegroup', verbose_name='设备分组')),
            ],
            options={
                'verbose_name': '联动规则版次',
            },
        ),
        migrations.CreateModel(
            name='LinkageRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='规则名称')),
                ('division_code', models.CharField(blank=True, max_length=15, verbose_name='所在网格')),
                ('enabled', models.BooleanField(default=False, verbose_name='启用')),
                ('priority', models.PositiveSmallIntegerField(default=5, verbose_name='优先级')),
                ('judged_until', models.DateTimeField(null=True, verbose_name='已判定至')),
                ('queued_at', models.DateTimeField(null=True, verbose_name='排队时间')),
                ('skipped_at', models.DateTimeField(null=True, verbose_name='跳过时段截止')),
                ('author', models.CharField(max_length=60, verbose_name='创建人')),
                ('created_at', models.DateTimeField(verbose_name='创建时间')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.organisation', verbose_name='所属机构')),
            ],
            options={
                'verbose_name': '联动规则',
            },
        ),
        migrations.CreateModel(
            name='LinkageFiring',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.BigIntegerField(verbose_name='判断对象')),
                ('datastream_id', models.IntegerField(null=True, verbose_name='数据流')),
                ('begun_at', models.DateTimeField(verbose_name='条件成立时间')),
                ('fired_at', models.DateTimeField(verbose_name='触发时间')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='恢复时间')),
                ('values', models.JSONField(default=dict, verbose_name='触发时数据')),
                ('failures', models.PositiveSmallIntegerField(default=0, verbose_name='失败动作数')),
                ('organisation_id', models.BigIntegerField(verbose_name='所属机构')),
                ('division_code', models.CharField(blank=True, max_length=15, verbose_name='所在网格')),
                ('created_at', models.DateTimeField(verbose_name='记录时间')),
                ('alarm', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='iot.alarm', verbose_name='告警')),
                ('device', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='iot.device', verbose_name='设备')),
                ('edition', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='iot.linkageedition', verbose_name='联动规则版次')),
                ('rule', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='iot.linkagerule', verbose_name='联动规则')),
            ],
            options={
                'verbose_name': '联动触发',
            },
        ),
        migrations.AddField(
            model_name='linkageedition',
            name='rule',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='iot.linkagerule', verbose_name='联动规则'),
        ),
        migrations.CreateModel(
            name='LinkageState',
            fields=[
                ('pk', models.CompositePrimaryKey('rule_id', 'subject', blank=True, editable=False, primary_key=True, serialize=False)),
                ('subject', models.BigIntegerField(verbose_name='判断对象')),
                ('phase', models.PositiveSmallIntegerField(verbose_name='阶段')),
                ('since_at', models.DateTimeField(verbose_name='开始时间')),
                ('rule', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='iot.linkagerule', verbose_name='联动规则')),
            ],
            options={
                'verbose_name': '联动规则状态',
            },
        ),
        migrations.CreateModel(
            name='LinkageTrial',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since_at', models.DateTimeField(verbose_name='开始时间')),
                ('until_at', models.DateTimeField(verbose_name='结束时间')),
                ('state', models.CharField(choices=[('waiting', '等待'), ('running', '试算中'), ('done', '完成'), ('cancelled', '已取消')], default='waiting', max_length=10, verbose_name='状态')),
                ('run_id', models.BigIntegerField(null=True, verbose_name='后台任务')),
                ('result', models.JSONField(default=dict, verbose_name='结果')),
                ('asked_by', models.CharField(max_length=60, verbose_name='试算人')),
                ('created_at', models.DateTimeField(verbose_name='创建时间')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='完成时间')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='iot.linkageedition', verbose_name='联动规则版次')),
            ],
            options={
                'verbose_name': '联动规则试算',
            },
        ),
        migrations.CreateModel(
            name='LinkageOutcome',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.PositiveSmallIntegerField(verbose_name='次序')),
                ('content', models.JSONField(verbose_name='动作')),
                ('state', models.CharField(choices=[('waiting', '待执行'), ('done', '已执行'), ('failed', '失败')], default='waiting', max_length=8, verbose_name='状态')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='执行次数')),
                ('text', models.CharField(blank=True, max_length=200, verbose_name='执行结果')),
                ('result', models.CharField(blank=True, max_length=80, verbose_name='产生的对象')),
                ('at', models.DateTimeField(null=True, verbose_name='执行时间')),
                ('firing', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='iot.linkagefiring', verbose_name='联动触发')),
            ],
            options={
                'verbose_name': '联动动作',
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['firing'], name='iot_outcome_waiting')],
                'constraints': [models.UniqueConstraint(fields=('firing', 'place'), name='iot_outcome_once')],
            },
        ),
        migrations.AddIndex(
            model_name='linkagerule',
            index=models.Index(fields=['organisation', '-created_at', '-id'], name='iot_linkage_keyset'),
        ),
        migrations.AddIndex(
            model_name='linkagerule',
            index=models.Index(condition=models.Q(('enabled', True)), fields=['priority', 'judged_until'], name='iot_linkage_due'),
        ),
        migrations.AddConstraint(
            model_name='linkagerule',
            constraint=models.UniqueConstraint(fields=('organisation', 'name'), name='iot_linkage_once'),
        ),
        migrations.AddConstraint(
            model_name='linkagerule',
            constraint=models.CheckConstraint(condition=models.Q(('priority__gte', 1), ('priority__lte', 9)), name='iot_linkage_priority'),
        ),
        migrations.AddIndex(
            model_name='linkagefiring',
            index=models.Index(fields=['rule', '-created_at', '-id'], name='iot_firing_of_rule'),
        ),
        migrations.AddIndex(
            model_name='linkagefiring',
            index=models.Index(fields=['organisation_id', '-created_at', '-id'], name='iot_firing_keyset'),
        ),
        migrations.AddConstraint(
            model_name='linkagefiring',
            constraint=models.UniqueConstraint(fields=('edition', 'subject', 'begun_at'), name='iot_firing_once'),
        ),
        migrations.AddConstraint(
            model_name='linkagefiring',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('rule', 'subject'), name='iot_firing_one_open'),
        ),
        migrations.AddConstraint(
            model_name='linkageedition',
            constraint=models.UniqueConstraint(fields=('rule', 'edition'), name='iot_linkage_edition'),
        ),
        migrations.AddConstraint(
            model_name='linkageedition',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'draft')), fields=('rule',), name='iot_linkage_one_draft'),
        ),
        migrations.AddConstraint(
            model_name='linkageedition',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'published')), fields=('rule',), name='iot_linkage_one_published'),
        ),
    ]
