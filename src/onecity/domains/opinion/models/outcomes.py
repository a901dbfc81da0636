"""What comes of it: matters that somebody answers for, and the daily brief."""

from django.db import models

from onecity.domains.opinion.models.articles import Article, Theme


class Finding(models.Model):
    """A matter handed over: what is kept beside the case that carries it. status: open, closed or void."""

    case = models.OneToOneField(
        "cases.Case", verbose_name="案件", primary_key=True, on_delete=models.PROTECT, related_name="+"
    )
    number = models.CharField("案件编号", max_length=19, unique=True)
    theme = models.ForeignKey(Theme, verbose_name="舆情话题", null=True, on_delete=models.PROTECT, related_name="+")
    article = models.ForeignKey(Article, verbose_name="舆情文章", null=True, on_delete=models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField("舆情等级")
    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name="责任单位", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    division_code = models.CharField("区划代码", max_length=15, blank=True)
    opened_at = models.DateTimeField("转办时间")
    due_at = models.DateTimeField("办结时限", null=True)
    first_told_at = models.DateTimeField("首发时间")
    status = models.CharField("状态", max_length=10, default="open")
    closed_at = models.DateTimeField("办结时间", null=True)

    class Meta:
        """Listed by owner, the newest first."""

        verbose_name = "舆情事项"
        indexes = [models.Index(fields=["organisation", "-opened_at", "-case"], name="opinion_finding_keyset")]

    def __str__(self) -> str:
        return self.number


class Brief(models.Model):
    """A day's brief, as it was handed out. figures: what stands in it."""

    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name="责任单位", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    day_date = models.DateField("日期")
    number = models.PositiveIntegerField("期号")
    figures = models.JSONField("数据")
    document_id = models.BigIntegerField("文件", null=True)
    made_at = models.DateTimeField("生成时间")

    class Meta:
        """One for each body and day."""

        verbose_name = "舆情日报"
        constraints = [models.UniqueConstraint(fields=["organisation", "day_date"], name="opinion_brief_once")]
        indexes = [models.Index(fields=["organisation", "-made_at", "-id"], name="opinion_brief_keyset")]

    def __str__(self) -> str:
        return str(self.day_date)
