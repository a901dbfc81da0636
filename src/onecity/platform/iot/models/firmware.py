"""Firmware packages, the campaigns that bring them to devices, and how far each device is."""

from django.db import models


class Firmware(models.Model):
    """A package for a type's devices, or for one product's. Digests are of the file; signature: SM2 over its SM3."""

    class State(models.TextChoices):
        """Whether it may be sent out."""

        READY = "ready", "可用"
        WITHDRAWN = "withdrawn", "已撤回"

    type_code = models.CharField("设备类型", max_length=80)
    product = models.ForeignKey(
        "iot.Product", verbose_name="产品", null=True, on_delete=models.PROTECT, related_name="+"
    )
    version = models.CharField("固件版本", max_length=40)
    name = models.CharField("文件名", max_length=200)
    storage_name = models.CharField("存放位置", max_length=120)
    size = models.BigIntegerField("字节数")
    sm3 = models.CharField("SM3 摘要", max_length=64)
    sha256 = models.CharField("SHA-256 摘要", max_length=64)
    signature = models.CharField("SM2 签名", max_length=128)
    notes = models.TextField("更新说明", blank=True)
    state = models.CharField("状态", max_length=10, choices=State, default=State.READY)
    organisation_id = models.BigIntegerField("所属机构", null=True)
    division_code = models.CharField("所在网格", max_length=15, blank=True)
    created_by = models.CharField("上传人", max_length=60)
    created_at = models.DateTimeField("上传时间")

    class Meta:
        """A version once for a type and product; newest first."""

        verbose_name = "固件包"
        constraints = [
            models.UniqueConstraint(
                fields=["type_code", "product", "version"], name="iot_firmware_once", nulls_distinct=False
            )
        ]
        indexes = [
            models.Index(fields=["organisation_id", "-created_at", "-id"], name="iot_firmware_keyset"),
            models.Index(fields=["-created_at", "-id"], name="iot_firmware_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class Campaign(models.Model):
    """Bringing a firmware to many devices, batch by batch.

    batches: shares in per cent, such as [10, 50, 100], each counted over all devices. failed_most: beyond this share of
    failures (per cent of the devices that ended) it pauses by itself.
    """

    class State(models.TextChoices):
        """How it stands."""

        DRAFT = "draft", "待启动"
        RUNNING = "running", "进行中"
        PAUSED = "paused", "已暂停"
        DONE = "done", "已完成"
        CANCELLED = "cancelled", "已取消"

    name = models.CharField("任务名称", max_length=80)
    firmware = models.ForeignKey(Firmware, verbose_name="固件包", on_delete=models.PROTECT, related_name="+")
    reverts = models.ForeignKey(
        "self", verbose_name="回退的任务", null=True, on_delete=models.PROTECT, related_name="+"
    )
    batches = models.JSONField("分批比例")
    batch = models.PositiveSmallIntegerField("当前批次", default=0)
    failed_most = models.PositiveSmallIntegerField("失败率上限", default=20)
    attempts = models.PositiveSmallIntegerField("每台尝试次数", default=3)
    patience_s = models.PositiveIntegerField("单台时限", default=86400)
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFT)
    reason = models.CharField("暂停原因", max_length=200, blank=True)
    organisation_id = models.BigIntegerField("所属机构", null=True)
    division_code = models.CharField("所在网格", max_length=15, blank=True)
    created_by = models.CharField("创建人", max_length=60)
    created_at = models.DateTimeField("创建时间")
    ended_at = models.DateTimeField("结束时间", null=True)

    class Meta:
        """Newest first within a scope; running ones are looked at by a tick."""

        verbose_name = "升级任务"
        indexes = [
            models.Index(fields=["organisation_id", "-created_at", "-id"], name="iot_campaign_keyset"),
            models.Index(fields=["-created_at", "-id"], name="iot_campaign_newest"),
            models.Index(fields=["state"], name="iot_campaign_state", condition=models.Q(state="running")),
        ]

    def __str__(self) -> str:
        return self.name


class CampaignDevice(models.Model):
    """One device in a campaign. token_digest: of what its download is fetched with. received: bytes sent so far."""

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting", "待通知"
        TOLD = "told", "已通知"
        LOADING = "loading", "下载中"
        LOADED = "loaded", "已下载"
        DONE = "done", "升级成功"
        FAILED = "failed", "升级失败"
        LEFT_OUT = "left_out", "未升级"

    campaign = models.ForeignKey(
        Campaign, verbose_name="升级任务", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    device = models.ForeignKey("iot.Device", verbose_name="设备", on_delete=models.CASCADE, related_name="+")
    batch = models.PositiveSmallIntegerField("批次")
    state = models.CharField("状态", max_length=10, choices=State, default=State.WAITING)
    before = models.CharField("原版本", max_length=40, blank=True)
    tries = models.PositiveSmallIntegerField("已尝试", default=0)
    token_digest = models.CharField("下载令牌摘要", max_length=64, blank=True, db_index=True)
    received = models.BigIntegerField("已下载字节", default=0)
    error = models.CharField("失败原因", max_length=120, blank=True)
    changed_at = models.DateTimeField("更新时间")

    class Meta:
        """Each device once in a campaign."""

        verbose_name = "升级设备"
        constraints = [models.UniqueConstraint(fields=["campaign", "device"], name="iot_campaign_device")]
        indexes = [models.Index(fields=["campaign", "state", "id"], name="iot_campaign_state_of")]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.device_id}"
