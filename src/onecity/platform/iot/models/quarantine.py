"""Messages that could not be taken, and devices that nobody registered."""

from django.db import models
from django.db.models import Q


class QuarantinedMessage(models.Model):
    """A message that was refused, as it came, with the reason; people mend, replay or discard it.

    `times`: the same bytes came so often while this one lay open.
    """

    class State(models.TextChoices):
        """What became of it."""

        OPEN = "open", "待处理"
        REPLAYED = "replayed", "已重放"
        DISCARDED = "discarded", "已作废"

    protocol = models.CharField("接入协议", max_length=20)
    peer = models.CharField("来源地址", max_length=45, blank=True)
    device_key = models.CharField("设备标识", max_length=64, blank=True)
    device = models.ForeignKey(
        "iot.Device", verbose_name="设备", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    reason = models.CharField("原因", max_length=40)
    fields = models.JSONField("原因说明", default=dict)
    raw = models.BinaryField("原始报文")
    mended = models.BinaryField("更正后报文", null=True)
    digest = models.CharField("报文摘要", max_length=64)
    times = models.PositiveIntegerField("次数", default=1)
    received_at = models.DateTimeField("接收时间")
    last_received_at = models.DateTimeField("最近接收时间")
    state = models.CharField("状态", max_length=12, choices=State, default=State.OPEN)
    decided_at = models.DateTimeField("处理时间", null=True)
    decided_by = models.CharField("处理人", max_length=60, blank=True)
    note = models.CharField("处理说明", max_length=200, blank=True)
    organisation_id = models.BigIntegerField("所属机构", null=True)
    division_code = models.CharField("所在网格", max_length=15, blank=True)

    class Meta:
        """Listed newest first; one open row for the same bytes and reason."""

        verbose_name = "隔离报文"
        constraints = [
            models.UniqueConstraint(fields=["digest"], condition=Q(state="open"), name="iot_quarantine_once")
        ]
        indexes = [
            models.Index(fields=["organisation_id", "-received_at", "-id"], name="iot_quarantine_keyset"),
            models.Index(fields=["-received_at", "-id"], name="iot_quarantine_newest"),
            models.Index(fields=["state", "-received_at", "-id"], name="iot_quarantine_state"),
            models.Index(fields=["device_key", "state"], name="iot_quarantine_device"),
        ]

    def __str__(self) -> str:
        return f"{self.reason} {self.device_key}".strip()


class UnknownDevice(models.Model):
    """A device that speaks and is not registered: seen, counted, its messages in the quarantine."""

    class State(models.TextChoices):
        """What people made of it."""

        OPEN = "open", "待登记"
        REGISTERED = "registered", "已登记"
        IGNORED = "ignored", "已忽略"

    key = models.CharField("设备标识", max_length=64)
    protocol = models.CharField("接入协议", max_length=20)
    peer = models.CharField("来源地址", max_length=45, blank=True)
    messages = models.BigIntegerField("报文数", default=0)
    first_seen_at = models.DateTimeField("首次出现时间")
    last_seen_at = models.DateTimeField("最近出现时间")
    state = models.CharField("状态", max_length=12, choices=State, default=State.OPEN)

    class Meta:
        """One row for a key; listed newest first."""

        verbose_name = "未登记设备"
        constraints = [models.UniqueConstraint(fields=["protocol", "key"], name="iot_unknown_once")]
        indexes = [models.Index(fields=["state", "-first_seen_at", "-id"], name="iot_unknown_newest")]

    def __str__(self) -> str:
        return self.key
