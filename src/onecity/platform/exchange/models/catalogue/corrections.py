"""Corrections (校核纠错): who uses data says what is wrong, the provider answers in time."""

from django.db import models
from django.db.models import Q


class Correction(models.Model):
    """One doubt about a dataset's data. organisation: the provider, who must answer by `due_at`."""

    class State(models.TextChoices):
        """The path of a correction."""

        OPEN = "open", "待核实"
        CORRECTED = "corrected", "已更正"
        CONFIRMED = "confirmed", "核实无误"

    dataset = models.ForeignKey(
        "exchange.Dataset", verbose_name="数据集", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    version_number = models.PositiveIntegerField("版本号")
    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name="提供方", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    reporter_organisation = models.ForeignKey(
        "identity.Organisation",
        verbose_name="提出单位",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        null=True,
    )
    reporter = models.CharField("提出人", max_length=60)
    reporter_id = models.BigIntegerField("提出人编号", null=True)
    field_name = models.CharField("字段名", max_length=63, blank=True)
    record_key = models.CharField("记录标识", max_length=80, blank=True)
    description = models.CharField("疑义描述", max_length=400)
    state = models.CharField("状态", max_length=10, choices=State, default=State.OPEN)
    created_at = models.DateTimeField("提出时间")
    due_at = models.DateTimeField("答复期限")
    answer = models.CharField("答复", max_length=400, blank=True)
    answered_by = models.CharField("答复人", max_length=60, blank=True)
    answered_at = models.DateTimeField("答复时间", null=True)
    told_late_at = models.DateTimeField("超期提醒时间", null=True)

    class Meta:
        """Read newest first, of a provider, of a reporter's body, of a dataset."""

        verbose_name = "数据校核"
        indexes = [
            models.Index(fields=["organisation", "-created_at", "-id"], name="exchange_correction_keyset"),
            models.Index(fields=["reporter_organisation", "-created_at", "-id"], name="exchange_correction_mine"),
            models.Index(fields=["dataset", "-created_at", "-id"], name="exchange_correction_data"),
            models.Index(fields=["due_at"], name="exchange_correction_due", condition=Q(state="open")),
        ]

    def __str__(self) -> str:
        return f"{self.dataset_id} {self.created_at:%Y-%m-%d}"
