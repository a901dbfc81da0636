"""Comprehensive evaluation: weights by edition, runs, and how each object stands in a run."""

from django.db import models
from django.db.models import Q


class WeightEdition(models.Model):
    """Weights and bands that hold for months from `effective_from` on; the newest row in force holds. Never altered."""

    edition = models.PositiveIntegerField("版次", unique=True)
    effective_from = models.DateField("生效月份", unique=True)
    weights = models.JSONField("权重")
    excellent = models.FloatField("优秀分界")
    good = models.FloatField("良好分界")
    fair = models.FloatField("合格分界")
    note = models.CharField("修订说明", max_length=200, blank=True)
    published_by = models.CharField("发布人", max_length=60)
    published_at = models.DateTimeField("发布时间")

    class Meta:
        """Few rows."""

        verbose_name = "评价权重"

    def __str__(self) -> str:
        return str(self.edition)


class EvaluationRun(models.Model):
    """The evaluation of one supervision centre for one month."""

    class Status(models.TextChoices):
        """How far it is."""

        RUNNING = "running", "计算中"
        DONE = "done", "已完成"

    organisation = models.ForeignKey(
        "identity.Organisation",
        verbose_name="监督指挥中心",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    month_date = models.DateField("评价月份")
    starts_at = models.DateTimeField("统计开始时间")
    ends_at = models.DateTimeField("统计结束时间")
    weight_edition = models.PositiveIntegerField("权重版次")
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.RUNNING)
    cases = models.PositiveIntegerField("案件数", default=0)
    steps = models.PositiveIntegerField("环节数", default=0)
    created_at = models.DateTimeField("创建时间")
    finished_at = models.DateTimeField("完成时间", null=True)
    requested_by = models.CharField("发起人", max_length=60)

    class Meta:
        """Listed by centre, newest first; a month has one finished run."""

        verbose_name = "综合评价"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "month_date"], condition=Q(status="done"), name="urban_evaluation_month"
            )
        ]
        indexes = [models.Index(fields=["organisation", "-created_at", "-id"], name="urban_evaluation_keyset")]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.month_date:%Y-%m}"


class EvaluationResult(models.Model):
    """How one region, department, post or supervisor stands in a run. level: digits of a region's code, or the post."""

    run = models.ForeignKey(EvaluationRun, verbose_name="综合评价", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField("评价对象", max_length=12)
    level = models.CharField("层级或岗位", max_length=12, blank=True)
    key = models.CharField("对象编码", max_length=60)
    name = models.CharField("对象名称", max_length=120)
    counts = models.JSONField("统计数")
    score = models.FloatField("得分", null=True)
    band = models.CharField("等级", max_length=12, blank=True)
    rank = models.PositiveIntegerField("名次", null=True)

    class Meta:
        """Read in order of rank."""

        verbose_name = "评价结果"
        constraints = [models.UniqueConstraint(fields=["run", "kind", "level", "key"], name="urban_result_once")]
        indexes = [models.Index(fields=["run", "kind", "level", "rank"], name="urban_result_rank")]

    def __str__(self) -> str:
        return f"{self.kind}:{self.key}"
