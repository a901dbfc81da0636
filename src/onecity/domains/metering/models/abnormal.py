"""Abnormal use: the rules by which it is found, as dated rows, and what was found, until somebody closes it."""

from django.db import models
from django.db.models import Q

from onecity.domains.metering.models.meters import Meter
from onecity.domains.metering.rules.codes import ABNORMAL_NAMES, SUPPLY_NAMES
from onecity.kernel.text import zh


class AbnormalRule(models.Model):
    """How one kind of abnormal use of one supply is found from a day on. Rows are added, never changed.

    threshold, days, factor: what they mean depends on the kind, see `rules.abnormal`. is_active: False ends the rule.
    """

    supply = models.CharField("计量种类", max_length=12, choices=list(SUPPLY_NAMES.items()))
    kind = models.CharField("异常类型", max_length=20, choices=list(ABNORMAL_NAMES.items()))
    valid_from = models.DateField("生效日期")
    threshold = models.DecimalField("阈值", max_digits=15, decimal_places=3)
    days = models.PositiveSmallIntegerField("持续天数")
    factor = models.DecimalField("倍数", max_digits=7, decimal_places=2)
    severity = models.CharField("严重程度", max_length=8)
    is_active = models.BooleanField("启用", default=True)
    source = models.CharField("依据", max_length=200)
    author = models.CharField("录入人", max_length=60)
    created_at = models.DateTimeField("录入时间")

    class Meta:
        """A handful of rows."""

        verbose_name = "异常用量规则"
        constraints = [models.UniqueConstraint(fields=["supply", "kind", "valid_from"], name="metering_rule_once")]

    def __str__(self) -> str:
        return f"{self.supply} {self.kind} {self.valid_from}"


class Abnormality(models.Model):
    """Abnormal use of a meter. One stands open for a meter and a kind; later days prolong it. handled_by: an actor."""

    class State(models.TextChoices):
        """Where its handling is."""

        OPEN = "open", zh("待处理")
        HANDLING = "handling", zh("处理中")
        CLOSED = "closed", zh("已办结")

    class Result(models.TextChoices):
        """What was behind it."""

        LEAK = "leak", zh("漏损，已修复")
        FAULT = "fault", zh("表计故障，已处理")
        THEFT = "theft", zh("违规用能")
        NORMAL = "normal", zh("用户正常用量")
        HELPED = "helped", zh("已上门探访")
        OVER = "over", zh("已自行恢复")

    meter = models.ForeignKey(Meter, verbose_name="计量表", on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField("异常类型", max_length=20, choices=list(ABNORMAL_NAMES.items()))
    severity = models.CharField("严重程度", max_length=8)
    first_date = models.DateField("首次出现")
    last_date = models.DateField("最近出现")
    value = models.DecimalField("数值", max_digits=15, decimal_places=3)
    usual = models.DecimalField("参考值", max_digits=15, decimal_places=3, null=True)
    state = models.CharField("状态", max_length=8, choices=State, default=State.OPEN)
    result = models.CharField("处理结果", max_length=8, choices=Result, blank=True)
    note = models.CharField("处理说明", max_length=400, blank=True)
    case_id = models.BigIntegerField("案件", null=True)
    case_number = models.CharField("案件编号", max_length=40, blank=True)
    handled_by = models.CharField("处理人", max_length=60, blank=True)
    closed_at = models.DateTimeField("办结时间", null=True)
    organisation_id = models.BigIntegerField("所属机构")
    division_code = models.CharField("所在网格", max_length=15, blank=True)
    created_at = models.DateTimeField("发现时间")

    class Meta:
        """Read newest first within a scope; one open for a meter and a kind."""

        verbose_name = "异常用量"
        constraints = [
            models.UniqueConstraint(
                fields=["meter", "kind"], condition=~Q(state="closed"), name="metering_abnormal_open"
            )
        ]
        indexes = [
            models.Index(fields=["organisation_id", "-created_at", "-id"], name="metering_abnormal_keyset"),
            models.Index(fields=["meter", "-first_date"], name="metering_abnormal_meter"),
        ]

    def __str__(self) -> str:
        return f"{self.meter_id} {self.kind} {self.first_date}"
