"""What the platform tells devices, and what they tell besides readings."""

from django.db import models


class DeviceCommand(models.Model):
    """An order to a device, from asking to the device's own word on how it ended."""

    class State(models.TextChoices):
        """Where an order stands. Only commands that say so are sent again, each time after a longer pause."""

        QUEUED = "queued", "待下发"
        SENT = "sent", "已下发"
        ACCEPTED = "accepted", "已受理"
        DONE = "done", "执行成功"
        FAILED = "failed", "执行失败"
        EXPIRED = "expired", "未应答"
        CANCELLED = "cancelled", "已取消"

    device = models.ForeignKey("iot.Device", verbose_name="设备", on_delete=models.PROTECT, related_name="+")
    code = models.CharField("命令", max_length=80)
    argument = models.IntegerField("参数", null=True)
    arguments = models.JSONField("命令参数", default=dict)
    confirmation = models.CharField("确认方式", max_length=8, default="done")
    timeout_s = models.PositiveIntegerField("应答时限", default=120)
    retries = models.PositiveSmallIntegerField("重试次数", default=0)
    tries = models.PositiveSmallIntegerField("已下发次数", default=0)
    next_at = models.DateTimeField("下次下发时间", null=True)
    sent_at = models.DateTimeField("最近下发时间", null=True)
    batch = models.ForeignKey(
        "iot.CommandBatch", verbose_name="批量命令", null=True, on_delete=models.CASCADE, related_name="+"
    )
    state = models.CharField("状态", max_length=10, choices=State, default=State.QUEUED)
    reference = models.CharField("请求编码", max_length=40, blank=True)
    result = models.CharField("结果", max_length=200, blank=True)
    asked_by = models.CharField("下达人", max_length=60)
    asked_at = models.DateTimeField("下达时间")
    expires_at = models.DateTimeField("失效时间")
    ended_at = models.DateTimeField("结束时间", null=True)

    class Meta:
        """The open ones are few; a device's own are listed newest first."""

        verbose_name = "设备命令"
        indexes = [
            models.Index(fields=["device", "-asked_at", "-id"], name="iot_command_device"),
            models.Index(
                fields=["expires_at"],
                name="iot_command_open",
                condition=models.Q(state__in=["queued", "sent", "accepted"]),
            ),
        ]

    def __str__(self) -> str:
        return self.code


class CommandBatch(models.Model):
    """One order to many devices. total: how many it was made for; refused: how many could not be ordered."""

    name = models.CharField("名称", max_length=80)
    code = models.CharField("命令", max_length=80)
    arguments = models.JSONField("命令参数", default=dict)
    type_code = models.CharField("设备类型", max_length=80)
    total = models.PositiveIntegerField("台数", default=0)
    refused = models.PositiveIntegerField("未下达", default=0)
    asked_by = models.CharField("下达人", max_length=60)
    organisation_id = models.BigIntegerField("所属机构", null=True)
    division_code = models.CharField("所在网格", max_length=15, blank=True)
    asked_at = models.DateTimeField("下达时间")

    class Meta:
        """Newest first within a scope."""

        verbose_name = "批量命令"
        indexes = [
            models.Index(fields=["organisation_id", "-asked_at", "-id"], name="iot_commandbatch_keyset"),
            models.Index(fields=["-asked_at", "-id"], name="iot_commandbatch_newest"),
        ]

    def __str__(self) -> str:
        return self.name


class DeviceNote(models.Model):
    """What a device said that is no reading: its serial numbers, logs, intervals, restarts."""

    device = models.ForeignKey("iot.Device", verbose_name="设备", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField("报文类型", max_length=20)
    content = models.TextField("内容")
    received_at = models.DateTimeField("接收时间")

    class Meta:
        """A device's own, newest first."""

        verbose_name = "设备上报信息"
        indexes = [models.Index(fields=["device", "-received_at", "-id"], name="iot_note_device")]

    def __str__(self) -> str:
        return self.kind
