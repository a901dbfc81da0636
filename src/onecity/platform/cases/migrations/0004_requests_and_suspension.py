"""Before deployment. Requests inside cases; cases that stand still."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Requests."""

    dependencies = [
        ('cases', '0003_weeks_among_the_search_terms'),
        ('identity', '0003_find_accounts_by_name'),
    ]

    operations = [
        migrations.CreateModel(
            name='Request',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule_code', models.CharField(max_length=40, verbose_name='申请事项编码')),
                ('name', models.CharField(max_length=80, verbose_name='申请事项')),
                ('kind', models.CharField(choices=[('postpone', '延期'), ('suspend', '挂账'), ('return', '退回'), ('force_close', '强制结案'), ('reopen', '重新办理')], max_length=12, verbose_name='种类')),
                ('state', models.CharField(choices=[('pending', '审批中'), ('granted', '已同意'), ('refused', '不同意'), ('withdrawn', '已撤回'), ('lapsed', '已失效')], default='pending', max_length=10, verbose_name='状态')),
                ('reason', models.TextField(verbose_name='理由')),
                ('reason_code', models.CharField(blank=True, max_length=40, verbose_name='原因编码')),
                ('amount', models.CharField(blank=True, max_length=20, verbose_name='延期数量')),
                ('unit', models.CharField(blank=True, max_length=20, verbose_name='延期单位')),
                ('until', models.DateTimeField(null=True, verbose_name='复查时间')),
                ('asked_at', models.DateTimeField(verbose_name='申请时间')),
                ('asked_by', models.CharField(max_length=60, verbose_name='申请人')),
                ('asked_by_name', models.CharField(blank=True, max_length=60, verbose_name='申请人姓名')),
                ('organisation_id', models.BigIntegerField(null=True, verbose_name='申请机构')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='审批时间')),
                ('decided_by', models.CharField(blank=True, max_length=60, verbose_name='审批人')),
                ('decided_by_name', models.CharField(blank=True, max_length=60, verbose_name='审批人姓名')),
                ('note', models.TextField(blank=True, verbose_name='审批意见')),
            ],
            options={
                'verbose_name': '案件申请',
            },
        ),
        migrations.AddField(
            model_name='case',
            name='suspended_until',
            field=models.DateTimeField(null=True, verbose_name='挂账复查时间'),
        ),
        migrations.AlterField(
            model_name='entry',
            name='kind',
            field=models.CharField(choices=[('opened', '立案'), ('task_opened', '任务下达'), ('completed', '办理'), ('cancelled', '任务取消'), ('claimed', '签收'), ('released', '退回待签收'), ('reassigned', '改派'), ('acted', '系统动作'), ('light', '变灯'), ('paused', '停表'), ('resumed', '恢复计时'), ('note', '备注'), ('attached', '上传附件'), ('merged', '合并'), ('asked', '提出申请'), ('decided', '审批申请'), ('lapsed', '申请终止'), ('postponed', '延期'), ('suspended', '挂账'), ('reopened', '重新办理'), ('closed', '结束')], max_length=12, verbose_name='事项'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('suspended_until__isnull', True), ('status', 'open'), _connector='OR'), name='cases_case_suspended_while_open'),
        ),
        migrations.AddField(
            model_name='request',
            name='approval',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.task', verbose_name='审批任务'),
        ),
        migrations.AddField(
            model_name='request',
            name='case',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.case', verbose_name='案件'),
        ),
        migrations.AddField(
            model_name='request',
            name='task',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.task', verbose_name='所涉任务'),
        ),
        migrations.AddIndex(
            model_name='request',
            index=models.Index(fields=['case', 'id'], name='cases_request_of_case'),
        ),
        migrations.AddIndex(
            model_name='request',
            index=models.Index(condition=models.Q(('approval__isnull', False)), fields=['approval'], name='cases_request_approval'),
        ),
        migrations.AddConstraint(
            model_name='request',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'pending')), fields=('case', 'rule_code', 'task'), name='cases_request_once_at_a_time', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='request',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('state', 'pending')), models.Q(models.Q(('state', 'pending'), _negated=True), ('decided_at__isnull', False)), _connector='OR'), name='cases_request_decided_or_pending'),
        ),
    ]
