"""Quality of what flows carry: the dated standard by which it is graded, and the score of each run."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class QualityStandard(models.Model):
    """Weights of the dimensions and lower bounds of the grades, from a day on.

    weights: dimension → weight; bounds: least score of each grade but the last, falling; grades: their names.
    """

    valid_from_date = models.DateField("生效日期", unique=True)
    weights = models.JSONField("维度权重")
    bounds = ArrayField(models.FloatField("等级下限"), verbose_name="等级下限")
    grades = ArrayField(models.CharField("等级", max_length=20), verbose_name="等级")
    source = models.CharField("依据", max_length=120)

    class Meta:
        """The newest one that has begun holds."""

        verbose_name = "质量评价标准"

    def __str__(self) -> str:
        return self.valid_from_date.isoformat()


class QualityScore(models.Model):
    """What a run's rows scored, 0–100 for each dimension that was looked at."""

    run = models.OneToOneField("exchange.Run", verbose_name="交换运行", on_delete=models.CASCADE, related_name="+")
    flow = models.ForeignKey(
        "exchange.Flow", verbose_name="交换流程", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    dataset_code = models.CharField("资源代码", max_length=80, blank=True)
    conformity = models.FloatField("规范性", null=True)
    completeness = models.FloatField("完整性", null=True)
    accuracy = models.FloatField("准确性", null=True)
    consistency = models.FloatField("一致性", null=True)
    timeliness = models.FloatField("时效性", null=True)
    accessibility = models.FloatField("可访问性", null=True)
    total = models.FloatField("总分")
    grade = models.CharField("等级", max_length=20)
    rows = models.BigIntegerField("检查行数")
    organisation_id = models.BigIntegerField("所属机构")
    division_code = models.CharField("所在区划", max_length=15, blank=True)
    created_at = models.DateTimeField("评价时间")

    class Meta:
        """Listed newest first, of a flow, a dataset or within a scope."""

        verbose_name = "质量评分"
        indexes = [
            models.Index(fields=["flow", "-created_at"], name="exchange_score_of_flow"),
            models.Index(fields=["dataset_code", "-created_at"], name="exchange_score_of_dataset"),
            models.Index(fields=["organisation_id", "-created_at", "-id"], name="exchange_score_keyset"),
            models.Index(fields=["-created_at", "-id"], name="exchange_score_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.flow_id}: {self.total:.1f}"
