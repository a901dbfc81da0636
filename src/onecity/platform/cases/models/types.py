"""Case types and their versions: draft, published, never altered."""

from django.db import models
from django.db.models import Q


class CaseType(models.Model):
    """A type of case. What it is like stands in its versions."""

    code = models.CharField("类型编码", max_length=80, unique=True)
    name = models.CharField("类型名称", max_length=60)
    is_active = models.BooleanField("是否启用", default=True)

    class Meta:
        """Few rows."""

        verbose_name = "案件类型"

    def __str__(self) -> str:
        return self.name


class CaseTypeVersion(models.Model):
    """One version of a type: its diagram and its settings. The database refuses changes once it is published."""

    class State(models.TextChoices):
        """A version's life."""

        DRAFT = "draft", "草稿"
        PUBLISHED = "published", "已发布"
        RETIRED = "retired", "已停用"

    case_type = models.ForeignKey(CaseType, verbose_name="案件类型", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField("版本号")
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFT)
    process = models.TextField("流程图")
    settings = models.JSONField("设置")
    note = models.CharField("修改说明", max_length=200, blank=True)
    revision = models.PositiveIntegerField("修订号", default=1)
    created_at = models.DateTimeField("创建时间")
    created_by = models.CharField("创建人", max_length=60)
    published_at = models.DateTimeField("发布时间", null=True)
    published_by = models.CharField("发布人", max_length=60, blank=True)
    retired_at = models.DateTimeField("停用时间", null=True)

    class Meta:
        """At most one published version of a type; numbers count up."""

        verbose_name = "案件类型版本"
        constraints = [
            models.UniqueConstraint(fields=["case_type", "number"], name="cases_version_number"),
            models.UniqueConstraint(
                fields=["case_type"], condition=Q(state="published"), name="cases_version_one_published"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_type_id}v{self.number}"
