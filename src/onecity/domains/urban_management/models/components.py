"""The city's components, their running numbers, imports, and lines of files that could not be taken in."""

from django.db import models
from django.db.models import Q


class Component(models.Model):
    """A component (部件) under its 16-digit identifier."""

    class State(models.TextChoices):
        """How it is, in the standard's words."""

        WHOLE = "whole", "完好"
        BROKEN = "broken", "破损"
        LOST = "lost", "丢失"
        ABANDONED = "abandoned", "废弃"

    code = models.CharField("部件标识码", max_length=16, unique=True)
    class_code = models.CharField("部件类别", max_length=12)
    name = models.CharField("部件名称", max_length=80)
    state = models.CharField("部件状态", max_length=10, choices=State, default=State.WHOLE)
    division_code = models.CharField("单元网格编码", max_length=15)
    organisation = models.ForeignKey(
        "identity.Organisation",
        verbose_name="监督指挥中心",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    longitude = models.FloatField("经度")
    latitude = models.FloatField("纬度")
    authority = models.CharField("主管部门", max_length=80, blank=True)
    owner = models.CharField("权属单位", max_length=80, blank=True)
    keeper = models.CharField("养护单位", max_length=80, blank=True)
    surveyed_date = models.DateField("普查日期")
    source = models.CharField("数据来源", max_length=40, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)
    created_at = models.DateTimeField("登记时间")
    changed_at = models.DateTimeField("变更时间")

    class Meta:
        """Listed by organisation, newest first; found by class and place."""

        verbose_name = "部件"
        constraints = [
            models.CheckConstraint(name="urban_component_code", condition=Q(code__regex=r"^[1-9]\d{15}$")),
            models.CheckConstraint(
                name="urban_component_place",
                condition=Q(longitude__gte=-180, longitude__lte=180, latitude__gte=-90, latitude__lte=90),
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "-created_at", "-id"], name="urban_component_keyset"),
            models.Index(fields=["class_code", "longitude", "latitude"], name="urban_component_place_ix"),
        ]

    def __str__(self) -> str:
        return self.code


class ComponentSerial(models.Model):
    """The last running number of a division and class."""

    prefix = models.CharField("标识码前段", max_length=10, primary_key=True)
    last = models.PositiveIntegerField("最后顺序号", default=0)

    class Meta:
        """Locked while a number is taken."""

        verbose_name = "部件顺序号"

    def __str__(self) -> str:
        return f"{self.prefix}{self.last:06}"


class ComponentFault(models.Model):
    """A line of a file that could not be taken in, with its reason, until somebody mends or drops it."""

    organisation = models.ForeignKey(
        "identity.Organisation",
        verbose_name="监督指挥中心",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    file_name = models.CharField("文件名", max_length=120)
    line = models.PositiveIntegerField("行号")
    values = models.JSONField("原始内容")
    reason = models.CharField("不能入库的原因", max_length=300)
    created_at = models.DateTimeField("导入时间")

    class Meta:
        """Listed by organisation, newest first."""

        verbose_name = "部件导入隔离"
        indexes = [models.Index(fields=["organisation", "-created_at", "-id"], name="urban_fault_keyset")]

    def __str__(self) -> str:
        return f"{self.file_name}:{self.line}"


class CaseComponent(models.Model):
    """Which component a case is about."""

    case = models.OneToOneField(
        "cases.Case", verbose_name="案件", primary_key=True, on_delete=models.PROTECT, related_name="+"
    )
    component = models.ForeignKey(Component, verbose_name="部件", on_delete=models.PROTECT, related_name="+")
    linked_at = models.DateTimeField("关联时间")
    linked_by = models.CharField("关联人", max_length=60)

    class Meta:
        """Read from both sides."""

        verbose_name = "案件部件"

    def __str__(self) -> str:
        return f"{self.case_id}:{self.component_id}"
