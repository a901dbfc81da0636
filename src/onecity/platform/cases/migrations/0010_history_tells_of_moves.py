"""Before deployment. History tells of cases that moved to another version; no table changes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One more kind of line."""

    dependencies = [
        ('cases', '0009_deputies_and_duty_roster'),
    ]

    operations = [
        migrations.AlterField(
            model_name='entry',
            name='kind',
            field=models.CharField(choices=[('opened', '立案'), ('task_opened', '任务下达'), ('completed', '办理'), ('cancelled', '任务取消'), ('claimed', '签收'), ('released', '退回待签收'), ('reassigned', '改派'), ('acted', '系统动作'), ('light', '变灯'), ('paused', '停表'), ('resumed', '恢复计时'), ('note', '备注'), ('attached', '上传附件'), ('merged', '合并'), ('asked', '提出申请'), ('decided', '审批申请'), ('lapsed', '申请终止'), ('postponed', '延期'), ('suspended', '挂账'), ('reopened', '重新办理'), ('card', '监察牌'), ('appealed', '申诉'), ('card_settled', '申诉答复'), ('escalated', '上报督办'), ('invited', '邀请协办'), ('assisted', '协办答复'), ('overruled', '不再等待'), ('subcase', '下达子案件'), ('sub_ended', '子案件结束'), ('moved', '迁移版本'), ('closed', '结束')], max_length=12, verbose_name='事项'),
        ),
    ]
