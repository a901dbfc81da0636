"""Stored files."""

from django.db import models
from django.db.models import Q


class Document(models.Model):
    """A file that a thing of the city holds. Its bytes lie in the file storage; rows are withdrawn, never deleted."""

    class State(models.TextChoices):
        """Whether it still counts."""

        KEPT = "kept", "有效"
        WITHDRAWN = "withdrawn", "已撤回"

    holder_code = models.CharField("所属对象类型", max_length=80)
    holder_id = models.BigIntegerField("所属对象编号")
    name = models.CharField("文件名称", max_length=120)
    kind = models.CharField("文件类型", max_length=12)
    media_type = models.CharField("媒体类型", max_length=100)
    size = models.BigIntegerField("文件大小（字节）")
    digest = models.CharField("摘要（SM3）", max_length=64)
    width = models.PositiveIntegerField("图片宽度（像素）", null=True)
    height = models.PositiveIntegerField("图片高度（像素）", null=True)
    storage_name = models.CharField("存储名称", max_length=120)
    thumbnail_name = models.CharField("缩略图存储名称", max_length=120, blank=True)
    state = models.CharField("状态", max_length=12, choices=State, default=State.KEPT)
    uploaded_by = models.CharField("上传者", max_length=60)
    organisation_id = models.BigIntegerField("上传者机构", null=True)
    division_code = models.CharField("行政区划代码", max_length=15, blank=True)
    uploaded_at = models.DateTimeField("上传时间")
    withdrawn_at = models.DateTimeField("撤回时间", null=True)
    withdrawn_by = models.CharField("撤回者", max_length=60, blank=True)
    withdrawn_reason = models.CharField("撤回原因", max_length=200, blank=True)

    class Meta:
        """Read by holder; swept by storage name (copies share one); the keyset index is every restricted table's."""

        verbose_name = "文件"
        indexes = [
            models.Index(
                fields=["holder_code", "holder_id", "id"], name="documents_document_holder", condition=Q(state="kept")
            ),
            models.Index(fields=["organisation_id", "-uploaded_at", "-id"], name="documents_document_keyset"),
            models.Index(fields=["storage_name"], name="documents_document_storage"),
            models.Index(fields=["thumbnail_name"], name="documents_document_thumbnail"),
        ]

    def __str__(self) -> str:
        return self.name
