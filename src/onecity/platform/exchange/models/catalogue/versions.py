"""Versions of datasets: all core metadata, from draft to published, and never altered after."""

from typing import Final

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

EDITABLE: Final = ("draft", "returned")


class Sharing(models.TextChoices):
    """The three types of sharing between departments, and of opening to society."""

    UNCONDITIONAL = "unconditional", "无条件"
    CONDITIONAL = "conditional", "有条件"
    NONE = "none", "不予"


class DatasetVersion(models.Model):
    """What a dataset says of itself from one publication on.

    source_kind, source_place, source_table: where its rows lie; the place is a connection's code, empty for rows that a
    module of the city declares.
    """

    class State(models.TextChoices):
        """The path of a version."""

        DRAFT = "draft", "草稿"
        SUBMITTED = "submitted", "待审核"
        RETURNED = "returned", "已退回"
        PUBLISHED = "published", "已发布"
        REPLACED = "replaced", "已更替"
        WITHDRAWN = "withdrawn", "已撤销"

    class Cycle(models.TextChoices):
        """How often the data are renewed."""

        REALTIME = "realtime", "实时"
        DAILY = "daily", "每日"
        WEEKLY = "weekly", "每周"
        MONTHLY = "monthly", "每月"
        QUARTERLY = "quarterly", "每季度"
        HALF_YEARLY = "half_yearly", "每半年"
        YEARLY = "yearly", "每年"
        IRREGULAR = "irregular", "不定期"
        NOT_UPDATED = "not_updated", "不更新"

    class Format(models.TextChoices):
        """The six classes of formats of the guide."""

        FILE = "file", "电子文件"
        SPREADSHEET = "spreadsheet", "电子表格"
        DATABASE = "database", "数据库"
        IMAGE = "image", "图形图像"
        STREAM = "stream", "流媒体"
        SELF_DESCRIBED = "self_described", "自描述格式"

    class Resource(models.TextChoices):
        """What one gets."""

        TABLE = "table", "库表"
        FILE = "file", "文件"
        API = "api", "接口"

    class Source(models.TextChoices):
        """Where the rows lie."""

        DECLARED = "declared", "系统内置"
        CONNECTION = "connection", "部门库表"
        NOWHERE = "nowhere", "未挂接"

    dataset = models.ForeignKey(
        "exchange.Dataset", verbose_name="数据集", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    number = models.PositiveIntegerField("版本号")
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFT)
    title = models.CharField("信息资源名称", max_length=120)
    abstract = models.TextField("信息资源摘要", max_length=2000)
    class_code = models.CharField("信息资源分类", max_length=20)
    provider_unit = models.CharField("提供方内部机构", max_length=80, blank=True)
    provider_credit_code = models.CharField("提供方代码", max_length=18, blank=True)
    format_class = models.CharField("信息资源格式分类", max_length=16, choices=Format, default=Format.DATABASE)
    format_type = models.CharField("信息资源格式类型", max_length=40, blank=True)
    resource_kind = models.CharField("资源类型", max_length=6, choices=Resource, default=Resource.TABLE)
    sharing_type = models.CharField("共享类型", max_length=14, choices=Sharing)
    sharing_condition = models.CharField("共享条件", max_length=400, blank=True)
    sharing_ground = models.CharField("不予共享依据", max_length=400, blank=True)
    sharing_mode = models.CharField("共享方式", max_length=40, blank=True)
    open_type = models.CharField("开放类型", max_length=14, choices=Sharing, default=Sharing.NONE)
    open_condition = models.CharField("开放条件", max_length=400, blank=True)
    licence_code = models.CharField("开放许可", max_length=40, blank=True)
    update_cycle = models.CharField("更新周期", max_length=12, choices=Cycle)
    keywords = ArrayField(models.CharField(max_length=40), verbose_name="关键词", default=list)
    related_codes = ArrayField(models.CharField(max_length=80), verbose_name="关联资源代码", default=list)
    has_geometry = models.BooleanField("是否含空间位置", default=False)
    source_kind = models.CharField("数据来源方式", max_length=12, choices=Source, default=Source.NOWHERE)
    source_place = models.CharField("连接编码", max_length=80, blank=True)
    source_table = models.CharField("来源表", max_length=200, blank=True)
    digest = models.CharField("内容摘要", max_length=64, blank=True)
    change_note = models.CharField("变更说明", max_length=200, blank=True)
    created_by = models.CharField("编制人", max_length=60)
    created_at = models.DateTimeField("编制时间")
    submitted_by = models.CharField("提交人", max_length=60, blank=True)
    submitted_at = models.DateTimeField("提交时间", null=True)
    review_due_at = models.DateTimeField("审核期限", null=True)
    decided_by = models.CharField("审核人", max_length=60, blank=True)
    decided_at = models.DateTimeField("审核时间", null=True)
    return_reason = models.CharField("退回理由", max_length=400, blank=True)
    published_at = models.DateTimeField("发布日期", null=True)
    ended_at = models.DateTimeField("停用时间", null=True)
    end_reason = models.CharField("撤销理由", max_length=400, blank=True)

    class Meta:
        """Numbered within a dataset; at most one is published, at most one is being worked on."""

        verbose_name = "数据集版本"
        constraints = [
            models.UniqueConstraint(fields=["dataset", "number"], name="exchange_version_number"),
            models.UniqueConstraint(
                fields=["dataset"], condition=Q(state="published"), name="exchange_version_one_published"
            ),
            models.UniqueConstraint(
                fields=["dataset"],
                condition=Q(state__in=["draft", "submitted", "returned"]),
                name="exchange_version_one_draft",
            ),
        ]
        indexes = [
            models.Index(
                fields=["submitted_at", "id"], name="exchange_version_waiting", condition=Q(state="submitted")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} v{self.number}"
