"""The macro-economy: series, what was observed of them and when it was published, and the tables it came from."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from onecity.kernel.text import zh


class EconomicSeries(models.Model):
    """One statistical series, such as the gross regional product. `code` stays forever; its name may be corrected."""

    class Kind(models.TextChoices):
        """What a value says, and so what may be done with it."""

        STOCK = "stock", zh("时点指标")
        FLOW = "flow", zh("时期指标")
        INDEX = "index", zh("指数（上年同期=100）")
        RATE = "rate", zh("比率")

    code = models.CharField("指标编码", max_length=60, unique=True)
    name = models.CharField("指标名称", max_length=80)
    aliases = ArrayField(models.CharField(max_length=80), verbose_name="指标别名", default=list, blank=True)
    definition = models.TextField("指标解释", blank=True)
    kind = models.CharField("指标性质", max_length=8, choices=Kind)
    unit = models.CharField("计量单位", max_length=20)
    decimals = models.PositiveSmallIntegerField("保留小数位数", default=2)
    base_year = models.PositiveSmallIntegerField("基期年份", null=True, blank=True)
    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name="数据来源部门", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    whole = models.ForeignKey(
        "self", verbose_name="所属总量指标", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    parts_are_complete = models.BooleanField("分项合计等于总量", default=False)
    sums_over_divisions = models.BooleanField("下级区划合计等于全市", default=False)
    is_population = models.BooleanField("用于计算人均的常住人口", default=False)
    is_made_up = models.BooleanField("是否示意数据", default=False)
    created_at = models.DateTimeField("创建时间")

    class Meta:
        """Read newest first within a scope; one population by which values are shared out."""

        verbose_name = "经济指标"
        constraints = [
            models.UniqueConstraint(
                fields=["is_population"], condition=Q(is_population=True), name="registers_series_one_population"
            ),
            models.CheckConstraint(
                name="registers_series_not_own_part", condition=Q(whole__isnull=True) | ~Q(whole=F("id"))
            ),
        ]
        indexes = [models.Index(fields=["organisation", "-created_at", "-id"], name="registers_series_keyset")]

    def __str__(self) -> str:
        return self.name


class EconomicTable(models.Model):
    """A statistical table that was taken in. What it brought can be withdrawn; it is never erased."""

    class State(models.TextChoices):
        """Whether the table's values count."""

        TAKEN = "taken", zh("已入库")
        WITHDRAWN = "withdrawn", zh("已撤销")

    title = models.CharField("表名", max_length=200)
    filename = models.CharField("文件名", max_length=200)
    digest = models.CharField("文件摘要（SM3）", max_length=64)
    state = models.CharField("状态", max_length=10, choices=State, default=State.TAKEN)
    stage = models.CharField("数据阶段", max_length=12)
    published_on = models.DateField("发布日期")
    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name="导入机构", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    values_taken = models.PositiveIntegerField("入库数值", default=0)
    values_unchanged = models.PositiveIntegerField("未变数值", default=0)
    is_made_up = models.BooleanField("是否示意数据", default=False)
    taken_by = models.CharField("导入人", max_length=60)
    created_at = models.DateTimeField("导入时间")
    withdrawn_by = models.CharField("撤销人", max_length=60, blank=True)
    withdrawn_at = models.DateTimeField("撤销时间", null=True)
    withdrawal_reason = models.CharField("撤销原因", max_length=200, blank=True)

    class Meta:
        """Read newest first within a scope; the same file counts once."""

        verbose_name = "统计表"
        constraints = [
            models.UniqueConstraint(fields=["digest"], condition=Q(state="taken"), name="registers_table_counts_once")
        ]
        indexes = [models.Index(fields=["organisation", "-created_at", "-id"], name="registers_table_keyset")]

    def __str__(self) -> str:
        return self.title


class EconomicValue(models.Model):
    """What one publication said of a series for a division and a period. A revision is a further row.

    value: in the series' unit; null with a `mark` that says why there is none.
    """

    class PeriodKind(models.TextChoices):
        """How long the period is; `cumulative` runs from January to the end of month `period_number`."""

        YEAR = "year", zh("年")
        HALF = "half", zh("半年")
        QUARTER = "quarter", zh("季")
        MONTH = "month", zh("月")
        CUMULATIVE = "cumulative", zh("累计")

    class Stage(models.TextChoices):
        """How final a figure is; a later stage outranks an earlier one published on the same day."""

        PRELIMINARY = "preliminary", zh("初步核算数")
        REVISED = "revised", zh("修订数")
        FINAL = "final", zh("最终核实数")

    class Mark(models.TextChoices):
        """Why a cell holds no number."""

        NUMBER = "", zh("有数值")
        NIL = "nil", zh("无此项数据")
        UNKNOWN = "unknown", zh("数据不详或不足本表最小单位")

    series = models.ForeignKey(
        EconomicSeries, verbose_name="指标", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name="数据来源部门", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    division_code = models.CharField("行政区划代码", max_length=12)
    period_kind = models.CharField("报告期类型", max_length=10, choices=PeriodKind)
    period_year = models.PositiveSmallIntegerField("报告期年份")
    period_number = models.PositiveSmallIntegerField("报告期序号")
    ends_on = models.DateField("报告期截止日")
    value = models.DecimalField("数值", max_digits=38, decimal_places=12, null=True)
    mark = models.CharField("数值标记", max_length=8, choices=Mark, blank=True)
    stated = models.CharField("原表写法", max_length=60, blank=True)
    note = models.CharField("脚注", max_length=60, blank=True)
    stage = models.CharField("数据阶段", max_length=12, choices=Stage)
    published_on = models.DateField("发布日期")
    table = models.ForeignKey(
        EconomicTable, verbose_name="来源统计表", on_delete=models.PROTECT, related_name="+", null=True
    )
    cell = models.CharField("表中位置", max_length=20, blank=True)
    is_current = models.BooleanField("是否现行数", default=True)
    recorded_by = models.CharField("录入人", max_length=60)
    created_at = models.DateTimeField("录入时间")
    withdrawn_at = models.DateTimeField("撤销时间", null=True)

    class Meta:
        """One current row for each series, division and period; read along time, and by scope."""

        verbose_name = "经济指标数值"
        constraints = [
            models.UniqueConstraint(
                fields=["series", "division_code", "period_kind", "period_year", "period_number"],
                condition=Q(is_current=True),
                name="registers_value_one_current",
            ),
            models.CheckConstraint(
                name="registers_value_or_mark",
                condition=Q(value__isnull=False, mark="") | (Q(value__isnull=True) & ~Q(mark="")),
            ),
            models.CheckConstraint(
                name="registers_value_withdrawn_not_current",
                condition=Q(withdrawn_at__isnull=True) | Q(is_current=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["series", "division_code", "period_kind", "ends_on", "published_on"],
                name="registers_value_line",
            ),
            models.Index(fields=["organisation", "-created_at", "-id"], name="registers_value_keyset"),
        ]

    def __str__(self) -> str:
        return f"{self.series_id} {self.division_code} {self.period_year} {self.period_kind} {self.period_number}"
