"""The raw trace of single devices, switched on by people for a while."""

from django.db import models


class Trace(models.Model):
    """That a device's bytes are kept until an instant. One row a device; who switched it on before is in the audit."""

    device = models.OneToOneField(
        "iot.Device", verbose_name="设备", primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    started_by = models.CharField("开启人", max_length=60)
    started_at = models.DateTimeField("开启时间")
    ends_at = models.DateTimeField("截止时间")

    class Meta:
        """A handful of rows. Times are real."""

        verbose_name = "报文跟踪"

    def __str__(self) -> str:
        return str(self.device_id)


class TracedMessage(models.Model):
    """Bytes from or to a device while it was traced, and what became of them. `at` is real."""

    device = models.ForeignKey(
        "iot.Device", verbose_name="设备", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    at = models.DateTimeField("时间")
    outward = models.BooleanField("下行")
    protocol = models.CharField("接入协议", max_length=20)
    peer = models.CharField("对端地址", max_length=45, blank=True)
    raw = models.BinaryField("原始报文")
    result = models.CharField("解析结果", max_length=400, blank=True)

    class Meta:
        """A device's own, newest first; old ones go by time."""

        verbose_name = "原始报文"
        indexes = [
            models.Index(fields=["device", "-at", "-id"], name="iot_traced_device"),
            models.Index(fields=["at"], name="iot_traced_at"),
        ]

    def __str__(self) -> str:
        return f"{self.device_id} {self.at:%H:%M:%S}"
