"""The series of the city's indicators."""

from django.db import models


class Point(models.Model):
    """An indicator's value for the whole city in one hour of city time; the running hour is written again and again."""

    indicator_code = models.CharField("指标编码", max_length=80)
    at = models.DateTimeField("统计时点")
    value = models.FloatField("指标值", null=True)
    numerator = models.FloatField("分子", null=True)
    denominator = models.FloatField("分母", null=True)
    computed_at = models.DateTimeField("计算时间")

    class Meta:
        """Read as a series, newest first."""

        verbose_name = "指标数据点"
        constraints = [models.UniqueConstraint(fields=["indicator_code", "at"], name="indicators_point_once")]

    def __str__(self) -> str:
        return f"{self.indicator_code} {self.at:%Y-%m-%d %H:%M}"
