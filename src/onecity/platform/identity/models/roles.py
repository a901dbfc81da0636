"""Roles, what they permit, and to whom they are granted where."""

from django.db import models
from django.db.models import Q


class Role(models.Model):
    """A bundle of permissions. Built-in roles come from declarations; staff make others."""

    code = models.CharField("角色编码", max_length=60, unique=True)
    name = models.CharField("角色名称", max_length=60)
    description = models.CharField("角色说明", max_length=200, blank=True)
    is_builtin = models.BooleanField("是否内置", default=False)
    is_exclusive = models.BooleanField("是否互斥", default=False)

    class Meta:
        """Few rows; listed by code."""

        verbose_name = "角色"

    def __str__(self) -> str:
        return self.name


class RolePermission(models.Model):
    """One permission of one role, by the permission's declared code."""

    role = models.ForeignKey(Role, verbose_name="角色", on_delete=models.CASCADE, related_name="+")
    permission_code = models.CharField("权限编码", max_length=80)

    class Meta:
        """A role holds a permission once."""

        verbose_name = "角色权限"
        constraints = [
            models.UniqueConstraint(fields=["role", "permission_code"], name="identity_role_permission_once")
        ]

    def __str__(self) -> str:
        return self.permission_code


class Grant(models.Model):
    """A role granted to an account within a scope, until it is withdrawn or ends."""

    class ScopeKind(models.TextChoices):
        """Where the role holds."""

        EVERYTHING = "everything", "全市"
        ORGANISATION = "organisation", "本机构及下级"
        DIVISION = "division", "行政区划范围"

    account = models.ForeignKey("identity.Account", verbose_name="账户", on_delete=models.PROTECT, related_name="+")
    role = models.ForeignKey(Role, verbose_name="角色", on_delete=models.PROTECT, related_name="+")
    scope_kind = models.CharField("范围类型", max_length=20, choices=ScopeKind)
    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name="机构范围", null=True, on_delete=models.PROTECT, related_name="+"
    )
    division_code = models.CharField("区划范围", max_length=12, blank=True)
    granted_at = models.DateTimeField("授权时间")
    granted_by = models.CharField("授权人", max_length=40)
    ends_at = models.DateTimeField("到期时间", null=True)
    withdrawn_at = models.DateTimeField("撤销时间", null=True)

    class Meta:
        """The rights of an account are read at each request: indexed by account, withdrawn ones left out."""

        verbose_name = "授权"
        indexes = [
            models.Index(fields=["account"], name="identity_grant_in_force", condition=Q(withdrawn_at__isnull=True)),
            models.Index(fields=["-granted_at", "-id"], name="identity_grant_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                name="identity_grant_scope_is_whole",
                condition=Q(scope_kind="everything", organisation__isnull=True, division_code="")
                | Q(scope_kind="organisation", organisation__isnull=False, division_code="")
                | (Q(scope_kind="division", organisation__isnull=True) & ~Q(division_code="")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.account_id}:{self.role_id}"
