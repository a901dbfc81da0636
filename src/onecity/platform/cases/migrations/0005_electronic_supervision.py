"""Before deployment. Cards against lateness; tasks that are watched."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Cards."""

    dependencies = [
        ('cases', '0004_requests_and_suspension'),
        ('identity', '0003_find_accounts_by_name'),
    ]

    operations = [
        migrations.CreateModel(
            name='Card',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.CharField(choices=[('yellow', '黄牌'), ('red', '红牌')], max_length=10, verbose_name='等级')),
                ('state', models.CharField(choices=[('issued', '已发出'), ('appealed', '申诉中'), ('withdrawn', '已撤销'), ('upheld', '维持')], default='issued', max_length=10, verbose_name='状态')),
                ('division_code', models.CharField(blank=True, max_length=15, verbose_name='网格或区划代码')),
                ('post', models.CharField(max_length=80, verbose_name='申诉答复岗位')),
                ('missed_at', models.DateTimeField(verbose_name='应办结时间')),
                ('issued_at', models.DateTimeField(verbose_name='发出时间')),
                ('appeal_until', models.DateTimeField(verbose_name='申诉截止时间')),
                ('appealed_at', models.DateTimeField(null=True, verbose_name='申诉时间')),
                ('appealed_by', models.CharField(blank=True, max_length=60, verbose_name='申诉人')),
                ('appealed_by_name', models.CharField(blank=True, max_length=60, verbose_name='申诉人姓名')),
                ('appeal', models.TextField(blank=True, verbose_name='申诉理由')),
                ('decide_by', models.DateTimeField(null=True, verbose_name='答复期限')),
                ('reminded_at', models.DateTimeField(null=True, verbose_name='催办时间')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='答复时间')),
                ('decided_by', models.CharField(blank=True, max_length=60, verbose_name='答复人')),
                ('decided_by_name', models.CharField(blank=True, max_length=60, verbose_name='答复人姓名')),
                ('note', models.TextField(blank=True, verbose_name='答复意见')),
            ],
            options={
                'verbose_name': '监察牌',
            },
        ),
        migrations.AddField(
            model_name='task',
            name='watch_at',
            field=models.DateTimeField(null=True, verbose_name='下次监察时间'),
        ),
        migrations.AddField(
            model_name='task',
            name='watch_step',
            field=models.PositiveSmallIntegerField(db_default=0, default=0, verbose_name='已采取的监察措施数'),
        ),
        migrations.AlterField(
            model_name='entry',
            name='kind',
            field=models.CharField(choices=[('opened', '立案'), ('task_opened', '任务下达'), ('completed', '办理'), ('cancelled', '任务取消'), ('claimed', '签收'), ('released', '退回待签收'), ('reassigned', '改派'), ('acted', '系统动作'), ('light', '变灯'), ('paused', '停表'), ('resumed', '恢复计时'), ('note', '备注'), ('attached', '上传附件'), ('merged', '合并'), ('asked', '提出申请'), ('decided', '审批申请'), ('lapsed', '申请终止'), ('postponed', '延期'), ('suspended', '挂账'), ('reopened', '重新办理'), ('card', '监察牌'), ('appealed', '申诉'), ('card_settled', '申诉答复'), ('escalated', '上报督办'), ('closed', '结束')], max_length=12, verbose_name='事项'),
        ),
        migrations.AddField(
            model_name='card',
            name='account',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.account', verbose_name='责任人'),
        ),
        migrations.AddField(
            model_name='card',
            name='case',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.case', verbose_name='案件'),
        ),
        migrations.AddField(
            model_name='card',
            name='organisation',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.organisation', verbose_name='责任机构'),
        ),
        migrations.AddField(
            model_name='card',
            name='task',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.task', verbose_name='任务'),
        ),
        migrations.AddIndex(
            model_name='card',
            index=models.Index(fields=['organisation', '-issued_at', '-id'], name='cases_card_keyset'),
        ),
        migrations.AddIndex(
            model_name='card',
            index=models.Index(fields=['-issued_at', '-id'], name='cases_card_newest'),
        ),
        migrations.AddIndex(
            model_name='card',
            index=models.Index(fields=['case', 'id'], name='cases_card_of_case'),
        ),
        migrations.AddIndex(
            model_name='card',
            index=models.Index(condition=models.Q(('reminded_at__isnull', True), ('state', 'appealed')), fields=['decide_by'], name='cases_card_undecided'),
        ),
        migrations.AddConstraint(
            model_name='card',
            constraint=models.UniqueConstraint(fields=('task', 'level', 'missed_at'), name='cases_card_once'),
        ),
    ]
