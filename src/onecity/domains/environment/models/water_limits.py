"""Limits of surface water and how classes are made: dated rows."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class WaterLimit(models.Model):
    """Limits of one item from a day of the data on. Rows are added, never changed.

    steps: classes I to V. lake: those of lakes and reservoirs, empty where they are the same.
    """

    item_code = models.CharField("项目", max_length=12)
    direction = models.CharField("限值方向", max_length=8)
    steps = ArrayField(models.DecimalField(max_digits=12, decimal_places=5), verbose_name="五类限值")
    lake = ArrayField(models.DecimalField(max_digits=12, decimal_places=5), verbose_name="湖库五类限值", blank=True)
    lower = models.DecimalField("下限", max_digits=12, decimal_places=5, null=True)
    unit = models.CharField("单位", max_length=12, blank=True)
    edition_code = models.CharField("标准版本", max_length=40)
    valid_from = models.DateField("数据起始日期")
    source = models.CharField("依据", max_length=200)
    author = models.CharField("录入人", max_length=60)
    created_at = models.DateTimeField("录入时间")

    class Meta:
        """Some dozens of rows."""

        verbose_name = "地表水限值"
        constraints = [models.UniqueConstraint(fields=["item_code", "valid_from"], name="environment_water_limit")]

    def __str__(self) -> str:
        return f"{self.item_code} {self.valid_from}"


class WaterMethod(models.Model):
    """How classes are made from a day of the data on; see `rules.water.judging.Method`. Rows are added, never changed.

    decimals: places by item code, as `codmn:1`.
    """

    valid_from = models.DateField("数据起始日期", unique=True)
    edition_code = models.CharField("标准版本", max_length=40)
    needed = ArrayField(models.CharField(max_length=12), verbose_name="必需项目")
    not_judged = ArrayField(models.CharField(max_length=12), verbose_name="不参评项目")
    decimals = ArrayField(models.CharField(max_length=16), verbose_name="修约位数")
    half_even = models.BooleanField("四舍六入五成双")
    most_main = models.PositiveSmallIntegerField("主要污染指标数")
    day_samples = models.PositiveSmallIntegerField("日均值最少次数")
    month_samples = models.PositiveSmallIntegerField("月均值最少次数")
    hydrogen_mean = models.BooleanField("pH按氢离子浓度平均")
    source = models.CharField("依据", max_length=200)
    author = models.CharField("录入人", max_length=60)
    created_at = models.DateTimeField("录入时间")

    class Meta:
        """A handful of rows."""

        verbose_name = "地表水评价方法"

    def __str__(self) -> str:
        return f"{self.edition_code} {self.valid_from}"
