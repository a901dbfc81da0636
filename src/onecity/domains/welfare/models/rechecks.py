"""Regular re-checks of all who receive aid, as one job."""

from django.db import models

from onecity.domains.welfare.models.applications import Application


class Recheck(models.Model):
    """One re-check. after: id of the last household that is done, where a killed or cancelled job goes on."""

    class State(models.TextChoices):
        """How it stands."""

        RUNNING = "running", "进行中"
        PAUSED = "paused", "已暂停"
        DONE = "done", "已完成"

    name = models.CharField("名称", max_length=60)
    as_of = models.DateField("核对基准日")
    state = models.CharField("状态", max_length=8, choices=State, default=State.RUNNING)
    run_id = models.BigIntegerField("后台任务", null=True)
    after = models.BigIntegerField("已处理到", default=0)
    total = models.PositiveIntegerField("应核对户数")
    checked = models.PositiveIntegerField("已核对户数", default=0)
    kept = models.PositiveIntegerField("继续符合", default=0)
    doubtful = models.PositiveIntegerField("需要核实", default=0)
    lapsed = models.PositiveIntegerField("不再符合", default=0)
    unasked = models.PositiveIntegerField("授权不足", default=0)
    queries = models.PositiveIntegerField("查询人次", default=0)
    created_by = models.CharField("发起人", max_length=60)
    created_at = models.DateTimeField("发起时间")
    finished_at = models.DateTimeField("完成时间", null=True)

    class Meta:
        """Few; one runs at a time."""

        verbose_name = "定期复核"
        constraints = [
            models.UniqueConstraint(fields=["state"], name="welfare_one_recheck", condition=~models.Q(state="done"))
        ]

    def __str__(self) -> str:
        return self.name


class RecheckResult(models.Model):
    """What a re-check found of one household."""

    class Outcome(models.TextChoices):
        """What follows."""

        KEPT = "kept", "继续符合"
        DOUBTFUL = "doubtful", "需要核实"
        LAPSED = "lapsed", "不再符合"
        UNASKED = "unasked", "授权不足"

    recheck = models.ForeignKey(
        Recheck, verbose_name="定期复核", on_delete=models.PROTECT, related_name="results", db_index=False
    )
    application = models.ForeignKey(Application, verbose_name="家庭", on_delete=models.PROTECT, related_name="+")
    organisation_id = models.BigIntegerField("受理街道")
    division_code = models.CharField("区划代码", max_length=15)
    outcome = models.CharField("结果", max_length=8, choices=Outcome)
    per_head = models.DecimalField("月人均收入", max_digits=12, decimal_places=2)
    codes = models.JSONField("差异编码", default=list)
    failed_steps = models.JSONField("未通过项", default=list)

    class Meta:
        """Each household once; listed by outcome."""

        verbose_name = "复核结果"
        constraints = [models.UniqueConstraint(fields=["recheck", "application"], name="welfare_result_once")]
        indexes = [models.Index(fields=["recheck", "outcome", "id"], name="welfare_result_outcome")]

    def __str__(self) -> str:
        return f"{self.recheck_id}:{self.application_id}"
