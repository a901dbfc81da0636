"""What was allowed, exactly, and every change of it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from onecity.platform.exchange.models.sharing.requests import SharingForm


class SharingGrant(models.Model):
    """A right to a dataset's fields and rows. masks: column → mask of `kernel.masking`; what is not in `fields` is not
    given; conditions are joined by *and*. In force: state active and starts_date ≤ today ≤ ends_date."""

    class State(models.TextChoices):
        """A grant's life. Only `active` gives anything."""

        ACTIVE = "active", "有效"
        SUSPENDED = "suspended", "已暂停"
        WITHDRAWN = "withdrawn", "已撤销"
        EXPIRED = "expired", "已到期"

    code = models.CharField("授权编号", max_length=24, unique=True)
    request = models.OneToOneField(
        "exchange.SharingRequest", verbose_name="共享需求申请", on_delete=models.PROTECT, related_name="+"
    )
    dataset_code = models.CharField("信息资源代码", max_length=80)
    dataset_name = models.CharField("信息资源名称", max_length=200)
    dataset_version = models.PositiveIntegerField("目录版本")
    provider = models.ForeignKey(
        "identity.Organisation", verbose_name="提供方", on_delete=models.PROTECT, related_name="+"
    )
    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name="使用方", on_delete=models.PROTECT, related_name="+"
    )
    form = models.CharField("共享方式", max_length=8, choices=SharingForm)
    purpose = models.CharField("使用用途", max_length=500)
    legal_ground = models.CharField("法律法规依据", max_length=500)
    fields = ArrayField(models.CharField(max_length=80), verbose_name="授权信息项")
    conditions = models.JSONField("数据范围", default=list, blank=True)
    masks = models.JSONField("脱敏规则", default=dict, blank=True)
    needs_consent = models.BooleanField("须经当事人授权", default=False)
    queries_per_day = models.PositiveIntegerField("每日查询上限")
    starts_date = models.DateField("使用起始日期")
    ends_date = models.DateField("使用截止日期")
    state = models.CharField("授权状态", max_length=12, choices=State, default=State.ACTIVE)
    state_reason = models.CharField("状态变更理由", max_length=500, blank=True)
    told_of_end_at = models.DateTimeField("到期提醒时间", null=True)
    created_at = models.DateTimeField("授权时间")

    class Meta:
        """Read newest first by consumer and by provider; ended by the day."""

        verbose_name = "共享授权"
        indexes = [
            models.Index(fields=["organisation", "-created_at", "-id"], name="exchange_grant_keyset"),
            models.Index(fields=["provider", "-created_at", "-id"], name="exchange_grant_provider"),
            models.Index(fields=["-created_at", "-id"], name="exchange_grant_newest"),
            models.Index(fields=["dataset_code"], name="exchange_grant_dataset"),
            models.Index(fields=["ends_date"], name="exchange_grant_end", condition=Q(state="active")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_date__gte=models.F("starts_date")), name="exchange_grant_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class GrantChange(models.Model):
    """One change of a grant; only added to. before, after: what it allowed, as JSON."""

    class Kind(models.TextChoices):
        """What happened."""

        GRANTED = "granted", "授权"
        RENEWED = "renewed", "续期"
        CHANGED = "changed", "变更"
        SUSPENDED = "suspended", "暂停"
        RESUMED = "resumed", "恢复"
        WITHDRAWN = "withdrawn", "撤销"
        EXPIRED = "expired", "到期"

    grant = models.ForeignKey(SharingGrant, verbose_name="共享授权", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("变更类型", max_length=10, choices=Kind)
    reason = models.CharField("变更理由", max_length=500, blank=True)
    before = models.JSONField("变更前", default=dict)
    after = models.JSONField("变更后", default=dict)
    actor = models.CharField("操作者", max_length=60)
    actor_name = models.CharField("操作者姓名", max_length=60, blank=True)
    at = models.DateTimeField("变更时间")

    class Meta:
        """Read in order by grant."""

        verbose_name = "授权变更记录"
        indexes = [models.Index(fields=["grant", "id"], name="exchange_grantchange_grant")]

    def __str__(self) -> str:
        return self.kind
