"""What evaluation reads: each city case and each of its steps, kept from the events of the case engine."""

from django.db import models
from django.db.models import Q


class CaseRecord(models.Model):
    """A city case as evaluation counts it."""

    class Status(models.TextChoices):
        """How it stands."""

        OPEN = "open", "办理中"
        CLOSED = "closed", "已结案"
        VOID = "void", "不予立案"
        MERGED = "merged", "已合并"

    case = models.OneToOneField(
        "cases.Case", verbose_name="案件", primary_key=True, on_delete=models.PROTECT, related_name="+"
    )
    number = models.CharField("案件编号", max_length=19)
    title = models.CharField("标题", max_length=120)
    source_code = models.CharField("来源", max_length=80, blank=True)
    class_code = models.CharField("类别编码", max_length=12, blank=True)
    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name="主管机构", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    handler = models.ForeignKey(
        "identity.Organisation",
        verbose_name="专业部门",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    division_code = models.CharField("网格或区划代码", max_length=15, blank=True)
    longitude = models.FloatField("经度", null=True)
    latitude = models.FloatField("纬度", null=True)
    address = models.CharField("地址", max_length=200, blank=True)
    opened_at = models.DateTimeField("上报时间")
    due_at = models.DateTimeField("办结时限", null=True)
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.OPEN)
    closed_at = models.DateTimeField("结束时间", null=True)
    reported_by = models.CharField("上报人", max_length=60, blank=True)
    verdict = models.CharField("上报判定", max_length=12, blank=True)
    filed_at = models.DateTimeField("立案时间", null=True)
    filed_due_at = models.DateTimeField("立案时限", null=True)
    accepted_by = models.CharField("受理人", max_length=60, blank=True)
    dispatched_by = models.CharField("派遣人", max_length=60, blank=True)
    misfiled = models.BooleanField("立案后退回受理", default=False)

    class Meta:
        """Listed by owner, newest first; counted by the month of opening, of the deadline and of the end."""

        verbose_name = "案卷统计"
        indexes = [
            models.Index(fields=["organisation", "-opened_at", "-case"], name="urban_case_keyset"),
            models.Index(fields=["opened_at"], name="urban_case_opened"),
            models.Index(fields=["due_at"], name="urban_case_due"),
            models.Index(fields=["closed_at"], name="urban_case_closed", condition=Q(closed_at__isnull=False)),
            models.Index(fields=["filed_at"], name="urban_case_filed", condition=Q(filed_at__isnull=False)),
            models.Index(fields=["reported_by", "-opened_at"], name="urban_case_reporter"),
        ]

    def __str__(self) -> str:
        return self.number


class StepRecord(models.Model):
    """A task of a city case as evaluation counts it; begin and end arrive apart and in either order."""

    task_id = models.BigIntegerField("任务", primary_key=True)
    case = models.ForeignKey("cases.Case", verbose_name="案件", on_delete=models.PROTECT, related_name="+")
    node = models.CharField("流程节点", max_length=80)
    organisation = models.ForeignKey(
        "identity.Organisation",
        verbose_name="承办机构",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    division_code = models.CharField("网格或区划代码", max_length=15, blank=True)
    opened_at = models.DateTimeField("开始时间", null=True)
    due_at = models.DateTimeField("时限", null=True)
    ended_at = models.DateTimeField("结束时间", null=True)
    ended_by = models.CharField("办理人", max_length=60, blank=True)
    outcome = models.CharField("处理结果", max_length=40, blank=True)

    class Meta:
        """Counted by kind of step and by the month of deadline and end."""

        verbose_name = "环节统计"
        indexes = [
            models.Index(fields=["node", "ended_at"], name="urban_step_ended"),
            models.Index(fields=["node", "due_at"], name="urban_step_due"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}:{self.node}"
