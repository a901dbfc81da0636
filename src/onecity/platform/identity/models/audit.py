"""The audit trail. Rows are written in the change's own transaction and chained by SM3 within a second.

The database refuses to update or delete entries and seals (see migration `append_only`).
"""

from django.db import models


class AuditEntry(models.Model):
    """Who did what to which thing, when, from where, and how it ended."""

    class Outcome(models.TextChoices):
        """How it ended."""

        DONE = "done", "成功"
        REFUSED = "refused", "被拒绝"

    at = models.DateTimeField("时间")
    transaction = models.BigIntegerField("事务号")
    actor = models.CharField("操作者", max_length=60)
    actor_name = models.CharField("操作者名称", max_length=60, blank=True)
    organisation_id = models.BigIntegerField("操作者机构", null=True)
    action = models.CharField("操作", max_length=80)
    target = models.CharField("对象", max_length=120, blank=True)
    outcome = models.CharField("结果", max_length=10, choices=Outcome)
    details = models.JSONField("详情", default=dict)
    address = models.CharField("网络地址", max_length=45, blank=True)
    request_id = models.CharField("请求编号", max_length=64, blank=True)

    class Meta:
        """Sealed in the order of transactions; searched newest first, by actor and by target."""

        verbose_name = "审计记录"
        indexes = [
            models.Index(fields=["transaction", "id"], name="identity_audit_transaction"),
            models.Index(fields=["-at", "-id"], name="identity_audit_newest"),
            models.Index(fields=["actor", "-at", "-id"], name="identity_audit_actor"),
            models.Index(fields=["target", "-at", "-id"], name="identity_audit_target"),
            models.Index(fields=["action", "-at", "-id"], name="identity_audit_action"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.target}"


class AuditSeal(models.Model):
    """A link of the chain: the SM3 digest of the link before and of one entry."""

    number = models.BigIntegerField("链序号", primary_key=True)
    entry = models.OneToOneField(AuditEntry, verbose_name="审计记录", on_delete=models.PROTECT, related_name="+")
    digest = models.CharField("摘要", max_length=64)
    sealed_at = models.DateTimeField("封存时间")

    class Meta:
        """Read in order when the chain is verified."""

        verbose_name = "审计封存"

    def __str__(self) -> str:
        return str(self.number)


class AuditHead(models.Model):
    """The end of the chain: one row, locked by whoever seals.

    horizon: every transaction below it had ended when the last seal was made, so its entries are all sealed.
    """

    number = models.BigIntegerField("末尾链序号", default=0)
    digest = models.CharField("末尾摘要", max_length=64, default="0" * 64)
    horizon = models.BigIntegerField("事务水位", default=0)

    class Meta:
        """One row."""

        verbose_name = "审计链尾"

    def __str__(self) -> str:
        return str(self.number)
