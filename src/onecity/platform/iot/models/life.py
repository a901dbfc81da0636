"""What happened to a device, and how many devices stand where."""

from django.db import models


class DeviceHistory(models.Model):
    """One step in a device's life: registered, activated, online, silent, faulty, retired, moved, re-typed …

    kind: a state's code, or what else changed. by: key of the actor, "" for what the device did itself. at: city time.
    """

    device = models.ForeignKey("iot.Device", verbose_name="设备", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField("事项", max_length=16)
    before = models.CharField("之前", max_length=80, blank=True)
    after = models.CharField("之后", max_length=80, blank=True)
    reason = models.CharField("原因", max_length=200, blank=True)
    by = models.CharField("经办", max_length=60, blank=True)
    at = models.DateTimeField("时间")

    class Meta:
        """A device's own, newest first."""

        verbose_name = "设备履历"
        indexes = [
            models.Index(fields=["device", "-at", "-id"], name="iot_history_device"),
            models.Index(fields=["at"], name="iot_history_at"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.before} {self.after}".strip()


class DeviceTally(models.Model):
    """How many devices an organisation has in one grid cell and state; kept by triggers of `iot_device`.

    Rows are changes that a tick folds together: writers never wait for one another here. The sum is always exact.
    """

    organisation_id = models.BigIntegerField("所属机构")
    division_code = models.CharField("所在网格", max_length=15, blank=True)
    type_code = models.CharField("设备类型", max_length=80)
    state = models.CharField("状态", max_length=12)
    number = models.IntegerField("台数")

    class Meta:
        """Summed by scope."""

        verbose_name = "设备台数"
        indexes = [
            models.Index(
                fields=["organisation_id", "division_code", "state"], name="iot_tally_scope", include=["number"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.state} {self.number}"
