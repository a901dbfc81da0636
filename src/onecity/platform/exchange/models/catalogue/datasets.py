"""Datasets as the catalogue lists them, their fields, and which comes from which."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q

from onecity.platform.exchange.models.catalogue.versions import DatasetVersion, Sharing


class Dataset(models.Model):
    """A dataset of one provider. What it says of itself stands in its versions; lists read the copies that stand here.

    code: in addresses and programs, forever. resource_code, front_code and back_code: the official ones; empty until
    first published. declared: a module of the city keeps it. title and what follows: of the published version, else of
    the draft.
    """

    class State(models.TextChoices):
        """Where a dataset is in its life."""

        DRAFT = "draft", "编制中"
        PUBLISHED = "published", "已发布"
        WITHDRAWN = "withdrawn", "已撤销"

    code = models.CharField("目录编码", max_length=80, unique=True)
    resource_code = models.CharField("信息资源代码", max_length=40, blank=True)
    front_code = models.CharField("前段码", max_length=6, blank=True)
    back_code = models.CharField("后段码", max_length=10, blank=True)
    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name="提供方", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    declared = models.BooleanField("是否系统内置", default=False)
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFT)
    version = models.ForeignKey(
        "exchange.DatasetVersion",
        verbose_name="现行版本",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    title = models.CharField("信息资源名称", max_length=120)
    class_code = models.CharField("信息资源分类", max_length=20)
    sharing_type = models.CharField("共享类型", max_length=14, choices=Sharing)
    open_type = models.CharField("开放类型", max_length=14, choices=Sharing)
    update_cycle = models.CharField("更新周期", max_length=12, choices=DatasetVersion.Cycle)
    words = models.TextField("检索文本", blank=True)
    last_data_at = models.DateTimeField("最近数据时间", null=True)
    next_data_at = models.DateTimeField("应更新时间", null=True)
    created_at = models.DateTimeField("登记时间")
    published_at = models.DateTimeField("发布时间", null=True)

    class Meta:
        """Read newest first, of all, of a provider, or opened ones; found by words of two characters."""

        verbose_name = "数据集"
        indexes = [
            models.Index(fields=["organisation", "-created_at", "-id"], name="exchange_dataset_keyset"),
            models.Index(fields=["state", "-created_at", "-id"], name="exchange_dataset_newest"),
            models.Index(fields=["class_code"], name="exchange_dataset_class", opclasses=["varchar_pattern_ops"]),
            models.Index(
                fields=["-created_at", "-id"],
                name="exchange_dataset_open",
                condition=Q(state="published") & ~Q(open_type="none"),
            ),
            models.Index(
                fields=["next_data_at", "id"],
                name="exchange_dataset_due",
                condition=Q(state="published", next_data_at__isnull=False),
            ),
            GinIndex(Func(F("words"), function="geo_bigrams"), name="exchange_dataset_words"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["resource_code"], condition=~Q(resource_code=""), name="exchange_dataset_resource_code"
            ),
            models.UniqueConstraint(
                fields=["front_code", "back_code"], condition=~Q(front_code=""), name="exchange_dataset_identifier"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class DataField(models.Model):
    """One field (信息项) of one version of a dataset. sharing_type: empty where it is the dataset's."""

    class Sensitivity(models.TextChoices):
        """How much harm a leak would do; each level holds the ones before."""

        PUBLIC = "public", "公开"
        INTERNAL = "internal", "内部"
        SENSITIVE = "sensitive", "敏感"
        HIGHLY_SENSITIVE = "highly_sensitive", "高度敏感"

    version = models.ForeignKey(
        DatasetVersion, verbose_name="版本", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    position = models.PositiveSmallIntegerField("序号")
    name = models.CharField("字段名", max_length=63)
    title = models.CharField("信息项名称", max_length=80)
    type = models.CharField("数据类型", max_length=10)
    length = models.PositiveIntegerField("长度", null=True)
    precision = models.PositiveSmallIntegerField("总位数", null=True)
    scale = models.PositiveSmallIntegerField("小数位数", null=True)
    unit = models.CharField("计量单位", max_length=20, blank=True)
    is_key = models.BooleanField("是否主键", default=False)
    nullable = models.BooleanField("是否可空", default=True)
    code_list_code = models.CharField("代码表", max_length=60, blank=True)
    sensitivity = models.CharField("敏感级别", max_length=16, choices=Sensitivity, default=Sensitivity.INTERNAL)
    mask = models.CharField("脱敏方式", max_length=40, blank=True)
    sharing_type = models.CharField("共享类型", max_length=14, choices=Sharing, blank=True)
    is_open = models.BooleanField("是否开放", default=False)
    description = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        """Read in order; names are unique within a version."""

        verbose_name = "信息项"
        constraints = [
            models.UniqueConstraint(fields=["version", "position"], name="exchange_datafield_order"),
            models.UniqueConstraint(fields=["version", "name"], name="exchange_datafield_once"),
        ]

    def __str__(self) -> str:
        return self.title


class LineageEdge(models.Model):
    """One dataset comes from another: by a flow that carries it, or as somebody has noted."""

    class Origin(models.TextChoices):
        """Who says so."""

        FLOW = "flow", "数据流"
        HAND = "hand", "人工登记"

    source = models.ForeignKey(Dataset, verbose_name="来源", on_delete=models.CASCADE, related_name="+", db_index=False)
    target = models.ForeignKey(Dataset, verbose_name="去向", on_delete=models.CASCADE, related_name="+", db_index=False)
    origin = models.CharField("登记方式", max_length=6, choices=Origin)
    flow_code = models.CharField("数据流编码", max_length=80, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)
    fields = ArrayField(models.CharField(max_length=63), verbose_name="涉及字段", default=list)
    created_at = models.DateTimeField("登记时间")

    class Meta:
        """Read from either end."""

        verbose_name = "数据血缘"
        constraints = [
            models.UniqueConstraint(fields=["source", "target", "flow_code"], name="exchange_lineage_once"),
            models.CheckConstraint(name="exchange_lineage_leads_on", condition=~Q(source=F("target"))),
        ]
        indexes = [models.Index(fields=["target", "source"], name="exchange_lineage_target")]

    def __str__(self) -> str:
        return f"{self.source_id}→{self.target_id}"
