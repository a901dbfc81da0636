"""Runs of jobs, and deliveries of events."""

from django.db import models
from django.db.models import Q


class Run(models.Model):
    """One run of a job, as people see it: who asked, how far it is, how it ended."""

    class State(models.TextChoices):
        """Where a run stands."""

        WAITING = "waiting", "等待执行"
        RUNNING = "running", "执行中"
        DONE = "done", "已完成"
        FAILED = "failed", "失败"
        CANCELLED = "cancelled", "已取消"

    code = models.CharField("任务编码", max_length=80)
    title = models.CharField("任务名称", max_length=120)
    state = models.CharField("状态", max_length=12, choices=State)
    arguments = models.JSONField("参数", default=dict)
    done = models.BigIntegerField("已完成数量", default=0)
    total = models.BigIntegerField("总数量", default=0)
    note = models.CharField("进度说明", max_length=200, blank=True)
    result = models.JSONField("结果", default=dict)
    error = models.TextField("错误信息", blank=True)
    attempts = models.PositiveSmallIntegerField("执行次数", default=0)
    requested_by = models.CharField("发起者", max_length=60)
    organisation_id = models.BigIntegerField("发起机构", null=True)
    created_at = models.DateTimeField("发起时间")
    started_at = models.DateTimeField("开始时间", null=True)
    finished_at = models.DateTimeField("结束时间", null=True)
    cancel_asked_at = models.DateTimeField("请求取消时间", null=True)

    class Meta:
        """Listed newest first, all or the asker's own; the unfinished ones are few."""

        verbose_name = "任务执行"
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="jobs_run_newest"),
            models.Index(fields=["requested_by", "-created_at", "-id"], name="jobs_run_asker"),
            models.Index(fields=["organisation_id", "-created_at", "-id"], name="jobs_run_keyset"),
            models.Index(fields=["code"], name="jobs_run_open", condition=Q(finished_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return self.title


class Delivery(models.Model):
    """An event that a handler has dealt with; written in the handler's own transaction, so its effect happens once."""

    id = models.UUIDField("投递编号", primary_key=True)
    handler = models.CharField("处理者", max_length=80)
    at = models.DateTimeField("处理时间", db_index=True)

    class Meta:
        """Found by id; old ones are dropped by time."""

        verbose_name = "事件投递"

    def __str__(self) -> str:
        return self.handler
