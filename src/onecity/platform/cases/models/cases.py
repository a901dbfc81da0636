"""Cases, their tasks, their history."""

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GistIndex
from django.db.models import Q


class Case(models.Model):
    """Anything that has a process, deadlines, people who answer for it and an outcome."""

    class Status(models.TextChoices):
        """How it stands."""

        OPEN = "open", "办理中"
        CLOSED = "closed", "已结案"
        VOID = "void", "已作废"
        MERGED = "merged", "已合并"

    class Light(models.TextChoices):
        """What its clocks show."""

        GREEN = "green", "正常"
        YELLOW = "yellow", "预警"
        RED = "red", "超时"

    number = models.CharField("案件编号", max_length=19, db_collation="C")
    case_type = models.ForeignKey(
        "cases.CaseType", verbose_name="案件类型", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    version = models.ForeignKey(
        "cases.CaseTypeVersion", verbose_name="类型版本", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    title = models.CharField("标题", max_length=120)
    description = models.TextField("描述", blank=True)
    scheme_code = models.CharField("分类方案编码", max_length=80, blank=True)
    class_code = models.CharField("分类编码", max_length=40, blank=True)
    source_code = models.CharField("来源", max_length=80, blank=True)
    urgency = models.SmallIntegerField("紧急程度", default=0)
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.OPEN)
    stage_code = models.CharField("阶段", max_length=40, blank=True)
    light = models.CharField("红绿灯", max_length=10, choices=Light, default=Light.GREEN)
    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name="主管机构", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    handler = models.ForeignKey(
        "identity.Organisation",
        verbose_name="承办机构",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    reporter_organisation = models.ForeignKey(
        "identity.Organisation",
        verbose_name="上报机构",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    division_code = models.CharField("网格或区划代码", max_length=15, blank=True)
    location = models.PointField("位置", srid=4326, null=True, spatial_index=False)
    address = models.CharField("地址", max_length=200, blank=True)
    reporter_name_sealed = models.BinaryField("反映人姓名（加密）", default=b"")
    reporter_name_masked = models.CharField("反映人姓名（脱敏）", max_length=40, blank=True)
    reporter_phone_sealed = models.BinaryField("反映人电话（加密）", default=b"")
    reporter_phone_hashed = models.CharField("反映人电话（密钥摘要）", max_length=64, blank=True)
    reporter_phone_masked = models.CharField("反映人电话（脱敏）", max_length=20, blank=True)
    opened_by = models.CharField("登记人", max_length=60)
    origin = models.CharField("来源引用", max_length=120, null=True)
    opened_at = models.DateTimeField("立案时间")
    due_at = models.DateTimeField("办结时限", null=True)
    warn_at = models.DateTimeField("预警时间", null=True)
    paused_at = models.DateTimeField("停表时间", null=True)
    next_light_at = models.DateTimeField("下次变灯时间", null=True)
    closed_at = models.DateTimeField("结束时间", null=True)
    suspended_until = models.DateTimeField("挂账复查时间", null=True)
    clock = models.JSONField("计时", default=dict)
    data = models.JSONField("案件数据", default=dict)
    outcomes = models.JSONField("各任务最近结果", default=dict)
    workflow = models.JSONField("流程状态", default=dict)
    revision = models.PositiveIntegerField("修订号", default=1)
    scope_keys = ArrayField(models.CharField(max_length=24), verbose_name="可见范围", default=list)
    merged_into = models.ForeignKey(
        "self", verbose_name="合并到", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        """No index holds what changes at every step, so that a step's new row stays in its page (HOT)."""

        verbose_name = "案件"
        constraints = [
            models.UniqueConstraint(fields=["number"], name="cases_case_number"),
            models.UniqueConstraint(fields=["origin"], name="cases_case_origin", condition=Q(origin__isnull=False)),
            models.CheckConstraint(
                name="cases_case_ended_or_not",
                condition=Q(status="open", closed_at__isnull=True) | (~Q(status="open") & Q(closed_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="cases_case_suspended_while_open",
                condition=Q(suspended_until__isnull=True) | Q(status="open"),
            ),
            models.CheckConstraint(
                name="cases_case_merged_somewhere",
                condition=Q(status="merged", merged_into__isnull=False)
                | (~Q(status="merged") & Q(merged_into__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(fields=["status", "-opened_at", "-id"], name="cases_case_newest"),
            models.Index(fields=["organisation", "-opened_at", "-id"], name="cases_case_keyset"),
            models.Index(
                fields=["next_light_at"], name="cases_case_next_light", condition=Q(next_light_at__isnull=False)
            ),
            models.Index(
                fields=["reporter_phone_hashed"], name="cases_case_phone", condition=~Q(reporter_phone_hashed="")
            ),
            GistIndex(fields=["location"], name="cases_case_location", condition=Q(location__isnull=False)),
            models.Index(
                fields=["suspended_until"], name="cases_case_suspended", condition=Q(suspended_until__isnull=False)
            ),
            models.Index(fields=["merged_into"], name="cases_case_merged_into", condition=Q(merged_into__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.number


class Task(models.Model):
    """A human step of a case, waiting or over."""

    class State(models.TextChoices):
        """How it stands."""

        OPEN = "open", "待办"
        DONE = "done", "已办"
        CANCELLED = "cancelled", "已取消"

    case = models.ForeignKey(Case, verbose_name="案件", on_delete=models.PROTECT, related_name="+", db_index=False)
    token = models.CharField("流程令牌", max_length=32)
    node = models.CharField("流程节点", max_length=80)
    name = models.CharField("任务名称", max_length=80)
    stage_code = models.CharField("阶段", max_length=40, blank=True)
    state = models.CharField("状态", max_length=10, choices=State, default=State.OPEN)
    post = models.CharField("岗位权限", max_length=80)
    organisation = models.ForeignKey(
        "identity.Organisation",
        verbose_name="承办机构",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    division_code = models.CharField("网格或区划代码", max_length=15, blank=True)
    assignee = models.ForeignKey(
        "identity.Account", verbose_name="签收人", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    claimed_at = models.DateTimeField("签收时间", null=True)
    opened_at = models.DateTimeField("开始时间")
    due_at = models.DateTimeField("时限", null=True)
    warn_at = models.DateTimeField("预警时间", null=True)
    paused_at = models.DateTimeField("停表时间", null=True)
    light = models.CharField("红绿灯", max_length=10, choices=Case.Light, default=Case.Light.GREEN)
    clock = models.JSONField("计时", default=dict)
    next_light_at = models.DateTimeField("下次变灯时间", null=True)
    ended_at = models.DateTimeField("结束时间", null=True)
    ended_by = models.CharField("办理人", max_length=60, blank=True)
    outcome = models.CharField("处理结果", max_length=40, blank=True)
    told_at = models.DateTimeField("通知时间", null=True)
    watch_at = models.DateTimeField("下次监察时间", null=True)
    watch_step = models.PositiveSmallIntegerField("已采取的监察措施数", default=0, db_default=0)

    class Meta:
        """Waiting tasks are found by post and organisation or place; ended ones by their case."""

        verbose_name = "任务"
        constraints = [models.UniqueConstraint(fields=["case", "token"], name="cases_task_once")]
        indexes = [
            models.Index(
                fields=["post", "organisation", "due_at", "id"],
                name="cases_task_organisation",
                condition=Q(state="open"),
            ),
            models.Index(
                fields=["post", "division_code"],
                name="cases_task_division",
                opclasses=["text_ops", "text_pattern_ops"],
                condition=Q(state="open"),
            ),
            models.Index(
                fields=["assignee"], name="cases_task_assignee", condition=Q(state="open", assignee__isnull=False)
            ),
            models.Index(
                fields=["next_light_at"],
                name="cases_task_next_light",
                condition=Q(state="open", next_light_at__isnull=False),
            ),
            models.Index(
                fields=["watch_at"], name="cases_task_watched", condition=Q(state="open", watch_at__isnull=False)
            ),
            models.Index(fields=["id"], name="cases_task_untold", condition=Q(state="open", told_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}:{self.node}"


class Entry(models.Model):
    """A line of a case's history. It only grows: the database refuses to change or remove what was written."""

    class Kind(models.TextChoices):
        """What happened."""

        OPENED = "opened", "立案"
        TASK_OPENED = "task_opened", "任务下达"
        COMPLETED = "completed", "办理"
        CANCELLED = "cancelled", "任务取消"
        CLAIMED = "claimed", "签收"
        RELEASED = "released", "退回待签收"
        REASSIGNED = "reassigned", "改派"
        ACTED = "acted", "系统动作"
        LIGHT = "light", "变灯"
        PAUSED = "paused", "停表"
        RESUMED = "resumed", "恢复计时"
        NOTE = "note", "备注"
        ATTACHED = "attached", "上传附件"
        MERGED = "merged", "合并"
        ASKED = "asked", "提出申请"
        DECIDED = "decided", "审批申请"
        LAPSED = "lapsed", "申请终止"
        POSTPONED = "postponed", "延期"
        SUSPENDED = "suspended", "挂账"
        REOPENED = "reopened", "重新办理"
        CARD = "card", "监察牌"
        APPEALED = "appealed", "申诉"
        CARD_SETTLED = "card_settled", "申诉答复"
        ESCALATED = "escalated", "上报督办"
        INVITED = "invited", "邀请协办"
        ASSISTED = "assisted", "协办答复"
        OVERRULED = "overruled", "不再等待"
        SUBCASE = "subcase", "下达子案件"
        SUB_ENDED = "sub_ended", "子案件结束"
        MOVED = "moved", "迁移版本"
        CLOSED = "closed", "结束"

    case = models.ForeignKey(Case, verbose_name="案件", on_delete=models.PROTECT, related_name="+", db_index=False)
    task_id = models.BigIntegerField("任务", null=True)
    at = models.DateTimeField("时间")
    kind = models.CharField("事项", max_length=12, choices=Kind)
    actor = models.CharField("操作者", max_length=60)
    actor_name = models.CharField("操作者姓名", max_length=60, blank=True)
    organisation_id = models.BigIntegerField("操作者机构", null=True)
    text = models.TextField("说明", blank=True)
    data = models.JSONField("内容", default=dict)

    class Meta:
        """Read by case, in order."""

        verbose_name = "办理经过"
        indexes = [models.Index(fields=["case", "id"], name="cases_entry_of_case")]

    def __str__(self) -> str:
        return f"{self.case_id}:{self.kind}"
