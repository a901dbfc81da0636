"""Reports of citizens and other systems, and which alarm opened which case."""

from django.db import models


class Report(models.Model):
    """A report that opened a case, followed by its number and a code of which only a keyed hash is kept."""

    class Satisfaction(models.TextChoices):
        """What the reporter thinks of the handling."""

        NONE = "", "未评价"
        SATISFIED = "satisfied", "满意"
        UNSATISFIED = "unsatisfied", "不满意"

    case = models.OneToOneField("cases.Case", verbose_name="案件", on_delete=models.PROTECT, related_name="+")
    number = models.CharField("案件编号", max_length=19, unique=True)
    code_hashed = models.CharField("查询码（密钥摘要）", max_length=64)
    account = models.ForeignKey(
        "identity.Account", verbose_name="反映人账户", null=True, on_delete=models.PROTECT, related_name="+"
    )
    client = models.CharField("来源系统", max_length=60, blank=True)
    sender_hashed = models.CharField("网络地址（密钥摘要）", max_length=64, blank=True)
    consented_at = models.DateTimeField("同意时间", null=True)
    created_at = models.DateTimeField("上报时间")
    failures = models.PositiveSmallIntegerField("查询码错误次数", default=0)
    failed_at = models.DateTimeField("最近一次错误时间", null=True)
    satisfaction = models.CharField(
        "满意度", max_length=12, choices=Satisfaction, blank=True, default=Satisfaction.NONE
    )
    comment = models.CharField("评价意见", max_length=500, blank=True)
    rated_at = models.DateTimeField("评价时间", null=True)

    class Meta:
        """Counted by sender and time, to slow down floods."""

        verbose_name = "公众上报"
        indexes = [models.Index(fields=["sender_hashed", "created_at"], name="urban_report_sender")]

    def __str__(self) -> str:
        return self.number


class AlarmCase(models.Model):
    """Which case an alarm opened, and whether its end was noted there. case is empty while only the end is known."""

    alarm_id = models.BigIntegerField("告警", primary_key=True)
    case = models.ForeignKey("cases.Case", verbose_name="案件", null=True, on_delete=models.PROTECT, related_name="+")
    cleared_at = models.DateTimeField("告警解除时间", null=True)
    noted = models.BooleanField("已记入办理经过", default=False)

    class Meta:
        """One row for each alarm."""

        verbose_name = "告警案件"

    def __str__(self) -> str:
        return str(self.alarm_id)
