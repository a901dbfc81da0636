"""What reports turned out to be, requests as evaluation counts them, and when a report counts as told twice."""

from django.db import models


class Refusal(models.Model):
    """Why the acceptor did not file a report."""

    case = models.OneToOneField(
        "cases.Case", verbose_name="案件", primary_key=True, on_delete=models.PROTECT, related_name="+"
    )
    cause = models.CharField("不予立案原因", max_length=12)
    refused_at = models.DateTimeField("不予立案时间")
    refused_by = models.CharField("经办人", max_length=60)

    class Meta:
        """Read with the case's record."""

        verbose_name = "不予立案"

    def __str__(self) -> str:
        return f"{self.case_id}:{self.cause}"


class RequestRecord(models.Model):
    """A decided request of a city case: more time, suspension, forced close, reopening."""

    request_id = models.BigIntegerField("申请", primary_key=True)
    case = models.ForeignKey("cases.Case", verbose_name="案件", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("申请种类", max_length=20)
    state = models.CharField("审批结果", max_length=20)
    decided_at = models.DateTimeField("审批时间")

    class Meta:
        """Counted by month."""

        verbose_name = "申请统计"
        indexes = [models.Index(fields=["decided_at"], name="urban_request_decided")]

    def __str__(self) -> str:
        return f"{self.case_id}:{self.kind}"


class RepeatSetting(models.Model):
    """When a supervisor's report repeats his own; the newest row in force holds."""

    effective_from = models.DateTimeField("生效时间", unique=True)
    metres = models.FloatField("距离（米）")
    hours = models.FloatField("时间（小时）")
    set_by = models.CharField("设置人", max_length=60)

    class Meta:
        """Few rows."""

        verbose_name = "重复上报判定"

    def __str__(self) -> str:
        return f"{self.metres} m / {self.hours} h"
