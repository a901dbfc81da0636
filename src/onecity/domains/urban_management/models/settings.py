"""What a city sets: who answers for which place, who handles which class, which alarm means which class."""

from django.db import models
from django.db.models import Q


class Centre(models.Model):
    """The supervision centre that owns the cases of a division; the longest division code that fits goes first."""

    division_code = models.CharField("网格或区划代码", max_length=15, unique=True)
    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name="监督指挥中心", on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        """Few rows."""

        verbose_name = "监督指挥中心"

    def __str__(self) -> str:
        return self.division_code


class Duty(models.Model):
    """Which department handles a class, and where; the nearest class goes first, then the smallest division."""

    class_code = models.CharField("类别编码", max_length=12, blank=True)
    division_code = models.CharField("网格或区划代码", max_length=15, blank=True)
    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name="专业部门", on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        """Read by class."""

        verbose_name = "处置责任"
        constraints = [models.UniqueConstraint(fields=["class_code", "division_code"], name="urban_duty_once")]

    def __str__(self) -> str:
        return f"{self.class_code}@{self.division_code}"


class AlarmClass(models.Model):
    """Under which class a sensor's alarm is filed; empty columns fit everything, the most exact row goes first."""

    device_type = models.CharField("设备类型", max_length=80, blank=True)
    rule_code = models.CharField("规则编码", max_length=120, blank=True)
    property_code = models.CharField("监测项目编码", max_length=80, blank=True)
    class_code = models.CharField("类别编码", max_length=12)
    urgency = models.SmallIntegerField("紧急程度", default=0)
    is_active = models.BooleanField("是否启用", default=True)

    class Meta:
        """Few rows."""

        verbose_name = "告警立案类别"
        constraints = [
            models.UniqueConstraint(
                fields=["device_type", "rule_code", "property_code"], name="urban_alarm_class_once"
            ),
            models.CheckConstraint(name="urban_alarm_class_urgency", condition=Q(urgency__gte=0, urgency__lte=2)),
        ]

    def __str__(self) -> str:
        return f"{self.device_type}/{self.rule_code}/{self.property_code}"
