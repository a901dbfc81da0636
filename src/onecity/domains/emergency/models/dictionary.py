"""Kinds of incidents, thresholds of grades, reporting times, duty rooms: data that staff keep."""

from django.db import models
from django.db.models import Q

from onecity.domains.emergency.rules.codes import BODY_LEVELS, GRADES

LEVELS = list(BODY_LEVELS.items())


class IncidentKind(models.Model):
    """A kind of incident: five characters of the classification."""

    code = models.CharField("事件类型编码", max_length=5, primary_key=True)
    parent_code = models.CharField("上级编码", max_length=5, blank=True)
    level = models.PositiveSmallIntegerField("层级")
    name = models.CharField("事件类型名称", max_length=60)
    name_en = models.CharField("英文名称", max_length=80, blank=True)
    is_active = models.BooleanField("是否启用", default=True)

    class Meta:
        """Listed by code."""

        verbose_name = "突发事件类型"

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class GradeThreshold(models.Model):
    """From which numbers on an incident of a kind has a grade."""

    kind_prefix = models.CharField("事件类型前缀", max_length=5)
    grade = models.PositiveSmallIntegerField("事件级别", choices=list(GRADES.items()))
    deaths = models.PositiveIntegerField("死亡人数", null=True)
    injured = models.PositiveIntegerField("重伤人数", null=True)
    loss_cny = models.DecimalField("直接经济损失（元）", max_digits=16, decimal_places=2, null=True)
    effective_from = models.DateField("生效日期")
    basis = models.CharField("依据", max_length=120, blank=True)

    class Meta:
        """One row for a kind, a grade and a day."""

        verbose_name = "事件分级标准"
        constraints = [
            models.UniqueConstraint(
                fields=["kind_prefix", "grade", "effective_from"], name="emergency_threshold_once_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind_prefix}:{self.grade}"


class ReportRule(models.Model):
    """By when a level reports to one above."""

    class Kind(models.TextChoices):
        """Which report it is about."""

        FIRST = "first", "首报"
        FOLLOW_UP = "follow_up", "续报"
        FINAL = "final", "终报"

    class Clock(models.TextChoices):
        """From when a first report's limit runs."""

        RECEIPT = "receipt", "自接报起"
        OCCURRENCE = "occurrence", "自事发起"

    kind = models.CharField("报告类别", max_length=10, choices=Kind)
    grade = models.PositiveSmallIntegerField("事件级别", choices=list(GRADES.items()))
    from_level = models.CharField("报送层级", max_length=10, choices=LEVELS)
    to_level = models.CharField("接收层级", max_length=10, choices=LEVELS)
    clock = models.CharField("计时起点", max_length=10, choices=Clock, default=Clock.RECEIPT)
    phone_minutes = models.PositiveIntegerField("电话报告时限（分钟）", null=True)
    written_minutes = models.PositiveIntegerField("书面报告时限（分钟）")
    effective_from = models.DateField("生效日期")
    effective_to = models.DateField("失效日期", null=True)
    basis = models.CharField("依据", max_length=120, blank=True)

    class Meta:
        """One row for what it is about and a day; it does not end before it begins."""

        verbose_name = "信息报送时限"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "grade", "from_level", "to_level", "effective_from"], name="emergency_rule_once_a_day"
            ),
            models.CheckConstraint(
                condition=Q(effective_to__isnull=True) | Q(effective_to__gte=models.F("effective_from")),
                name="emergency_rule_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}:{self.grade}:{self.from_level}-{self.to_level}"


class DutyRoom(models.Model):
    """Which body's duty room takes in what happens in a division, and on which level it stands."""

    division_code = models.CharField("区划代码", max_length=15, unique=True)
    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name="值班机构", on_delete=models.PROTECT, related_name="+"
    )
    level = models.CharField("层级", max_length=10, choices=LEVELS)

    class Meta:
        """One for each division."""

        verbose_name = "应急值班室"

    def __str__(self) -> str:
        return self.division_code
