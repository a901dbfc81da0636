"""Receipts of runs: signed by SM2, each joined to the one before by SM3."""

from django.db import models


class SigningKey(models.Model):
    """A key pair of the city for its receipts; the private part lies sealed, the public part checks for ever."""

    public = models.CharField("公钥", max_length=130)
    secret = models.BinaryField("私钥密文")
    created_at = models.DateTimeField("生成时间")

    class Meta:
        """The newest signs."""

        verbose_name = "回执签名密钥"

    def __str__(self) -> str:
        return f"{self.id}"


class ReceiptHead(models.Model):
    """The end of the chain: one row, locked by whoever adds a receipt."""

    number = models.BigIntegerField("最近序号", default=0)
    digest = models.CharField("最近摘要", max_length=64)

    class Meta:
        """One row."""

        verbose_name = "回执链尾"

    def __str__(self) -> str:
        return f"{self.number}"


class RunReceipt(models.Model):
    """What a finished run did, as a text that is signed and never changes.

    body: canonical JSON without personal data. digest: SM3 over the digest before it and the body.
    """

    number = models.BigIntegerField("回执序号", unique=True)
    code = models.CharField("回执编号", max_length=40, unique=True)
    run = models.OneToOneField("exchange.Run", verbose_name="交换运行", on_delete=models.PROTECT, related_name="+")
    flow = models.ForeignKey("exchange.Flow", verbose_name="交换流程", on_delete=models.PROTECT, related_name="+")
    body = models.TextField("回执内容")
    previous = models.CharField("前一摘要", max_length=64)
    digest = models.CharField("摘要", max_length=64)
    signature = models.CharField("签名", max_length=128)
    key = models.ForeignKey(SigningKey, verbose_name="签名密钥", on_delete=models.PROTECT, related_name="+")
    organisation_id = models.BigIntegerField("所属机构")
    division_code = models.CharField("所在区划", max_length=15, blank=True)
    created_at = models.DateTimeField("出具时间")

    class Meta:
        """Listed newest first within a scope; walked by number."""

        verbose_name = "运行回执"
        indexes = [
            models.Index(fields=["organisation_id", "-created_at", "-id"], name="exchange_receipt_keyset"),
            models.Index(fields=["-created_at", "-id"], name="exchange_receipt_newest"),
        ]

    def __str__(self) -> str:
        return self.code
