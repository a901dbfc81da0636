"""What was done under grants: receipts that only grow, chained by SM3, and counts by day."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from onecity.platform.exchange.models.sharing.grants import SharingGrant


class UseReceipt(models.Model):
    """One use: who, under which grant, when, why, of whom, what was given. The database refuses changes.

    transaction: number of the writing transaction, by which the sealer finds receipts. subject_hash: keyed hash of the
    person's or enterprise's identifier, empty for a delivery of many. checksum: SM3 of what was given, if anything was.
    """

    class Kind(models.TextChoices):
        """How data were used."""

        QUERY = "query", "查询"
        PUSH = "push", "推送"
        PULL = "pull", "拉取"
        FILE = "file", "文件"

    class Result(models.TextChoices):
        """How it ended."""

        GIVEN = "given", "已提供"
        NOTHING = "nothing", "查无数据"
        REFUSED = "refused", "已拒绝"
        FAILED = "failed", "未完成"

    transaction = models.BigIntegerField("事务号")
    at = models.DateTimeField("使用时间")
    grant = models.ForeignKey(SharingGrant, verbose_name="共享授权", on_delete=models.PROTECT, related_name="+")
    provider = models.ForeignKey(
        "identity.Organisation", verbose_name="提供方", on_delete=models.PROTECT, related_name="+"
    )
    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name="使用方", on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField("使用方式", max_length=8, choices=Kind)
    actor = models.CharField("操作者", max_length=60)
    actor_name = models.CharField("操作者姓名", max_length=60, blank=True)
    operator = models.CharField("经办人", max_length=60, blank=True)
    reason = models.CharField("使用事由", max_length=200)
    consent = models.CharField("授权书编号", max_length=80, blank=True)
    subject_hash = models.CharField("当事人摘要", max_length=64, blank=True)
    subject_masked = models.CharField("当事人", max_length=40, blank=True)
    fields = ArrayField(models.CharField(max_length=80), verbose_name="提供信息项")
    rows = models.PositiveBigIntegerField("行数")
    checksum = models.CharField("校验值", max_length=64, blank=True)
    result = models.CharField("结果", max_length=10, choices=Result)
    origin = models.CharField("来源", max_length=80, blank=True)

    class Meta:
        """Read newest first by consumer, by provider, by grant, and by the person concerned."""

        verbose_name = "使用回执"
        indexes = [
            models.Index(fields=["organisation", "-at", "-id"], name="exchange_use_keyset"),
            models.Index(fields=["provider", "-at", "-id"], name="exchange_use_provider"),
            models.Index(fields=["grant", "-at", "-id"], name="exchange_use_grant"),
            models.Index(fields=["-at", "-id"], name="exchange_use_newest"),
            models.Index(
                fields=["subject_hash", "-at", "-id"], name="exchange_use_subject", condition=~Q(subject_hash="")
            ),
            models.Index(fields=["transaction", "id"], name="exchange_use_transaction"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["origin"], condition=~Q(origin=""), name="exchange_use_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class UseSeal(models.Model):
    """The link of one receipt in the chain."""

    number = models.BigIntegerField("序号", primary_key=True)
    receipt = models.OneToOneField(UseReceipt, verbose_name="使用回执", on_delete=models.PROTECT, related_name="+")
    digest = models.CharField("链摘要", max_length=64)
    sealed_at = models.DateTimeField("封存时间")

    class Meta:
        """Walked by number."""

        verbose_name = "回执封存"

    def __str__(self) -> str:
        return str(self.number)


class UseHead(models.Model):
    """The end of the chain; one row. horizon: below this transaction number every receipt is sealed."""

    number = models.BigIntegerField("序号")
    digest = models.CharField("链摘要", max_length=64)
    horizon = models.BigIntegerField("封存界线")

    class Meta:
        """One row."""

        verbose_name = "回执链末端"

    def __str__(self) -> str:
        return str(self.number)


class GrantDay(models.Model):
    """Counts of one grant on one day of the city; also the meter that holds the daily limit."""

    grant = models.ForeignKey(SharingGrant, verbose_name="共享授权", on_delete=models.PROTECT, related_name="+")
    day = models.DateField("日期")
    queries = models.PositiveIntegerField("查询次数", default=0)
    night_queries = models.PositiveIntegerField("夜间查询次数", default=0)
    refused = models.PositiveIntegerField("拒绝次数", default=0)
    rows = models.PositiveBigIntegerField("行数", default=0)
    minute = models.DateTimeField("当前分钟", null=True)
    in_minute = models.PositiveIntegerField("本分钟次数", default=0)

    class Meta:
        """One row for a grant and a day."""

        verbose_name = "授权使用日统计"
        constraints = [models.UniqueConstraint(fields=["grant", "day"], name="exchange_grant_day_once")]

    def __str__(self) -> str:
        return f"{self.grant_id} {self.day}"


class UnusualUse(models.Model):
    """Use that does not look like before: told to the provider once for a day and a kind."""

    class Kind(models.TextChoices):
        """What was unusual."""

        MANY = "many", "查询量异常增多"
        NIGHT = "night", "夜间异常查询"

    grant = models.ForeignKey(SharingGrant, verbose_name="共享授权", on_delete=models.PROTECT, related_name="+")
    day = models.DateField("日期")
    kind = models.CharField("异常类型", max_length=8, choices=Kind)
    queries = models.PositiveIntegerField("查询次数")
    usual = models.PositiveIntegerField("平日次数")
    noticed_at = models.DateTimeField("发现时间")

    class Meta:
        """Once for a day and a kind."""

        verbose_name = "异常使用"
        constraints = [models.UniqueConstraint(fields=["grant", "day", "kind"], name="exchange_unusual_once")]

    def __str__(self) -> str:
        return self.kind
