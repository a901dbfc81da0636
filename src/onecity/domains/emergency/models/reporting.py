"""What was reported upwards, and by when it had to be."""

from django.db import models
from django.db.models import Q

from onecity.domains.emergency.models.dictionary import ReportRule
from onecity.domains.emergency.models.incidents import Incident


class IncidentReport(models.Model):
    """A written report: first, follow-up or final. serial: 1 is the first report."""

    incident = models.ForeignKey(Incident, verbose_name="突发事件", on_delete=models.PROTECT, related_name="+")
    serial = models.PositiveIntegerField("期数")
    kind = models.CharField("报告类别", max_length=10, choices=ReportRule.Kind)
    situation = models.TextField("基本情况")
    measures = models.TextField("已采取的措施", blank=True)
    trend = models.TextField("发展趋势", blank=True)
    deaths = models.PositiveIntegerField("死亡人数")
    missing = models.PositiveIntegerField("失联人数")
    injured = models.PositiveIntegerField("重伤人数")
    trapped = models.PositiveIntegerField("被困人数")
    loss_cny = models.DecimalField("直接经济损失（元）", max_digits=16, decimal_places=2)
    to_levels = models.CharField("报送层级", max_length=60)
    author = models.ForeignKey(
        "identity.Account", verbose_name="报告人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    written_at = models.DateTimeField("报送时间")

    class Meta:
        """Numbered within the incident; there is one first and one final report."""

        verbose_name = "信息报告"
        constraints = [
            models.UniqueConstraint(fields=["incident", "serial"], name="emergency_report_serial_once"),
            models.UniqueConstraint(fields=["incident"], condition=Q(kind="first"), name="emergency_report_one_first"),
            models.UniqueConstraint(fields=["incident"], condition=Q(kind="final"), name="emergency_report_one_final"),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id}:{self.serial}"


class ReportDuty(models.Model):
    """A report that is owed to a level above. serial: which of its kind. cancelled_at: nobody owes it any more."""

    incident = models.ForeignKey(
        Incident, verbose_name="突发事件", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    rule = models.ForeignKey(
        ReportRule, verbose_name="依据时限", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    kind = models.CharField("报告类别", max_length=10, choices=ReportRule.Kind)
    serial = models.PositiveIntegerField("序号", default=1)
    to_level = models.CharField("接收层级", max_length=10)
    phone_due_at = models.DateTimeField("电话报告时限", null=True)
    phoned_at = models.DateTimeField("电话报告时间", null=True)
    written_due_at = models.DateTimeField("书面报告时限")
    written_at = models.DateTimeField("书面报告时间", null=True)
    cancelled_at = models.DateTimeField("取消时间", null=True)
    warned_at = models.DateTimeField("提醒时间", null=True)
    late_told_at = models.DateTimeField("逾期告知时间", null=True)
    phone_late_told_at = models.DateTimeField("电话逾期告知时间", null=True)

    class Meta:
        """One of a kind for a level; what waits is found by its limit."""

        verbose_name = "报送责任"
        constraints = [
            models.UniqueConstraint(fields=["incident", "kind", "to_level", "serial"], name="emergency_duty_once")
        ]
        indexes = [
            models.Index(
                fields=["written_due_at"],
                name="emergency_duty_waits",
                condition=Q(written_at__isnull=True, cancelled_at__isnull=True),
            ),
            models.Index(fields=["kind", "written_due_at"], name="emergency_duty_counted"),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id}:{self.kind}:{self.to_level}"
