"""Classifications of cases, by edition."""

from django.db import models


class Classification(models.Model):
    """One edition of a scheme of classes."""

    scheme_code = models.CharField("分类方案编码", max_length=80)
    name = models.CharField("分类方案名称", max_length=60)
    edition = models.PositiveIntegerField("版次")
    effective_from = models.DateTimeField("生效时间")

    class Meta:
        """Read by scheme, the newest edition in force first."""

        verbose_name = "分类方案"
        constraints = [models.UniqueConstraint(fields=["scheme_code", "edition"], name="cases_classification_edition")]

    def __str__(self) -> str:
        return f"{self.scheme_code}/{self.edition}"


class CaseClass(models.Model):
    """One class of an edition."""

    classification = models.ForeignKey(
        Classification, verbose_name="分类方案", on_delete=models.PROTECT, related_name="+"
    )
    code = models.CharField("分类编码", max_length=40)
    name = models.CharField("分类名称", max_length=80)
    parent_code = models.CharField("上级分类编码", max_length=40, blank=True)
    limits = models.JSONField("时限", default=dict)

    class Meta:
        """A code stands once in an edition."""

        verbose_name = "案件分类"
        constraints = [models.UniqueConstraint(fields=["classification", "code"], name="cases_class_code")]

    def __str__(self) -> str:
        return self.name
