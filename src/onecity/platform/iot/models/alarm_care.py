"""What is done about alarms besides raising them: maintenance windows, escalation, and each alarm's own history."""

from django.db import models
from django.db.models import Q

from onecity.platform.iot.declare import SEVERITY_NAMES


class Maintenance(models.Model):
    """A stretch of time in which alarms of some devices are expected and tell nobody.

    It covers one device with its children, one group, or one type; ended_at: when somebody ended it before its time.
    """

    title = models.CharField("维护事项", max_length=80)
    reason = models.CharField("维护原因", max_length=200)
    device = models.ForeignKey(
        "iot.Device", verbose_name="设备", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    group = models.ForeignKey(
        "iot.DeviceGroup",
        verbose_name="设备分组",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    type_code = models.CharField("设备类型", max_length=80, blank=True)
    begins_at = models.DateTimeField("开始时间")
    ends_at = models.DateTimeField("结束时间")
    ended_at = models.DateTimeField("提前结束时间", null=True)
    organisation_id = models.BigIntegerField("所属机构")
    division_code = models.CharField("所在网格", max_length=15, blank=True)
    author = models.CharField("登记人", max_length=60)
    created_at = models.DateTimeField("登记时间")

    class Meta:
        """Asked for at each alarm: what covers a device just now; listed newest first within a scope."""

        verbose_name = "维护窗口"
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=models.F("begins_at")), name="iot_maintenance_lasts"),
            models.CheckConstraint(
                condition=(
                    Q(device__isnull=False, group__isnull=True, type_code="")
                    | Q(device__isnull=True, group__isnull=False, type_code="")
                    | Q(device__isnull=True, group__isnull=True) & ~Q(type_code="")
                ),
                name="iot_maintenance_covers_one",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation_id", "-created_at", "-id"], name="iot_maintenance_keyset"),
            models.Index(fields=["ends_at"], name="iot_maintenance_ends", condition=Q(ended_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return self.title


class EscalationStep(models.Model):
    """Who is told when nobody has taken notice of an alarm: the next level up after so many minutes."""

    severity = models.CharField("级别", max_length=10, choices=list(SEVERITY_NAMES.items()))
    level = models.PositiveSmallIntegerField("升级层级")
    after_min = models.PositiveIntegerField("未确认时间（分钟）")

    class Meta:
        """A level of a severity is told once."""

        verbose_name = "告警升级"
        constraints = [
            models.UniqueConstraint(fields=["severity", "level"], name="iot_escalation_once"),
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=5), name="iot_escalation_levels"),
        ]

    def __str__(self) -> str:
        return f"{self.severity} {self.level}"


class AlarmStep(models.Model):
    """Something that happened to an alarm: hushed, told, escalated, noted. It only grows."""

    class Kind(models.TextChoices):
        """What happened."""

        HUSHED = "hushed", "静默"
        TOLD = "told", "发布"
        GROUPED = "grouped", "归并"
        ESCALATED = "escalated", "升级"
        NOTED = "noted", "备注"

    alarm = models.ForeignKey("iot.Alarm", verbose_name="告警", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField("事项", max_length=10, choices=Kind)
    text = models.CharField("内容", max_length=300, blank=True)
    by = models.CharField("经办人", max_length=60, blank=True)
    at = models.DateTimeField("时间")

    class Meta:
        """Read with its alarm, in order."""

        verbose_name = "告警经过"

    def __str__(self) -> str:
        return f"{self.kind} {self.text}"
