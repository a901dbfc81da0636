"""What a device is to be set to, and what it says it is set to (设备影子)."""

from django.db import models


class DeviceShadow(models.Model):
    """A device's desired and reported state. Versions rise by one with each change of their side.

    told_version: desired version that was last sent to the device.
    """

    device = models.OneToOneField(
        "iot.Device", verbose_name="设备", primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    desired = models.JSONField("期望值", default=dict)
    desired_version = models.PositiveIntegerField("期望值版本", default=0)
    reported = models.JSONField("上报值", default=dict)
    reported_version = models.PositiveIntegerField("上报值版本", default=0)
    told_version = models.PositiveIntegerField("已下发版本", default=0)
    desired_at = models.DateTimeField("期望值更新时间", null=True)
    reported_at = models.DateTimeField("上报值更新时间", null=True)

    class Meta:
        """One for a device."""

        verbose_name = "设备影子"

    def __str__(self) -> str:
        return f"{self.desired_version}/{self.reported_version}"


class ShadowChange(models.Model):
    """One change of a side: what was set or reported, and by whom. changes: null takes a setting away."""

    class Side(models.TextChoices):
        """Which side changed."""

        DESIRED = "desired", "期望值"
        REPORTED = "reported", "上报值"

    device = models.ForeignKey("iot.Device", verbose_name="设备", on_delete=models.CASCADE, related_name="+")
    side = models.CharField("方向", max_length=8, choices=Side)
    version = models.PositiveIntegerField("版本")
    changes = models.JSONField("变更内容")
    by = models.CharField("变更人", max_length=60)
    at = models.DateTimeField("变更时间")

    class Meta:
        """A device's own, newest first."""

        verbose_name = "设备影子变更"
        indexes = [models.Index(fields=["device", "-at", "-id"], name="iot_shadowchange_device")]

    def __str__(self) -> str:
        return f"{self.side} {self.version}"
