"""What applications subscribe to, how far each has been told, and the feed that they are told from."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

WHOLE = 2**31 - 1
"""The place behind a feed entry's last event."""


class Subscription(models.Model):
    """What an application wants to be told, and how. Rights are those of its owner, at the moment of telling.

    key: its public name. filter: `contracts.subscriptions.EventFilter` as JSON. address: of a webhook. sealed_secret:
    what signs now; sealed_former: what was replaced and signs beside it until former_ends_at. broker_hash: of the
    account at our broker. owner_kind: `account` or `client`, as `kernel.Actor` says it. All times are real.
    """

    class Channel(models.TextChoices):
        """How it is told."""

        WEBHOOK = "webhook", "网络回调"
        MQTT = "mqtt", "MQTT"
        SSE = "sse", "事件流"

    class State(models.TextChoices):
        """Whether it is told now; what happens while it is paused waits for it."""

        ACTIVE = "active", "投递中"
        PAUSED = "paused", "已暂停"

    key = models.CharField("订阅标识", max_length=32, unique=True)
    name = models.CharField("订阅名称", max_length=80)
    channel = models.CharField("投递方式", max_length=8, choices=Channel)
    topics = ArrayField(models.CharField(max_length=10), verbose_name="事件种类")
    filter = models.JSONField("筛选条件", default=dict)
    address = models.CharField("回调地址", max_length=500, blank=True)
    sealed_secret = models.BinaryField("密封的签名密钥", default=b"")
    sealed_former = models.BinaryField("密封的原签名密钥", default=b"")
    former_ends_at = models.DateTimeField("原密钥失效时间", null=True)
    broker_hash = models.CharField("代理密码散列", max_length=200, blank=True)
    batch_size = models.PositiveIntegerField("每批事件数", default=200)
    attempts = models.PositiveSmallIntegerField("转入死信前的尝试次数", default=5)
    owner_kind = models.CharField("所有者类别", max_length=8)
    owner_id = models.BigIntegerField("所有者")
    owner_name = models.CharField("所有者名称", max_length=80)
    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name="所属机构", on_delete=models.PROTECT, related_name="+"
    )
    division_code = models.CharField("所在网格", max_length=15, blank=True)
    state = models.CharField("状态", max_length=8, choices=State, default=State.ACTIVE)
    created_at = models.DateTimeField("创建时间")

    class Meta:
        """Listed newest first within a scope."""

        verbose_name = "应用订阅"
        indexes = [
            models.Index(fields=["organisation", "-created_at", "-id"], name="iot_subscription_keyset"),
            models.Index(fields=["-created_at", "-id"], name="iot_subscription_newest"),
        ]

    def __str__(self) -> str:
        return self.name


class SubscriptionProgress(models.Model):
    """How far a subscription has been told; written with every batch, so apart from what people change.

    position, place: the last event settled, as the feed counts. failures: in a row, 0 once something went through.
    tries: of the batch that is being tried. due_at: when it is tried again. expired: feed entries that had to be given
    up before they were told.
    """

    subscription = models.OneToOneField(
        Subscription, verbose_name="应用订阅", primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    position = models.BigIntegerField("已投递位置")
    place = models.IntegerField("位置内序号", default=WHOLE)
    failures = models.PositiveIntegerField("连续失败次数", default=0)
    tries = models.PositiveIntegerField("本批尝试次数", default=0)
    due_at = models.DateTimeField("下次尝试时间", null=True)
    reason = models.CharField("失败原因", max_length=300, blank=True)
    events = models.BigIntegerField("已投递事件数", default=0)
    batches = models.BigIntegerField("已投递批数", default=0)
    expired = models.BigIntegerField("过期未投递条数", default=0)
    succeeded_at = models.DateTimeField("最近成功时间", null=True)
    failed_at = models.DateTimeField("最近失败时间", null=True)

    class Meta:
        """One row a subscription, updated in place."""

        verbose_name = "订阅进度"

    def __str__(self) -> str:
        return f"{self.position}.{self.place}"


class FeedEntry(models.Model):
    """What one commit left for subscriptions: readings as packed bytes (`rules.feeds`), or other events as JSON.

    position: given after the commit, without gaps, by whoever sequences; None until then. octets: of all entries up
    to this one. target: the only subscription it is for; None for all. made_at: real.
    """

    position = models.BigIntegerField("位置", null=True, unique=True)
    readings = models.BinaryField("监测值", default=b"")
    told = models.JSONField("事件", default=list)
    target = models.BigIntegerField("指定订阅", null=True)
    size = models.IntegerField("字节数", default=0)
    octets = models.BigIntegerField("累计字节数", null=True)
    made_at = models.DateTimeField("产生时间")

    class Meta:
        """Read by position; those without one are few."""

        verbose_name = "订阅事件"
        indexes = [models.Index(fields=["id"], name="iot_feed_fresh", condition=models.Q(position__isnull=True))]

    def __str__(self) -> str:
        return str(self.position)


class FeedHead(models.Model):
    """The newest position, the octets of all entries up to it, and the oldest position that is kept."""

    position = models.BigIntegerField("最新位置", default=0)
    octets = models.BigIntegerField("累计字节数", default=0)
    kept_from = models.BigIntegerField("最早保留位置", default=1)

    class Meta:
        """One row, made by the migration."""

        verbose_name = "订阅事件进度"

    def __str__(self) -> str:
        return str(self.position)


class FeedInterest(models.Model):
    """How often subscriptions changed; writers compare it with what they remember of who wants which readings."""

    version = models.BigIntegerField("版本", default=0)

    class Meta:
        """One row, made by the migration."""

        verbose_name = "订阅版本"

    def __str__(self) -> str:
        return str(self.version)


class Delivery(models.Model):
    """One attempt to tell a subscription a batch. first, last: ids of events. status: of HTTP, 0 without an answer."""

    subscription = models.ForeignKey(
        Subscription, verbose_name="应用订阅", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    at = models.DateTimeField("时间")
    events = models.IntegerField("事件数")
    first = models.CharField("首个事件", max_length=32, blank=True)
    last = models.CharField("末个事件", max_length=32, blank=True)
    attempt = models.PositiveIntegerField("第几次", default=1)
    succeeded = models.BooleanField("是否成功")
    status = models.PositiveSmallIntegerField("响应状态", default=0)
    latency_ms = models.PositiveIntegerField("耗时（毫秒）", default=0)
    reason = models.CharField("失败原因", max_length=300, blank=True)
    replayed = models.BooleanField("是否重放", default=False)

    class Meta:
        """A subscription's own, newest first; old ones go."""

        verbose_name = "投递记录"
        indexes = [
            models.Index(fields=["subscription", "-at", "-id"], name="iot_delivery_own"),
            models.Index(fields=["at"], name="iot_delivery_at"),
        ]

    def __str__(self) -> str:
        return f"{self.first}–{self.last}"


class DeadLetter(models.Model):
    """A batch that its receiver would not take. content: its events as JSON. due_at: when it is to be sent again."""

    subscription = models.ForeignKey(
        Subscription, verbose_name="应用订阅", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    content = models.JSONField("内容")
    events = models.IntegerField("事件数")
    first = models.CharField("首个事件", max_length=32)
    last = models.CharField("末个事件", max_length=32)
    attempts = models.PositiveIntegerField("尝试次数")
    reason = models.CharField("失败原因", max_length=300)
    made_at = models.DateTimeField("转入时间")
    due_at = models.DateTimeField("重放时间", null=True)

    class Meta:
        """A subscription's own, newest first; those to be sent again are few."""

        verbose_name = "死信"
        indexes = [
            models.Index(fields=["subscription", "-made_at", "-id"], name="iot_deadletter_own"),
            models.Index(fields=["due_at"], name="iot_deadletter_due", condition=models.Q(due_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.first}–{self.last}"
