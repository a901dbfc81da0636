"""Accounts and their sessions."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models


class Account(AbstractBaseUser):
    """One person's or one body's way into the city. Accounts are never shared and never deleted, only deactivated."""

    class Kind(models.TextChoices):
        """For whom the account is."""

        STAFF = "staff", "工作人员"
        CITIZEN = "citizen", "市民"
        ENTERPRISE = "enterprise", "企业用户"

    username = models.CharField("登录名", max_length=40, unique=True)
    full_name = models.CharField("姓名", max_length=40)
    kind = models.CharField("账户类型", max_length=20, choices=Kind)
    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name="所属机构", null=True, on_delete=models.PROTECT, related_name="+"
    )
    phone_sealed = models.BinaryField("手机号码（加密）", default=b"")
    phone_hashed = models.CharField("手机号码（密钥摘要）", max_length=64, blank=True, db_index=True)
    phone_masked = models.CharField("手机号码（脱敏）", max_length=20, blank=True)
    is_active = models.BooleanField("是否启用", default=True)
    must_change_password = models.BooleanField("须修改密码", default=True)
    password_changed_at = models.DateTimeField("密码修改时间", null=True)
    password_history = models.JSONField("历史密码摘要", default=list)
    failed_sign_ins = models.PositiveIntegerField("连续登录失败次数", default=0)
    locked_until = models.DateTimeField("锁定至", null=True)
    totp_sealed = models.BinaryField("动态口令密钥（加密）", default=b"")
    totp_confirmed_at = models.DateTimeField("动态口令启用时间", null=True)
    totp_last_step = models.BigIntegerField("动态口令最近时间步", default=0)
    created_at = models.DateTimeField("创建时间")

    last_login = None
    USERNAME_FIELD = "username"

    class Meta:
        """Listed by organisation, newest first."""

        verbose_name = "账户"
        indexes = [
            models.Index(fields=["organisation", "-created_at", "-id"], name="identity_account_keyset"),
            models.Index(fields=["-created_at", "-id"], name="identity_account_newest"),
            models.Index(fields=["full_name"], name="identity_account_name", opclasses=["varchar_pattern_ops"]),
        ]

    def __str__(self) -> str:
        return self.username


class Session(models.Model):
    """A signed-in browser. Only the SM3 digest of its secret is stored."""

    account = models.ForeignKey(Account, verbose_name="账户", on_delete=models.CASCADE, related_name="+")
    digest = models.CharField("会话标识摘要", max_length=64, unique=True)
    created_at = models.DateTimeField("登录时间")
    last_seen_at = models.DateTimeField("最近活动时间")
    expires_at = models.DateTimeField("到期时间")
    address = models.CharField("网络地址", max_length=45, blank=True)
    agent = models.CharField("客户端", max_length=200, blank=True)
    strong = models.BooleanField("双因素登录", default=False)

    class Meta:
        """Found by digest; an account's own sessions newest first."""

        verbose_name = "登录会话"
        indexes = [models.Index(fields=["account", "-last_seen_at"], name="identity_session_account")]

    def __str__(self) -> str:
        return f"{self.account_id}@{self.created_at:%Y-%m-%d %H:%M}"
