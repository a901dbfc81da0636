"""Editions of the filing standard: conditions of filing and closing, and limits, as the city keeps them."""

from django.db import models
from django.db.models import Q


class StandardEdition(models.Model):
    """One edition of a numbering scheme. A published one is never altered; the database refuses."""

    class Status(models.TextChoices):
        """How far it is."""

        DRAFT = "draft", "草稿"
        PUBLISHED = "published", "已发布"

    scheme_code = models.CharField("编号方案", max_length=80)
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.DRAFT)
    edition = models.PositiveIntegerField("版次", null=True)
    effective_from = models.DateTimeField("生效时间", null=True)
    note = models.CharField("修订说明", max_length=200, blank=True)
    created_by = models.CharField("编辑人", max_length=60)
    created_at = models.DateTimeField("创建时间")
    published_by = models.CharField("发布人", max_length=60, blank=True)
    published_at = models.DateTimeField("发布时间", null=True)

    class Meta:
        """One draft at a time in each scheme."""

        verbose_name = "立案结案标准"
        constraints = [
            models.UniqueConstraint(
                fields=["scheme_code"], condition=Q(status="draft"), name="urban_standard_one_draft"
            ),
            models.UniqueConstraint(fields=["scheme_code", "edition"], name="urban_standard_edition"),
        ]

    def __str__(self) -> str:
        return f"{self.scheme_code}/{self.edition or '-'}"


class StandardClass(models.Model):
    """A line of an edition: a class, or a condition with its limit."""

    standard = models.ForeignKey(
        StandardEdition, verbose_name="立案结案标准", on_delete=models.CASCADE, related_name="+"
    )
    code = models.CharField("类别编码", max_length=12)
    name = models.CharField("类别或立案条件", max_length=80)
    limit = models.CharField("处置时限", max_length=10, blank=True)
    unit = models.CharField("时限单位", max_length=20, blank=True)
    closing = models.CharField("结案条件", max_length=200, blank=True)

    class Meta:
        """A code stands once in an edition."""

        verbose_name = "立案结案标准条目"
        constraints = [models.UniqueConstraint(fields=["standard", "code"], name="urban_standard_code")]

    def __str__(self) -> str:
        return self.code
