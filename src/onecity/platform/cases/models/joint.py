"""Joint handling: bodies that assist a task, and cases opened under one."""

from django.db import models
from django.db.models import Q

from onecity.platform.cases.models.cases import Case, Task


class Assistance(models.Model):
    """A body that was asked to assist whoever holds a task."""

    class State(models.TextChoices):
        """How it stands."""

        WAITING = "waiting", "协办中"
        ASSISTED = "assisted", "协办完毕"
        DECLINED = "declined", "不属于本单位"
        OVERRULED = "overruled", "不再等待"
        WITHDRAWN = "withdrawn", "已撤回"
        LAPSED = "lapsed", "已失效"

    case = models.ForeignKey(Case, verbose_name="案件", on_delete=models.PROTECT, related_name="+", db_index=False)
    task = models.ForeignKey(Task, verbose_name="主办任务", on_delete=models.PROTECT, related_name="+", db_index=False)
    assist = models.ForeignKey(
        Task, verbose_name="协办任务", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    rule_code = models.CharField("协办事项编码", max_length=40)
    name = models.CharField("协办事项", max_length=80)
    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name="协办单位", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    state = models.CharField("状态", max_length=10, choices=State, default=State.WAITING)
    wish = models.TextField("协办要求")
    asked_at = models.DateTimeField("邀请时间")
    asked_by = models.CharField("邀请人", max_length=60)
    asked_by_name = models.CharField("邀请人姓名", max_length=60, blank=True)
    ended_at = models.DateTimeField("结束时间", null=True)
    ended_by_name = models.CharField("答复人姓名", max_length=60, blank=True)
    note = models.TextField("协办意见", blank=True)

    class Meta:
        """Read by case; a body assists a task once at a time."""

        verbose_name = "协办"
        constraints = [
            models.UniqueConstraint(
                fields=["task", "organisation"], name="cases_assistance_once_at_a_time", condition=Q(state="waiting")
            ),
            models.CheckConstraint(
                name="cases_assistance_ended_or_waiting",
                condition=Q(state="waiting", ended_at__isnull=True) | (~Q(state="waiting") & Q(ended_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["case", "id"], name="cases_assistance_of_case"),
            models.Index(fields=["organisation", "-asked_at", "-id"], name="cases_assistance_keyset"),
            models.Index(fields=["assist"], name="cases_assistance_task"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}:{self.organisation_id}"


class Subcase(models.Model):
    """A case that was opened under a task of another one."""

    parent = models.ForeignKey(Case, verbose_name="主案件", on_delete=models.PROTECT, related_name="+", db_index=False)
    task = models.ForeignKey(
        Task, verbose_name="主案件任务", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    child = models.OneToOneField(Case, verbose_name="子案件", on_delete=models.PROTECT, related_name="+")
    rule_code = models.CharField("子案件编码", max_length=40)
    name = models.CharField("子案件事项", max_length=80)
    waits = models.BooleanField("主案件是否等待")
    organisation_id = models.BigIntegerField("下达机构", null=True)
    opened_at = models.DateTimeField("下达时间")
    opened_by = models.CharField("下达人", max_length=60)
    opened_by_name = models.CharField("下达人姓名", max_length=60, blank=True)
    ended_at = models.DateTimeField("结束时间", null=True)
    result = models.CharField("结果", max_length=10, blank=True)

    class Meta:
        """Read by either case; those that run are looked through by a tick."""

        verbose_name = "子案件"
        indexes = [
            models.Index(fields=["parent", "id"], name="cases_subcase_of_parent"),
            models.Index(fields=["id"], name="cases_subcase_running", condition=Q(ended_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.parent_id}:{self.child_id}"
