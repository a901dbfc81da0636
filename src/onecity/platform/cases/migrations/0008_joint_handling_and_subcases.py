"""Before deployment. Joint handling and sub-cases: new tables, nothing that exists changes."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):


    dependencies = [
        ('cases', '0007_watch_what_is_late'),
        ('identity', '0003_find_accounts_by_name'),
    ]

    operations = [
        migrations.AlterField(
            model_name='entry',
            name='kind',
            field=models.CharField(choices=[('opened', '立案'), ('task_opened', '任务下达'), ('completed', '办理'), ('cancelled', '任务取消'), ('claimed', '签收'), ('released', '退回待签收'), ('reassigned', '改派'), ('acted', '系统动作'), ('light', '变灯'), ('paused', '停表'), ('resumed', '恢复计时'), ('note', '备注'), ('attached', '上传附件'), ('merged', '合并'), ('asked', '提出申请'), ('decided', '审批申请'), ('lapsed', '申请终止'), ('postponed', '延期'), ('suspended', '挂账'), ('reopened', '重新办理'), ('card', '监察牌'), ('appealed', '申诉'), ('card_settled', '申诉答复'), ('escalated', '上报督办'), ('invited', '邀请协办'), ('assisted', '协办答复'), ('overruled', '不再等待'), ('subcase', '下达子案件'), ('sub_ended', '子案件结束'), ('closed', '结束')], max_length=12, verbose_name='事项'),
        ),
        migrations.CreateModel(
            name='Assistance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule_code', models.CharField(max_length=40, verbose_name='协办事项编码')),
                ('name', models.CharField(max_length=80, verbose_name='协办事项')),
                ('state', models.CharField(choices=[('waiting', '协办中'), ('assisted', '协办完毕'), ('declined', '不属于本单位'), ('overruled', '不再等待'), ('withdrawn', '已撤回'), ('lapsed', '已失效')], default='waiting', max_length=10, verbose_name='状态')),
                ('wish', models.TextField(verbose_name='协办要求')),
                ('asked_at', models.DateTimeField(verbose_name='邀请时间')),
                ('asked_by', models.CharField(max_length=60, verbose_name='邀请人')),
                ('asked_by_name', models.CharField(blank=True, max_length=60, verbose_name='邀请人姓名')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='结束时间')),
                ('ended_by_name', models.CharField(blank=True, max_length=60, verbose_name='答复人姓名')),
                ('note', models.TextField(blank=True, verbose_name='协办意见')),
                ('assist', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.task', verbose_name='协办任务')),
                ('case', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.case', verbose_name='案件')),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.organisation', verbose_name='协办单位')),
                ('task', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.task', verbose_name='主办任务')),
            ],
            options={
                'verbose_name': '协办',
                'indexes': [models.Index(fields=['case', 'id'], name='cases_assistance_of_case'), models.Index(fields=['organisation', '-asked_at', '-id'], name='cases_assistance_keyset'), models.Index(fields=['assist'], name='cases_assistance_task')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'waiting')), fields=('task', 'organisation'), name='cases_assistance_once_at_a_time'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('state', 'waiting')), models.Q(models.Q(('state', 'waiting'), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='cases_assistance_ended_or_waiting')],
            },
        ),
        migrations.CreateModel(
            name='Subcase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule_code', models.CharField(max_length=40, verbose_name='子案件编码')),
                ('name', models.CharField(max_length=80, verbose_name='子案件事项')),
                ('waits', models.BooleanField(verbose_name='主案件是否等待')),
                ('organisation_id', models.BigIntegerField(null=True, verbose_name='下达机构')),
                ('opened_at', models.DateTimeField(verbose_name='下达时间')),
                ('opened_by', models.CharField(max_length=60, verbose_name='下达人')),
                ('opened_by_name', models.CharField(blank=True, max_length=60, verbose_name='下达人姓名')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='结束时间')),
                ('result', models.CharField(blank=True, max_length=10, verbose_name='结果')),
                ('child', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.case', verbose_name='子案件')),
                ('parent', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.case', verbose_name='主案件')),
                ('task', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.task', verbose_name='主案件任务')),
            ],
            options={
                'verbose_name': '子案件',
                'indexes': [models.Index(fields=['parent', 'id'], name='cases_subcase_of_parent'), models.Index(condition=models.Q(('ended_at__isnull', True)), fields=['id'], name='cases_subcase_running')],
            },
        ),
    ]
