"""Articles as they were collected and understood, and the matters that they are about."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from onecity.domains.opinion.models.sources import Source


class Theme(models.Model):
    """A matter that articles tell of. words: word → weight, the middle of its articles. peak_level: highest warned of.

    scope: owner and place of its first article.
    """

    title = models.CharField("话题", max_length=200)
    words = models.JSONField("特征词", default=dict)
    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name="责任单位", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    division_code = models.CharField("区划代码", max_length=15, blank=True)
    first_at = models.DateTimeField("首发时间")
    last_at = models.DateTimeField("最近发布时间")
    articles = models.PositiveIntegerField("文章数", default=0)
    reposts = models.PositiveIntegerField("转载数", default=0)
    negative = models.PositiveIntegerField("负面数", default=0)
    judged = models.PositiveIntegerField("已判定数", default=0)
    level = models.PositiveSmallIntegerField("预警等级", default=0)
    merged_into = models.ForeignKey(
        "self", verbose_name="并入话题", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        """Listed by owner, the liveliest first."""

        verbose_name = "舆情话题"
        indexes = [
            models.Index(fields=["organisation", "-last_at", "-id"], name="opinion_theme_keyset"),
            models.Index(fields=["-last_at", "-id"], name="opinion_theme_newest"),
        ]

    def __str__(self) -> str:
        return self.title


class Article(models.Model):
    """An article. guid, plain_url, content: by which it is known again. told_at: when it was published, else collected.

    original: the first article of the same text, for a repost. pairs: neighbouring characters, for the search.
    bands: of its signature, by which reposts are looked for. mood: empty where no model has judged it.
    """

    class Mood(models.TextChoices):
        """How it speaks."""

        NONE = "", "未判定"
        POSITIVE = "positive", "正面"
        NEUTRAL = "neutral", "中性"
        NEGATIVE = "negative", "负面"

    source = models.ForeignKey(
        Source, verbose_name="采集源", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    guid = models.CharField("来源标识", max_length=64)
    url = models.CharField("原文地址", max_length=500, blank=True)
    plain_url = models.CharField("规范地址", max_length=500, blank=True)
    content = models.CharField("内容摘要值", max_length=32)
    title = models.CharField("标题", max_length=200)
    body = models.TextField("正文", blank=True)
    author = models.CharField("作者", max_length=80, blank=True)
    outlet = models.CharField("媒体", max_length=80)
    told_at = models.DateTimeField("发布时间")
    collected_at = models.DateTimeField("采集时间")
    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name="责任单位", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    division_code = models.CharField("区划代码", max_length=15, blank=True)
    analysed_at = models.DateTimeField("分析时间", null=True)
    words = ArrayField(models.CharField(max_length=40), verbose_name="特征词", default=list)
    pairs = ArrayField(models.CharField(max_length=2), verbose_name="检索项", default=list)
    bands = ArrayField(models.BigIntegerField(), verbose_name="相似特征", default=list)
    signature = models.BinaryField("相似签名", default=b"")
    original = models.ForeignKey("self", verbose_name="原发文章", null=True, on_delete=models.PROTECT, related_name="+")
    theme = models.ForeignKey(
        Theme, verbose_name="舆情话题", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    mood = models.CharField("情感倾向", max_length=8, choices=Mood, blank=True, default="")
    mood_score = models.FloatField("正面概率", null=True)
    topic_code = models.CharField("分类编码", max_length=40, blank=True)
    places = models.JSONField("地点", default=list)
    bodies = ArrayField(models.BigIntegerField(), verbose_name="涉及单位", default=list)
    longitude = models.FloatField("经度", null=True)
    latitude = models.FloatField("纬度", null=True)

    class Meta:
        """Known again by GUID and address; listed by owner and theme; searched by pairs; reposts by bands."""

        verbose_name = "舆情文章"
        constraints = [
            models.UniqueConstraint(fields=["source", "guid"], name="opinion_article_guid"),
            models.UniqueConstraint(
                fields=["plain_url"], name="opinion_article_url", condition=~models.Q(plain_url="")
            ),
            models.UniqueConstraint(fields=["source", "content", "outlet"], name="opinion_article_content"),
        ]
        indexes = [
            models.Index(fields=["organisation", "-told_at", "-id"], name="opinion_article_keyset"),
            models.Index(fields=["-told_at", "-id"], name="opinion_article_newest"),
            models.Index(fields=["theme", "-told_at"], name="opinion_article_theme"),
            models.Index(fields=["id"], name="opinion_article_waiting", condition=models.Q(analysed_at=None)),
            GinIndex(fields=["pairs"], name="opinion_article_pairs"),
            GinIndex(fields=["bands"], name="opinion_article_bands"),
        ]

    def __str__(self) -> str:
        return self.title
