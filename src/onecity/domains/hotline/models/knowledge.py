"""The knowledge base: articles in versions, written by departments, reviewed before anybody reads them out."""

from django.db import models
from django.db.models import Q


class Article(models.Model):
    """An article; what people read is its published version."""

    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name="责任单位", on_delete=models.PROTECT, related_name="+"
    )
    topic_code = models.CharField("分类编码", max_length=6, blank=True)
    used = models.PositiveIntegerField("采用次数", default=0)
    created_at = models.DateTimeField("创建时间")

    class Meta:
        """Listed newest first."""

        verbose_name = "知识条目"
        indexes = [models.Index(fields=["organisation", "-created_at", "-id"], name="hotline_article_keyset")]

    def __str__(self) -> str:
        return str(self.pk)


class ArticleVersion(models.Model):
    """A version: draft → submitted → published (the one before is retired), or returned with a reason."""

    class State(models.TextChoices):
        """Where a version stands."""

        DRAFT = "draft", "草稿"
        SUBMITTED = "submitted", "待审核"
        PUBLISHED = "published", "已发布"
        RETURNED = "returned", "已退回"
        RETIRED = "retired", "已失效"

    article = models.ForeignKey(Article, verbose_name="知识条目", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField("版本号")
    title = models.CharField("标题", max_length=120)
    body = models.TextField("内容")
    keywords = models.CharField("关键词", max_length=200, blank=True)
    basis = models.CharField("依据", max_length=200, blank=True)
    valid_until = models.DateField("有效期至", null=True)
    state = models.CharField("状态", max_length=12, choices=State, default=State.DRAFT)
    author = models.ForeignKey(
        "identity.Account", verbose_name="编写人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    reviewer = models.ForeignKey(
        "identity.Account", verbose_name="审核人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField("退回理由", max_length=200, blank=True)
    changed_at = models.DateTimeField("变更时间")

    class Meta:
        """Numbered within the article; one is published."""

        verbose_name = "知识版本"
        constraints = [
            models.UniqueConstraint(fields=["article", "number"], name="hotline_version_once"),
            models.UniqueConstraint(
                fields=["article"], condition=Q(state="published"), name="hotline_one_published_version"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ArticleUse(models.Model):
    """That an article was read out to answer a demand."""

    version = models.ForeignKey(ArticleVersion, verbose_name="知识版本", on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey("cases.Case", verbose_name="案件", on_delete=models.PROTECT, related_name="+")
    used_at = models.DateTimeField("采用时间")

    class Meta:
        """Once for each demand."""

        verbose_name = "知识采用记录"
        constraints = [models.UniqueConstraint(fields=["version", "case"], name="hotline_article_use_once")]

    def __str__(self) -> str:
        return f"{self.version_id}:{self.case_id}"
