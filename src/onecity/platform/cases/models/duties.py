"""Who stands in for whom, and who is on duty."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q


class Deputation(models.Model):
    """A person who stands in for another from one moment to another, for some posts or for all of them."""

    principal = models.ForeignKey(
        "identity.Account", verbose_name="被代理人", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    deputy = models.ForeignKey(
        "identity.Account", verbose_name="代理人", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name="被代理人机构", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    posts = ArrayField(models.CharField(max_length=80), verbose_name="岗位权限", default=list)
    starts_at = models.DateTimeField("开始时间")
    ends_at = models.DateTimeField("结束时间")
    reason = models.CharField("事由", max_length=200)
    made_at = models.DateTimeField("设置时间")
    made_by = models.CharField("设置人", max_length=60)
    withdrawn_at = models.DateTimeField("撤销时间", null=True)

    class Meta:
        """Found by either person; nobody stands in for himself."""

        verbose_name = "代理"
        constraints = [
            models.CheckConstraint(name="cases_deputation_runs_forward", condition=Q(starts_at__lt=F("ends_at"))),
            models.CheckConstraint(name="cases_deputation_of_another", condition=~Q(principal=F("deputy"))),
        ]
        indexes = [
            models.Index(
                fields=["deputy", "ends_at"], name="cases_deputation_deputy", condition=Q(withdrawn_at__isnull=True)
            ),
            models.Index(
                fields=["principal", "ends_at"],
                name="cases_deputation_principal",
                condition=Q(withdrawn_at__isnull=True),
            ),
            models.Index(fields=["organisation", "-starts_at", "-id"], name="cases_deputation_keyset"),
        ]

    def __str__(self) -> str:
        return f"{self.principal_id}>{self.deputy_id}"


class DutyShift(models.Model):
    """A person on duty for a post at an organisation."""

    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name="值班机构", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    post = models.CharField("值班岗位", max_length=80)
    account = models.ForeignKey(
        "identity.Account", verbose_name="值班人", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    starts_at = models.DateTimeField("开始时间")
    ends_at = models.DateTimeField("结束时间")
    made_at = models.DateTimeField("排班时间")
    made_by = models.CharField("排班人", max_length=60)

    class Meta:
        """Read by organisation and post; a person begins a shift of a post once."""

        verbose_name = "值班"
        constraints = [
            models.CheckConstraint(name="cases_shift_runs_forward", condition=Q(starts_at__lt=F("ends_at"))),
            models.UniqueConstraint(fields=["organisation", "post", "account", "starts_at"], name="cases_shift_once"),
        ]
        indexes = [models.Index(fields=["organisation", "-starts_at", "-id"], name="cases_shift_keyset")]

    def __str__(self) -> str:
        return f"{self.post}@{self.starts_at:%Y-%m-%d}"
