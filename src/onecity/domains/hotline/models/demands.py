"""The pool of demands, and the steps of their cases as they are counted."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q


class Demand(models.Model):
    """A demand: what the hotline keeps beside the case that carries it.

    caller_hashed: keyed hash of the number, by which a caller's history is found. words: title and description, for
    likeness and learning; nothing personal of the caller. level: 1 handling, 2 review, 3 re-examination (petitions).
    """

    class Status(models.TextChoices):
        """How it stands."""

        OPEN = "open", "办理中"
        CLOSED = "closed", "已办结"
        VOID = "void", "不予受理"
        MERGED = "merged", "已合并"

    class Satisfaction(models.TextChoices):
        """What the citizen thinks of the handling."""

        NONE = "", "未评价"
        SATISFIED = "satisfied", "满意"
        BASIC = "basic", "基本满意"
        UNSATISFIED = "unsatisfied", "不满意"
        UNREACHED = "unreached", "未联系上"

    case = models.OneToOneField(
        "cases.Case", verbose_name="案件", primary_key=True, on_delete=models.PROTECT, related_name="+"
    )
    number = models.CharField("案件编号", max_length=19, unique=True)
    type_code = models.CharField("案件类型", max_length=80)
    kind = models.CharField("诉求类型", max_length=30)
    topic_code = models.CharField("分类编码", max_length=6, blank=True)
    suggested_code = models.CharField("推荐分类", max_length=6, blank=True)
    source_code = models.CharField("来源渠道", max_length=80)
    urgency = models.SmallIntegerField("紧急程度", default=0)
    title = models.CharField("标题", max_length=120)
    words = models.TextField("诉求内容")
    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name="热线承办机构", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    handler = models.ForeignKey(
        "identity.Organisation",
        verbose_name="承办单位",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    division_code = models.CharField("区划代码", max_length=15, blank=True)
    longitude = models.FloatField("经度", null=True)
    latitude = models.FloatField("纬度", null=True)
    address = models.CharField("地址", max_length=200, blank=True)
    caller_hashed = models.CharField("来电号码（密钥摘要）", max_length=64, blank=True)
    caller_masked = models.CharField("来电号码（脱敏）", max_length=20, blank=True)
    keep_secret = models.BooleanField("要求保密", default=False)
    people = models.PositiveIntegerField("联名人数", default=1)
    representatives = models.PositiveSmallIntegerField("推选代表人数", default=1)
    is_repeated = models.BooleanField("重复诉求", default=False)
    opened_at = models.DateTimeField("受理时间")
    due_at = models.DateTimeField("办结时限", null=True)
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.OPEN)
    level = models.PositiveSmallIntegerField("办理层级", default=1)
    refusal_code = models.CharField("理由编码", max_length=20, blank=True)
    answered_directly = models.BooleanField("直接答复", default=False)
    responded_at = models.DateTimeField("首次响应时间", null=True)
    reply = models.TextField("答复内容", blank=True)
    replied_at = models.DateTimeField("答复时间", null=True)
    called_back_at = models.DateTimeField("回访时间", null=True)
    solved = models.CharField("是否解决", max_length=8, blank=True)
    satisfaction = models.CharField("满意度", max_length=12, choices=Satisfaction, blank=True, default="")
    closed_at = models.DateTimeField("办结时间", null=True)
    account = models.ForeignKey(
        "identity.Account", verbose_name="诉求人账户", null=True, on_delete=models.PROTECT, related_name="+"
    )
    code_hashed = models.CharField("查询码（密钥摘要）", max_length=64, blank=True)
    sender_hashed = models.CharField("网络地址（密钥摘要）", max_length=64, blank=True)
    told_at = models.DateTimeField("提交时间", null=True)
    failures = models.PositiveSmallIntegerField("查询码错误次数", default=0)
    failed_at = models.DateTimeField("最近一次错误时间", null=True)
    updated_at = models.DateTimeField("更新时间")

    class Meta:
        """Listed by owner, newest first; a caller's history; counted by opening, limit and end."""

        verbose_name = "诉求"
        indexes = [
            models.Index(fields=["organisation", "-opened_at", "-case"], name="hotline_demand_keyset"),
            models.Index(fields=["handler", "-opened_at", "-case"], name="hotline_demand_handler"),
            models.Index(fields=["-opened_at", "-case"], name="hotline_demand_newest"),
            models.Index(
                fields=["caller_hashed", "-opened_at"], name="hotline_demand_caller", condition=~Q(caller_hashed="")
            ),
            models.Index(
                fields=["sender_hashed", "told_at"], name="hotline_demand_sender", condition=~Q(sender_hashed="")
            ),
            models.Index(fields=["due_at"], name="hotline_demand_due"),
            models.Index(fields=["closed_at"], name="hotline_demand_closed", condition=Q(closed_at__isnull=False)),
            GinIndex(Func(F("words"), function="geo_bigrams"), name="hotline_demand_words"),
        ]

    def __str__(self) -> str:
        return self.number


class DemandStep(models.Model):
    """A task of a demand's case as it is counted; begin and end arrive apart and in either order."""

    task_id = models.BigIntegerField("任务", primary_key=True)
    case = models.ForeignKey("cases.Case", verbose_name="案件", on_delete=models.PROTECT, related_name="+")
    node = models.CharField("流程节点", max_length=80)
    organisation = models.ForeignKey(
        "identity.Organisation",
        verbose_name="承办机构",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    opened_at = models.DateTimeField("开始时间", null=True)
    due_at = models.DateTimeField("时限", null=True)
    ended_at = models.DateTimeField("结束时间", null=True)
    outcome = models.CharField("处理结果", max_length=40, blank=True)

    class Meta:
        """Counted by kind of step and by the month of deadline and end."""

        verbose_name = "诉求环节"
        indexes = [
            models.Index(fields=["node", "ended_at"], name="hotline_step_ended"),
            models.Index(fields=["node", "due_at"], name="hotline_step_due"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}:{self.node}"
