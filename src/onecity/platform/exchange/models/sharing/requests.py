"""What departments ask one another for."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class SharingForm(models.TextChoices):
    """How data reach whoever asked for them."""

    PUSH = "push", "库表推送"
    PULL = "pull", "接口拉取"
    FILE = "file", "文件交换"
    QUERY = "query", "接口查询"


class SharingRequest(models.Model):
    """A request for a dataset. What was asked is never altered after the decision; renewals and changes are new ones.

    fields: columns of the dataset; clear_fields: those of them that are needed unmasked. conditions: rows, as a list of
    {column, operator, values}. dataset_code names the catalogue's entry, forever, whatever becomes of its versions.
    """

    class State(models.TextChoices):
        """A request's life."""

        WAITING = "waiting", "办理中"
        SUPPLEMENT = "supplement", "待补正"
        GRANTED = "granted", "已同意"
        REFUSED = "refused", "不予共享"
        WITHDRAWN = "withdrawn", "已撤回"

    class Kind(models.TextChoices):
        """What is asked for."""

        NEW = "new", "新申请"
        RENEWAL = "renewal", "续期"
        CHANGE = "change", "变更"

    kind = models.CharField("申请类型", max_length=10, choices=Kind, default=Kind.NEW)
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
    fields = ArrayField(models.CharField(max_length=80), verbose_name="申请信息项")
    clear_fields = ArrayField(models.CharField(max_length=80), verbose_name="明文信息项", default=list, blank=True)
    conditions = models.JSONField("数据范围", default=list, blank=True)
    needs_consent = models.BooleanField("须经当事人授权", default=False)
    queries_per_day = models.PositiveIntegerField("每日查询上限", default=0)
    starts_date = models.DateField("使用起始日期")
    ends_date = models.DateField("使用截止日期")
    contact_name = models.CharField("联系人", max_length=40)
    contact_phone_sealed = models.BinaryField("联系电话密文", default=b"")
    contact_phone_masked = models.CharField("联系电话", max_length=20, blank=True)
    earlier_grant = models.ForeignKey(
        "exchange.SharingGrant", verbose_name="原授权", null=True, on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField("申请状态", max_length=12, choices=State, default=State.WAITING)
    case_id = models.BigIntegerField("案件", null=True)
    case_number = models.CharField("案件编号", max_length=40, blank=True)
    refusal = models.CharField("不予共享理由", max_length=500, blank=True)
    refusal_ground = models.CharField("不予共享依据", max_length=500, blank=True)
    escalated_at = models.DateTimeField("报数据主管部门时间", null=True)
    asked_by = models.CharField("申请人", max_length=60)
    asked_by_name = models.CharField("申请人姓名", max_length=60, blank=True)
    created_at = models.DateTimeField("申请时间")
    decided_at = models.DateTimeField("决定时间", null=True)

    class Meta:
        """Read newest first by whoever asked and by whoever is asked."""

        verbose_name = "共享需求申请"
        indexes = [
            models.Index(fields=["organisation", "-created_at", "-id"], name="exchange_request_keyset"),
            models.Index(fields=["provider", "-created_at", "-id"], name="exchange_request_provider"),
            models.Index(fields=["-created_at", "-id"], name="exchange_request_newest"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["case_id"], name="exchange_request_one_case"),
            models.UniqueConstraint(
                fields=["organisation", "dataset_code", "form"],
                condition=Q(state__in=["waiting", "supplement"]),
                name="exchange_request_one_waiting",
            ),
            models.CheckConstraint(
                condition=Q(ends_date__gte=models.F("starts_date")), name="exchange_request_ends_after_start"
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(refusal_ground=""), name="exchange_refusal_has_its_ground"
            ),
        ]

    def __str__(self) -> str:
        return self.dataset_name
