"""Alarm rules with their versions, where each stands, and the alarms."""

from django.contrib.gis.db.models import PointField
from django.db import models
from django.db.models import Q

from onecity.platform.iot.declare import PERIOD_NAMES, SEVERITY_NAMES
from onecity.platform.iot.models.devices import SRID


class AlarmRule(models.Model):
    """One version of a rule. A draft may be edited; what was published never changes, a new version follows it."""

    class State(models.TextChoices):
        """Where a version is in its life; at most one draft and one published version of a rule."""

        DRAFT = "draft", "草稿"
        PUBLISHED = "published", "已发布"
        SUPERSEDED = "superseded", "已被替代"
        WITHDRAWN = "withdrawn", "已停用"

    class Kind(models.TextChoices):
        """What raises it. LINKED: an edition of a linkage rule, which is judged elsewhere."""

        ABOVE = "above", "高于上限"
        BELOW = "below", "低于下限"
        OUTSIDE = "outside", "超出范围"
        NO_DATA = "no_data", "数据中断"
        LINKED = "linked", "联动规则"

    code = models.CharField("规则编码", max_length=80)
    version = models.PositiveIntegerField("版本")
    name = models.CharField("规则名称", max_length=80)
    state = models.CharField("状态", max_length=12, choices=State)
    device_type = models.CharField("设备类型", max_length=80)
    property_code = models.CharField("监测项", max_length=80)
    period = models.CharField("时段", max_length=10, choices=list(PERIOD_NAMES.items()))
    sub_value = models.CharField("取值", max_length=20, blank=True)
    kind = models.CharField("规则类型", max_length=10, choices=Kind)
    upper = models.FloatField("上限", null=True)
    lower = models.FloatField("下限", null=True)
    clear_upper = models.FloatField("上限解除值", null=True)
    clear_lower = models.FloatField("下限解除值", null=True)
    hold_s = models.PositiveIntegerField("持续时间", default=0)
    hold_count = models.PositiveIntegerField("连续次数", default=1)
    clear_s = models.PositiveIntegerField("恢复持续时间", default=0)
    gap_s = models.PositiveIntegerField("最长间隔", default=0)
    silent_s = models.PositiveIntegerField("中断时间", default=0)
    severity = models.CharField("级别", max_length=10, choices=list(SEVERITY_NAMES.items()))
    text = models.CharField("告警内容", max_length=200)
    source = models.CharField("依据", max_length=120, blank=True)
    author = models.CharField("编辑者", max_length=60)
    created_at = models.DateTimeField("创建时间")
    published_at = models.DateTimeField("发布时间", null=True)

    class Meta:
        """One draft and one published version of a code at a time."""

        verbose_name = "告警规则"
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="iot_rule_version"),
            models.UniqueConstraint(fields=["code"], condition=Q(state="draft"), name="iot_rule_one_draft"),
            models.UniqueConstraint(fields=["code"], condition=Q(state="published"), name="iot_rule_one_published"),
        ]
        indexes = [models.Index(fields=["-created_at", "-id"], name="iot_rule_newest")]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"


class RuleState(models.Model):
    """Where a rule stands for one datastream, while that is not normal."""

    pk = models.CompositePrimaryKey("datastream_id", "rule_code")
    datastream_id = models.IntegerField("数据流")
    rule_code = models.CharField("规则编码", max_length=80)
    phase = models.CharField("状态", max_length=10)
    since_at = models.DateTimeField("开始时间")
    count = models.PositiveIntegerField("连续次数")
    last_at = models.DateTimeField("最近判定时间")

    class Meta:
        """Read by datastream, within the store's transaction."""

        verbose_name = "规则状态"
        indexes = [models.Index(fields=["rule_code"], name="iot_rulestate_rule")]

    def __str__(self) -> str:
        return f"{self.rule_code} {self.phase}"


class Alarm(models.Model):
    """A rule was broken: from raising to clearing, and who took notice.

    told_at: when others were told of it; None for one that is kept quiet, `hushed` says why. cause: the alarm from
    which this one follows. escalated: the highest level up that has been told.
    """

    class Hushed(models.TextChoices):
        """Why an alarm is kept without telling anybody."""

        MAINTENANCE = "maintenance", "维护期间"
        CAUSE = "cause", "已归并"
        FLAPPING = "flapping", "反复抖动"

    rule = models.ForeignKey(AlarmRule, verbose_name="告警规则", on_delete=models.PROTECT, related_name="+")
    rule_code = models.CharField("规则编码", max_length=80)
    severity = models.CharField("级别", max_length=10, choices=list(SEVERITY_NAMES.items()))
    device = models.ForeignKey("iot.Device", verbose_name="设备", on_delete=models.PROTECT, related_name="+")
    datastream_id = models.IntegerField("数据流")
    value = models.FloatField("触发值", null=True)
    text = models.CharField("告警内容", max_length=300)
    raised_at = models.DateTimeField("触发时间")
    cleared_at = models.DateTimeField("解除时间", null=True)
    clear_value = models.FloatField("解除值", null=True)
    acknowledged_at = models.DateTimeField("确认时间", null=True)
    acknowledged_by = models.CharField("确认人", max_length=60, blank=True)
    note = models.CharField("确认说明", max_length=200, blank=True)
    organisation_id = models.BigIntegerField("所属机构")
    division_code = models.CharField("所在网格", max_length=15, blank=True)
    location = PointField("位置", srid=SRID, null=True)
    told_at = models.DateTimeField("发布时间", null=True)
    hushed = models.CharField("静默原因", max_length=12, choices=Hushed, blank=True, default="")
    maintenance = models.ForeignKey(
        "iot.Maintenance",
        verbose_name="维护窗口",
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
    )
    cause = models.ForeignKey("self", verbose_name="源告警", null=True, on_delete=models.SET_NULL, related_name="+")
    escalated = models.PositiveSmallIntegerField("已升级层级", default=0)
    created_at = models.DateTimeField("记录时间")

    class Meta:
        """One standing alarm for a rule and a datastream; listed newest first within a scope."""

        verbose_name = "告警"
        constraints = [
            models.UniqueConstraint(
                fields=["rule_code", "datastream_id"], condition=Q(cleared_at__isnull=True), name="iot_alarm_one_open"
            )
        ]
        indexes = [
            models.Index(fields=["organisation_id", "-created_at", "-id"], name="iot_alarm_keyset"),
            models.Index(fields=["-created_at", "-id"], name="iot_alarm_newest"),
            models.Index(
                fields=["-created_at", "-id"], name="iot_alarm_standing", condition=Q(cleared_at__isnull=True)
            ),
            models.Index(fields=["division_code"], name="iot_alarm_division", opclasses=["text_pattern_ops"]),
            models.Index(fields=["datastream_id", "rule_code", "-raised_at"], name="iot_alarm_of_stream"),
            models.Index(
                fields=["device", "severity"], name="iot_alarm_on_device", condition=Q(cleared_at__isnull=True)
            ),
            models.Index(
                fields=["id"], name="iot_alarm_quiet", condition=Q(cleared_at__isnull=True, told_at__isnull=True)
            ),
            models.Index(
                fields=["severity", "told_at"],
                name="iot_alarm_unanswered",
                condition=Q(cleared_at__isnull=True, acknowledged_at__isnull=True, told_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.text
