"""Figures that rules leave to the city, by date, and where datasets are taken from."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class SharingParameter(models.Model):
    """One figure from a day on. The newest row whose day has come holds; rows are added, never altered."""

    code = models.CharField("参数编码", max_length=40)
    value = models.PositiveIntegerField("参数值")
    valid_from = models.DateField("生效日期")
    basis = models.CharField("设定依据", max_length=300)

    class Meta:
        """One row for a figure and a day."""

        verbose_name = "共享参数"
        constraints = [models.UniqueConstraint(fields=["code", "valid_from"], name="exchange_parameter_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.valid_from}"


class DatasetSupply(models.Model):
    """Where a dataset's rows are taken from when they are shared.

    table: in the connection, or in the schema of the platform's own copies. columns: catalogue's column → source's
    column, for those that differ. subject_column: the source's column with the person's or enterprise's identifier.
    """

    class Kind(models.TextChoices):
        """Where rows come from."""

        DECLARED = "declared", "平台模块数据"
        COPY = "copy", "平台汇聚副本"
        CONNECTION = "connection", "提供方实时连接"

    class Subject(models.TextChoices):
        """Whom the identifier names."""

        NONE = "", "不按对象查询"
        CITIZEN = "citizen_id", "公民身份号码"
        ENTERPRISE = "uscc", "统一社会信用代码"

    dataset_code = models.CharField("信息资源代码", max_length=80, unique=True)
    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name="提供方", on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField("供数方式", max_length=12, choices=Kind)
    connection_code = models.CharField("来源连接", max_length=80, blank=True)
    table = models.CharField("来源表", max_length=160, blank=True)
    key = ArrayField(models.CharField(max_length=80), verbose_name="主键列", default=list, blank=True)
    cursor = models.CharField("增量列", max_length=80, blank=True)
    columns = models.JSONField("列对应", default=dict, blank=True)
    subject_column = models.CharField("对象标识列", max_length=80, blank=True)
    subject_kind = models.CharField("对象标识", max_length=12, choices=Subject, default=Subject.NONE, blank=True)
    changed_at = models.DateTimeField("设置时间")

    class Meta:
        """One for a dataset; a live one names its connection and table."""

        verbose_name = "供数设置"
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="connection") | (~Q(connection_code="") & ~Q(table="")),
                name="exchange_supply_names_its_source",
            ),
            models.CheckConstraint(
                condition=(Q(subject_column="") & Q(subject_kind="")) | (~Q(subject_column="") & ~Q(subject_kind="")),
                name="exchange_supply_subject_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.dataset_code
