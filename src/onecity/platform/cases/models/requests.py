"""Requests inside cases, with what was decided."""

from django.db import models
from django.db.models import Q

from onecity.platform.cases.models.cases import Case, Task


class Request(models.Model):
    """A request that somebody made inside a case, under a rule of the version that the case runs under."""

    class Kind(models.TextChoices):
        """What is asked for."""

        POSTPONE = "postpone", "延期"
        SUSPEND = "suspend", "挂账"
        RETURN = "return", "退回"
        FORCE_CLOSE = "force_close", "强制结案"
        REOPEN = "reopen", "重新办理"

    class State(models.TextChoices):
        """How it stands."""

        PENDING = "pending", "审批中"
        GRANTED = "granted", "已同意"
        REFUSED = "refused", "不同意"
        WITHDRAWN = "withdrawn", "已撤回"
        LAPSED = "lapsed", "已失效"

    case = models.ForeignKey(Case, verbose_name="案件", on_delete=models.PROTECT, related_name="+", db_index=False)
    task = models.ForeignKey(
        Task, verbose_name="所涉任务", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    approval = models.ForeignKey(
        Task, verbose_name="审批任务", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    rule_code = models.CharField("申请事项编码", max_length=40)
    name = models.CharField("申请事项", max_length=80)
    kind = models.CharField("种类", max_length=12, choices=Kind)
    state = models.CharField("状态", max_length=10, choices=State, default=State.PENDING)
    reason = models.TextField("理由")
    reason_code = models.CharField("原因编码", max_length=40, blank=True)
    amount = models.CharField("延期数量", max_length=20, blank=True)
    unit = models.CharField("延期单位", max_length=20, blank=True)
    until = models.DateTimeField("复查时间", null=True)
    asked_at = models.DateTimeField("申请时间")
    asked_by = models.CharField("申请人", max_length=60)
    asked_by_name = models.CharField("申请人姓名", max_length=60, blank=True)
    organisation_id = models.BigIntegerField("申请机构", null=True)
    decided_at = models.DateTimeField("审批时间", null=True)
    decided_by = models.CharField("审批人", max_length=60, blank=True)
    decided_by_name = models.CharField("审批人姓名", max_length=60, blank=True)
    note = models.TextField("审批意见", blank=True)

    class Meta:
        """Read by case; the same is asked for once at a time."""

        verbose_name = "案件申请"
        constraints = [
            models.UniqueConstraint(
                fields=["case", "rule_code", "task"],
                name="cases_request_once_at_a_time",
                condition=Q(state="pending"),
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="cases_request_decided_or_pending",
                condition=Q(state="pending", decided_at__isnull=True)
                | (~Q(state="pending") & Q(decided_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["case", "id"], name="cases_request_of_case"),
            models.Index(fields=["approval"], name="cases_request_approval", condition=Q(approval__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}:{self.rule_code}"
