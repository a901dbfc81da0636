"""What is watched for, the thresholds of warnings, and the warnings that were given."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from onecity.domains.opinion.models.articles import Article, Theme


class Watch(models.Model):
    """A watch list: words as an expression, divisions, bodies; an article must fit each that is named."""

    name = models.CharField("监测方案", max_length=80)
    expression = models.CharField("监测词表达式", max_length=500, blank=True)
    divisions = ArrayField(models.CharField(max_length=15), verbose_name="监测区划", default=list)
    bodies = ArrayField(models.BigIntegerField(), verbose_name="监测单位", default=list)
    negative_only = models.BooleanField("只看负面", default=False)
    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name="责任单位", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    is_active = models.BooleanField("是否启用", default=True)
    created_at = models.DateTimeField("创建时间")

    class Meta:
        """Listed by owner, the newest first."""

        verbose_name = "监测方案"
        indexes = [models.Index(fields=["organisation", "-created_at", "-id"], name="opinion_watch_keyset")]

    def __str__(self) -> str:
        return self.name


class WatchHit(models.Model):
    """An article that a watch list looks for. told_at: the article's."""

    watch = models.ForeignKey(
        Watch, verbose_name="监测方案", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    article = models.ForeignKey(Article, verbose_name="舆情文章", on_delete=models.CASCADE, related_name="+")
    told_at = models.DateTimeField("发布时间")

    class Meta:
        """Once for each pair; read by watch list, the newest first."""

        verbose_name = "监测命中"
        constraints = [models.UniqueConstraint(fields=["watch", "article"], name="opinion_hit_once")]
        indexes = [models.Index(fields=["watch", "-told_at"], name="opinion_hit_newest")]

    def __str__(self) -> str:
        return f"{self.watch_id}:{self.article_id}"


class Threshold(models.Model):
    """The threshold of a level of a measure, for themes or for one watch list. least: articles below which it rests."""

    watch = models.ForeignKey(
        Watch, verbose_name="监测方案", null=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    measure = models.CharField("预警指标", max_length=20)
    level = models.PositiveSmallIntegerField("预警等级")
    raise_at = models.FloatField("触发值")
    clear_at = models.FloatField("解除值")
    window_h = models.PositiveSmallIntegerField("统计窗口（小时）", default=6)
    least = models.PositiveSmallIntegerField("最少文章数", default=3)

    class Meta:
        """One for each level of a measure."""

        verbose_name = "预警阈值"
        constraints = [
            models.UniqueConstraint(
                fields=["watch", "measure", "level"], name="opinion_threshold_once", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.measure}:{self.level}"


class EarlyWarning(models.Model):
    """A warning about a theme or a watch list, from its first level to its end. standing: measure → level now.

    values: measure → figure of the last look. peak_level: the highest it reached.
    """

    theme = models.ForeignKey(Theme, verbose_name="舆情话题", null=True, on_delete=models.PROTECT, related_name="+")
    watch = models.ForeignKey(Watch, verbose_name="监测方案", null=True, on_delete=models.SET_NULL, related_name="+")
    title = models.CharField("标题", max_length=200)
    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name="责任单位", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    division_code = models.CharField("区划代码", max_length=15, blank=True)
    level = models.PositiveSmallIntegerField("预警等级")
    peak_level = models.PositiveSmallIntegerField("最高等级")
    standing = models.JSONField("各指标等级", default=dict)
    values = models.JSONField("各指标数值", default=dict)
    raised_at = models.DateTimeField("预警时间")
    changed_at = models.DateTimeField("等级变化时间")
    cleared_at = models.DateTimeField("解除时间", null=True)
    seen_by = models.ForeignKey(
        "identity.Account", verbose_name="确认人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    seen_at = models.DateTimeField("确认时间", null=True)

    class Meta:
        """One standing for each theme and watch list; listed by owner, the newest first."""

        verbose_name = "舆情预警"
        constraints = [
            models.UniqueConstraint(
                fields=["theme"], name="opinion_warning_theme", condition=models.Q(cleared_at=None)
            ),
            models.UniqueConstraint(
                fields=["watch"], name="opinion_warning_watch", condition=models.Q(cleared_at=None)
            ),
        ]
        indexes = [models.Index(fields=["organisation", "-raised_at", "-id"], name="opinion_warning_keyset")]

    def __str__(self) -> str:
        return self.title
