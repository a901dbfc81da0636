"""Linkage rules (联动规则): editions, where each stands, how often it fired, what it did, and trials on past data."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class LinkageRule(models.Model):
    """A rule that staff made: a condition over devices of an organisation, and what is done when it holds.

    priority: 1 is judged first. judged_until: phenomenon time up to which it has been judged, None while nothing is in
    force. queued_at: when a judgement was asked for that has not ended. skipped_at: up to where it gave up to catch up.
    """

    name = models.CharField("规则名称", max_length=80)
    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name="所属机构", on_delete=models.PROTECT, related_name="+"
    )
    division_code = models.CharField("所在网格", max_length=15, blank=True)
    enabled = models.BooleanField("启用", default=False)
    priority = models.PositiveSmallIntegerField("优先级", default=5)
    judged_until = models.DateTimeField("已判定至", null=True)
    queued_at = models.DateTimeField("排队时间", null=True)
    skipped_at = models.DateTimeField("跳过时段截止", null=True)
    author = models.CharField("创建人", max_length=60)
    created_at = models.DateTimeField("创建时间")

    class Meta:
        """Listed newest first within a scope; those in force are looked through by the clock."""

        verbose_name = "联动规则"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "name"], name="iot_linkage_once"),
            models.CheckConstraint(condition=Q(priority__gte=1, priority__lte=9), name="iot_linkage_priority"),
        ]
        indexes = [
            models.Index(fields=["organisation", "-created_at", "-id"], name="iot_linkage_keyset"),
            models.Index(fields=["priority", "judged_until"], name="iot_linkage_due", condition=Q(enabled=True)),
        ]

    def __str__(self) -> str:
        return self.name


class LinkageEdition(models.Model):
    """What a rule says. A draft is changed freely, a published edition never again.

    mode: each device by itself, or all together. condition, ending: CEL; an empty ending means: the condition no longer
    holds. step_s: how often it is judged. late_s: how long readings are waited for. parts: of the builder, null for a
    condition written by hand. actions: list of {kind, …}, in order. publisher: account whose rights commands need.
    alarm_rule: what its alarms refer to.
    """

    class State(models.TextChoices):
        """Where an edition is in its life."""

        DRAFT = "draft", "草稿"
        PUBLISHED = "published", "已发布"
        SUPERSEDED = "superseded", "已被替代"

    class Mode(models.TextChoices):
        """What is judged."""

        EACH = "each", "每台设备分别判断"
        TOGETHER = "together", "全部设备合起来判断"

    rule = models.ForeignKey(
        LinkageRule, verbose_name="联动规则", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    edition = models.PositiveIntegerField("版次")
    state = models.CharField("状态", max_length=12, choices=State, default=State.DRAFT)
    mode = models.CharField("判断方式", max_length=8, choices=Mode, default=Mode.EACH)
    type_code = models.CharField("设备类型", max_length=80, blank=True)
    group = models.ForeignKey(
        "iot.DeviceGroup", verbose_name="设备分组", null=True, on_delete=models.PROTECT, related_name="+"
    )
    device_ids = ArrayField(models.BigIntegerField(), verbose_name="指定设备", default=list)
    condition = models.TextField("触发条件")
    ending = models.TextField("恢复条件", blank=True)
    parts = models.JSONField("条件组成", null=True)
    hold_s = models.PositiveIntegerField("持续时间", default=0)
    end_hold_s = models.PositiveIntegerField("恢复持续时间", default=0)
    step_s = models.PositiveIntegerField("判断间隔", default=60)
    late_s = models.PositiveIntegerField("等待迟到数据", default=30)
    actions = models.JSONField("动作", default=list)
    note = models.CharField("版次说明", max_length=200, blank=True)
    author = models.CharField("编辑者", max_length=60)
    created_at = models.DateTimeField("创建时间")
    published_at = models.DateTimeField("发布时间", null=True)
    publisher = models.CharField("发布人", max_length=60, blank=True)
    alarm_rule = models.ForeignKey(
        "iot.AlarmRule", verbose_name="告警规则", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        """One draft and one published edition of a rule at a time."""

        verbose_name = "联动规则版次"
        constraints = [
            models.UniqueConstraint(fields=["rule", "edition"], name="iot_linkage_edition"),
            models.UniqueConstraint(fields=["rule"], condition=Q(state="draft"), name="iot_linkage_one_draft"),
            models.UniqueConstraint(fields=["rule"], condition=Q(state="published"), name="iot_linkage_one_published"),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.edition}"


class LinkageState(models.Model):
    """Where a rule stands for one subject, while that is not normal. subject: a device, or 0 for all together."""

    pk = models.CompositePrimaryKey("rule_id", "subject")
    rule = models.ForeignKey(
        LinkageRule, verbose_name="联动规则", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    subject = models.BigIntegerField("判断对象")
    phase = models.PositiveSmallIntegerField("阶段")
    since_at = models.DateTimeField("开始时间")

    class Meta:
        """Read whole with its rule, whose row is locked meanwhile."""

        verbose_name = "联动规则状态"

    def __str__(self) -> str:
        return f"{self.rule_id} {self.subject} {self.phase}"


class LinkageFiring(models.Model):
    """A rule fired, once for an edition, a subject and the instant at which its condition began to hold.

    device: the subject; of all together, one of those for which it held. values: what the condition saw when it fired,
    by what was asked. Instants are phenomenon times.
    """

    rule = models.ForeignKey(
        LinkageRule, verbose_name="联动规则", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    edition = models.ForeignKey(
        LinkageEdition, verbose_name="联动规则版次", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    subject = models.BigIntegerField("判断对象")
    device = models.ForeignKey("iot.Device", verbose_name="设备", on_delete=models.PROTECT, related_name="+")
    datastream_id = models.IntegerField("数据流", null=True)
    begun_at = models.DateTimeField("条件成立时间")
    fired_at = models.DateTimeField("触发时间")
    ended_at = models.DateTimeField("恢复时间", null=True)
    values = models.JSONField("触发时数据", default=dict)
    alarm = models.ForeignKey("iot.Alarm", verbose_name="告警", null=True, on_delete=models.SET_NULL, related_name="+")
    failures = models.PositiveSmallIntegerField("失败动作数", default=0)
    organisation_id = models.BigIntegerField("所属机构")
    division_code = models.CharField("所在网格", max_length=15, blank=True)
    created_at = models.DateTimeField("记录时间")

    class Meta:
        """Once each; listed newest first within a rule, and within a scope."""

        verbose_name = "联动触发"
        constraints = [
            models.UniqueConstraint(fields=["edition", "subject", "begun_at"], name="iot_firing_once"),
            models.UniqueConstraint(
                fields=["rule", "subject"], condition=Q(ended_at__isnull=True), name="iot_firing_one_open"
            ),
        ]
        indexes = [
            models.Index(fields=["rule", "-created_at", "-id"], name="iot_firing_of_rule"),
            models.Index(fields=["organisation_id", "-created_at", "-id"], name="iot_firing_keyset"),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.subject} {self.fired_at:%Y-%m-%d %H:%M:%S}"


class LinkageOutcome(models.Model):
    """What became of one action of one firing. content: the action as it was published. result: what it made."""

    class State(models.TextChoices):
        """How an action stands."""

        WAITING = "waiting", "待执行"
        DONE = "done", "已执行"
        FAILED = "failed", "失败"

    firing = models.ForeignKey(
        LinkageFiring, verbose_name="联动触发", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    place = models.PositiveSmallIntegerField("次序")
    content = models.JSONField("动作")
    state = models.CharField("状态", max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField("执行次数", default=0)
    text = models.CharField("执行结果", max_length=200, blank=True)
    result = models.CharField("产生的对象", max_length=80, blank=True)
    at = models.DateTimeField("执行时间", null=True)

    class Meta:
        """Each action of a firing once; those that wait are looked for by the clock."""

        verbose_name = "联动动作"
        constraints = [models.UniqueConstraint(fields=["firing", "place"], name="iot_outcome_once")]
        indexes = [models.Index(fields=["firing"], name="iot_outcome_waiting", condition=Q(state="waiting"))]

    def __str__(self) -> str:
        return f"{self.firing_id} {self.place} {self.state}"


class LinkageTrial(models.Model):
    """An edition tried on past data. since < judged instants ≤ until. result: counts and firings, see `services`."""

    class State(models.TextChoices):
        """How a trial stands."""

        WAITING = "waiting", "等待"
        RUNNING = "running", "试算中"
        DONE = "done", "完成"
        CANCELLED = "cancelled", "已取消"

    edition = models.ForeignKey(LinkageEdition, verbose_name="联动规则版次", on_delete=models.CASCADE, related_name="+")
    since_at = models.DateTimeField("开始时间")
    until_at = models.DateTimeField("结束时间")
    state = models.CharField("状态", max_length=10, choices=State, default=State.WAITING)
    run_id = models.BigIntegerField("后台任务", null=True)
    result = models.JSONField("结果", default=dict)
    asked_by = models.CharField("试算人", max_length=60)
    created_at = models.DateTimeField("创建时间")
    ended_at = models.DateTimeField("完成时间", null=True)

    class Meta:
        """Read with its edition."""

        verbose_name = "联动规则试算"

    def __str__(self) -> str:
        return f"{self.edition_id} {self.since_at:%Y-%m-%d} {self.until_at:%Y-%m-%d}"
