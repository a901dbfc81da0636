"""Flows: where data goes regularly, and the versions of what is done to it on the way."""

from django.db import models
from django.db.models import Q

from onecity.platform.exchange.contracts.blocks import Loading, Reading

READINGS = [(Reading.FULL.value, "全量"), (Reading.BY_CURSOR.value, "增量"), (Reading.CHANGES.value, "变更捕获")]
LOADINGS = [
    (Loading.SWAP.value, "整表替换"),
    (Loading.MERGE.value, "按主键合并"),
    (Loading.MERGE_DELETE.value, "按主键合并并删除"),
    (Loading.APPEND.value, "追加"),
]


class Flow(models.Model):
    """One way that data goes, with what stands now: its published version, when it is due, where it goes on.

    position: where the next incremental run begins. grant_code: when set, every run holds that grant's limits.
    """

    class State(models.TextChoices):
        """Whether it runs."""

        DRAFT = "draft", "未发布"
        ACTIVE = "active", "运行中"
        PAUSED = "paused", "已暂停"
        CLOSED = "closed", "已停用"

    code = models.SlugField("流程编码", max_length=60, unique=True)
    name = models.CharField("流程名称", max_length=80)
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFT)
    state_reason = models.CharField("暂停或停用原因", max_length=200, blank=True)
    dataset_code = models.CharField("资源代码", max_length=80, blank=True)
    source_dataset_code = models.CharField("来源资源代码", max_length=80, blank=True, default="")
    grant_code = models.CharField("授权编号", max_length=80, blank=True)
    owner_id = models.BigIntegerField("负责人", null=True)
    published = models.ForeignKey(
        "exchange.FlowVersion", verbose_name="现行版本", null=True, on_delete=models.PROTECT, related_name="+"
    )
    last_run = models.ForeignKey(
        "exchange.Run", verbose_name="最近运行", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    position = models.JSONField("增量位置", null=True)
    next_due_at = models.DateTimeField("下次应运行时间", null=True)
    awaited_since_at = models.DateTimeField("应完成起算时间", null=True)
    late_told_at = models.DateTimeField("逾期提醒时间", null=True)
    organisation_id = models.BigIntegerField("所属机构")
    division_code = models.CharField("所在区划", max_length=15, blank=True)
    author = models.CharField("编辑者", max_length=60)
    created_at = models.DateTimeField("创建时间")

    class Meta:
        """Listed newest first within a scope; what is due is found by its time."""

        verbose_name = "交换流程"
        indexes = [
            models.Index(fields=["organisation_id", "-created_at", "-id"], name="exchange_flow_keyset"),
            models.Index(fields=["-created_at", "-id"], name="exchange_flow_newest"),
            models.Index(fields=["next_due_at"], name="exchange_flow_due", condition=Q(state="active")),
            models.Index(fields=["awaited_since_at"], name="exchange_flow_awaited", condition=Q(state="active")),
            models.Index(fields=["dataset_code"], name="exchange_flow_dataset"),
            models.Index(fields=["grant_code"], name="exchange_flow_grant"),
        ]

    def __str__(self) -> str:
        return self.name


class FlowVersion(models.Model):
    """What a flow does. A draft may be edited; what was published never changes, a new version follows it.

    columns, checks, conditions, target_shape: as `codecs.plans` writes them. sensitive: source column → name of a
    mask in `kernel.masking`. cron: five fields, city time; after: runs when that flow has finished; neither: by hand.
    """

    class State(models.TextChoices):
        """Where a version is in its life."""

        DRAFT = "draft", "草稿"
        PUBLISHED = "published", "已发布"
        SUPERSEDED = "superseded", "已被替代"

    flow = models.ForeignKey(Flow, verbose_name="交换流程", on_delete=models.CASCADE, related_name="+", db_index=False)
    number = models.PositiveIntegerField("版本")
    state = models.CharField("状态", max_length=12, choices=State, default=State.DRAFT)
    source = models.ForeignKey("exchange.Connection", verbose_name="来源", on_delete=models.PROTECT, related_name="+")
    source_table = models.CharField("来源表", max_length=200)
    source_columns = models.JSONField("来源字段", default=list)
    target = models.ForeignKey("exchange.Connection", verbose_name="目标", on_delete=models.PROTECT, related_name="+")
    target_shape = models.JSONField("目标表结构", default=dict)
    reading = models.CharField("读取方式", max_length=12, choices=READINGS)
    loading = models.CharField("写入方式", max_length=14, choices=LOADINGS)
    columns = models.JSONField("字段映射", default=list)
    checks = models.JSONField("校验规则", default=list)
    conditions = models.JSONField("取数条件", default=list)
    sensitive = models.JSONField("敏感字段", default=dict)
    cursor = models.CharField("增量字段", max_length=120, blank=True)
    threshold_share = models.FloatField("不合格比例上限", null=True)
    threshold_rows = models.PositiveBigIntegerField("不合格行数上限", null=True)
    block_rows = models.PositiveIntegerField("每块行数", default=50_000)
    rows_per_second = models.PositiveIntegerField("每秒行数上限", default=0)
    parts = models.PositiveSmallIntegerField("并行数", default=1)
    cron = models.CharField("定时", max_length=60, blank=True)
    after = models.ForeignKey(
        Flow, verbose_name="在其后运行", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    late_after_s = models.PositiveIntegerField("逾期时限", default=3600)
    author = models.CharField("编辑者", max_length=60)
    created_at = models.DateTimeField("创建时间")
    published_at = models.DateTimeField("发布时间", null=True)

    class Meta:
        """One draft and one published version of a flow at a time."""

        verbose_name = "流程版本"
        constraints = [
            models.UniqueConstraint(fields=["flow", "number"], name="exchange_flowversion_once"),
            models.UniqueConstraint(fields=["flow"], condition=Q(state="draft"), name="exchange_flowversion_one_draft"),
            models.UniqueConstraint(
                fields=["flow"], condition=Q(state="published"), name="exchange_flowversion_one_published"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.flow_id} v{self.number}"
