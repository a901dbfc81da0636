"""Runs of flows."""

from django.db import models
from django.db.models import Q

OPEN_STATES = ("waiting", "running", "retrying")


class Run(models.Model):
    """One run: what asked for it, how far it is, how it ended. It continues under the same id after a crash.

    worked_s: real seconds spent; total: an estimate of the source's rows, 0 unknown. started_at, ended_at: city time.
    """

    class State(models.TextChoices):
        """Where it stands."""

        WAITING = "waiting", "等待运行"
        RUNNING = "running", "运行中"
        RETRYING = "retrying", "等待重试"
        DONE = "done", "已完成"
        FAILED = "failed", "失败"
        CANCELLED = "cancelled", "已取消"

    class Trigger(models.TextChoices):
        """What asked for it."""

        HAND = "hand", "人工启动"
        SCHEDULE = "schedule", "定时启动"
        AFTER = "after", "上游完成后启动"
        REPLAY = "replay", "重放更正数据"

    flow = models.ForeignKey(
        "exchange.Flow", verbose_name="交换流程", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    version = models.ForeignKey(
        "exchange.FlowVersion", verbose_name="流程版本", on_delete=models.PROTECT, related_name="+"
    )
    trigger = models.CharField("启动方式", max_length=10, choices=Trigger)
    state = models.CharField("状态", max_length=10, choices=State, default=State.WAITING)
    due_at = models.DateTimeField("应运行时间", null=True)
    attempts = models.PositiveSmallIntegerField("执行次数", default=0)
    next_try_at = models.DateTimeField("下次重试时间", null=True)
    job_id = models.BigIntegerField("后台任务", null=True)
    since = models.JSONField("起始位置", null=True)
    reached = models.JSONField("结束位置", null=True)
    total = models.BigIntegerField("估计行数", default=0)
    read = models.BigIntegerField("读取行数", default=0)
    landed = models.BigIntegerField("入库行数", default=0)
    refused = models.BigIntegerField("拒收行数", default=0)
    inserted = models.BigIntegerField("新增行数", default=0)
    updated = models.BigIntegerField("更新行数", default=0)
    unchanged = models.BigIntegerField("未变行数", default=0)
    deleted = models.BigIntegerField("删除行数", default=0)
    blocks = models.PositiveIntegerField("数据块数", default=0)
    failed_checks = models.JSONField("各项校验不合格行数", default=dict)
    sums = models.JSONField("字段校验和", default=dict)
    reconciled = models.BooleanField("核对一致", null=True)
    worked_s = models.FloatField("耗时", default=0.0)
    note = models.CharField("进度说明", max_length=200, blank=True)
    error = models.CharField("错误信息", max_length=500, blank=True)
    requested_by = models.CharField("发起者", max_length=60)
    organisation_id = models.BigIntegerField("所属机构")
    division_code = models.CharField("所在区划", max_length=15, blank=True)
    created_at = models.DateTimeField("创建时间")
    started_at = models.DateTimeField("开始时间", null=True)
    ended_at = models.DateTimeField("结束时间", null=True)

    class Meta:
        """One open run of a flow at a time; listed newest first, of a flow or within a scope."""

        verbose_name = "交换运行"
        constraints = [
            models.UniqueConstraint(fields=["flow"], condition=Q(state__in=OPEN_STATES), name="exchange_run_one_open")
        ]
        indexes = [
            models.Index(fields=["flow", "-created_at", "-id"], name="exchange_run_of_flow"),
            models.Index(fields=["organisation_id", "-created_at", "-id"], name="exchange_run_keyset"),
            models.Index(fields=["-created_at", "-id"], name="exchange_run_newest"),
            models.Index(fields=["next_try_at"], name="exchange_run_open", condition=Q(state__in=OPEN_STATES)),
        ]

    def __str__(self) -> str:
        return f"{self.flow_id} #{self.id}"
