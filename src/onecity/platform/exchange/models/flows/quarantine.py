"""Rows that a run refused."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models


class RefusedRow(models.Model):
    """A row that was kept out, with every reason, until somebody mends and replays it or drops it.

    values: as read from the source; what is sensitive stands there masked and lies sealed in `sealed` (JSON of column
    → value). mended, mended_sealed: the values after mending, in the same two forms.
    """

    class State(models.TextChoices):
        """What became of it."""

        WAITING = "waiting", "待处理"
        MENDED = "mended", "已更正"
        REPLAYING = "replaying", "重放中"
        REPLAYED = "replayed", "已重放"
        DROPPED = "dropped", "已作废"

    run = models.ForeignKey(
        "exchange.Run", verbose_name="交换运行", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    flow = models.ForeignKey(
        "exchange.Flow", verbose_name="交换流程", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    block = models.PositiveIntegerField("数据块")
    row_number = models.BigIntegerField("行号")
    values = models.JSONField("数据内容", default=dict)
    sealed = models.BinaryField("敏感内容密文", default=bytes)
    mended = models.JSONField("更正后内容", null=True)
    mended_sealed = models.BinaryField("更正后敏感内容密文", default=bytes)
    reasons = models.JSONField("拒收原因", default=list)
    reason_codes = ArrayField(models.CharField("原因编码", max_length=80), verbose_name="原因编码", default=list)
    state = models.CharField("状态", max_length=10, choices=State, default=State.WAITING)
    replay = models.ForeignKey(
        "exchange.Run", verbose_name="重放运行", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField("处理时间", null=True)
    decided_by = models.CharField("处理人", max_length=60, blank=True)
    note = models.CharField("处理说明", max_length=200, blank=True)
    organisation_id = models.BigIntegerField("所属机构")
    division_code = models.CharField("所在区划", max_length=15, blank=True)
    created_at = models.DateTimeField("拒收时间")

    class Meta:
        """Listed newest first, of a flow or within a scope; replaced by run and block."""

        verbose_name = "不合格数据"
        constraints = [models.UniqueConstraint(fields=["run", "block", "row_number"], name="exchange_refused_once")]
        indexes = [
            models.Index(fields=["organisation_id", "-created_at", "-id"], name="exchange_refused_keyset"),
            models.Index(fields=["-created_at", "-id"], name="exchange_refused_newest"),
            models.Index(fields=["flow", "state", "-created_at", "-id"], name="exchange_refused_of_flow"),
            GinIndex(fields=["reason_codes"], name="exchange_refused_reasons"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}:{self.row_number}"
