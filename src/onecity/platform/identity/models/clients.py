"""Programs that call the interfaces, their tokens, and what they sent already."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class ApiClient(models.Model):
    """A program of an organisation. It holds the permissions named here, within its organisation or everywhere."""

    name = models.CharField("应用名称", max_length=80)
    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name="所属机构", on_delete=models.PROTECT, related_name="+"
    )
    purpose = models.CharField("用途说明", max_length=200)
    permissions = ArrayField(models.CharField(max_length=80), verbose_name="权限编码")
    everywhere = models.BooleanField("全市范围", default=False)
    is_active = models.BooleanField("是否启用", default=True)
    created_at = models.DateTimeField("创建时间")

    class Meta:
        """Listed newest first."""

        verbose_name = "接口应用"
        indexes = [
            models.Index(fields=["organisation", "-created_at", "-id"], name="identity_client_keyset"),
            models.Index(fields=["-created_at", "-id"], name="identity_client_newest"),
        ]

    def __str__(self) -> str:
        return self.name


class ApiToken(models.Model):
    """A client's bearer token. Only its SM3 digest is stored; `prefix` helps people recognise it."""

    client = models.ForeignKey(ApiClient, verbose_name="接口应用", on_delete=models.CASCADE, related_name="+")
    digest = models.CharField("令牌摘要", max_length=64, unique=True)
    prefix = models.CharField("令牌前缀", max_length=12)
    created_at = models.DateTimeField("签发时间")
    expires_at = models.DateTimeField("到期时间")
    revoked_at = models.DateTimeField("吊销时间", null=True)

    class Meta:
        """Found by digest."""

        verbose_name = "接口令牌"

    def __str__(self) -> str:
        return self.prefix


class IdempotencyRecord(models.Model):
    """What a write call with an Idempotency-Key answered, so that the same call answers the same again."""

    actor_key = models.CharField("调用方", max_length=60)
    key = models.CharField("幂等键", max_length=120)
    fingerprint = models.CharField("请求摘要", max_length=64)
    status = models.PositiveSmallIntegerField("响应状态", default=0)
    body = models.BinaryField("响应内容", default=b"")
    content_type = models.CharField("响应类型", max_length=80, blank=True)
    created_at = models.DateTimeField("首次调用时间", db_index=True)

    class Meta:
        """One record for a caller's key."""

        verbose_name = "幂等记录"
        constraints = [models.UniqueConstraint(fields=["actor_key", "key"], name="identity_idempotency_once")]

    def __str__(self) -> str:
        return self.key
