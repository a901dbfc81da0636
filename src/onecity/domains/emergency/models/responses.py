"""Responses (应急响应): a published plan, started for an incident, with its tasks and levels."""

from django.db import models
from django.db.models import Q

from onecity.domains.emergency.models.incidents import Incident
from onecity.domains.emergency.models.plans import LEVELS, Plan, PlanGroup, PlanStep, PlanVersion


class Response(models.Model):
    """A response. is_drill: as its incident."""

    class State(models.TextChoices):
        """Where it stands."""

        ACTIVE = "active", "响应中"
        ENDED = "ended", "已终止"

    incident = models.ForeignKey(Incident, verbose_name="突发事件", on_delete=models.PROTECT, related_name="+")
    plan = models.ForeignKey(Plan, verbose_name="应急预案", on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(
        PlanVersion, verbose_name="预案版本", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    level = models.PositiveSmallIntegerField("响应级别", choices=LEVELS)
    is_drill = models.BooleanField("演练", default=False)
    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name="指挥机构", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    division_code = models.CharField("区划代码", max_length=15, blank=True)
    conditions_met = models.CharField("达到的启动条件", max_length=600)
    decided_by = models.ForeignKey(
        "identity.Account", verbose_name="决定人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    activated_at = models.DateTimeField("启动时间")
    state = models.CharField("状态", max_length=10, choices=State, default=State.ACTIVE)
    ended_at = models.DateTimeField("终止时间", null=True)
    end_reason = models.CharField("终止理由", max_length=600, blank=True)

    class Meta:
        """One of a plan goes on for an incident; listed by body, newest first."""

        verbose_name = "应急响应"
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "plan"], condition=Q(state="active"), name="emergency_one_active_response"
            )
        ]
        indexes = [models.Index(fields=["organisation", "-activated_at", "-id"], name="emergency_response_keyset")]

    def __str__(self) -> str:
        return f"{self.incident_id}:{self.plan_id}"


class ResponseLevelChange(models.Model):
    """A response's level went up or down: who, when, why."""

    response = models.ForeignKey(Response, verbose_name="应急响应", on_delete=models.PROTECT, related_name="+")
    from_level = models.PositiveSmallIntegerField("原响应级别")
    to_level = models.PositiveSmallIntegerField("响应级别")
    reason = models.CharField("理由", max_length=600)
    account = models.ForeignKey(
        "identity.Account", verbose_name="决定人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField("时间")

    class Meta:
        """Read in order."""

        verbose_name = "响应级别调整"

    def __str__(self) -> str:
        return f"{self.response_id}:{self.to_level}"


class ResponseTask(models.Model):
    """A step of the plan that a group must do now. case: carries its limit and supervision; none in an exercise.

    fell_away: dropped because the level went down; the step is opened anew when the level rises again.
    """

    class State(models.TextChoices):
        """Where it stands."""

        OPEN = "open", "待完成"
        DONE = "done", "已完成"
        DROPPED = "dropped", "不再执行"

    response = models.ForeignKey(
        Response, verbose_name="应急响应", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    step = models.ForeignKey(
        PlanStep, verbose_name="预案步骤", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    group = models.ForeignKey(
        PlanGroup, verbose_name="应急工作组", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name="责任单位", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    case = models.OneToOneField(
        "cases.Case", verbose_name="案件", null=True, on_delete=models.PROTECT, related_name="+"
    )
    case_number = models.CharField("案件编号", max_length=19, blank=True)
    opened_at = models.DateTimeField("下达时间")
    due_at = models.DateTimeField("时限")
    state = models.CharField("状态", max_length=10, choices=State, default=State.OPEN)
    done_at = models.DateTimeField("完成时间", null=True)
    done_by = models.ForeignKey(
        "identity.Account", verbose_name="完成人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.CharField("反馈", max_length=600, blank=True)
    fell_away = models.BooleanField("随降级取消", default=False)
    late_told_at = models.DateTimeField("逾期告知时间", null=True)

    class Meta:
        """A step is one task of a response at a time; a body's own are listed newest first."""

        verbose_name = "响应任务"
        constraints = [
            models.UniqueConstraint(
                fields=["response", "step"], condition=Q(fell_away=False), name="emergency_task_once"
            )
        ]
        indexes = [
            models.Index(fields=["organisation", "-opened_at", "-id"], name="emergency_task_keyset"),
            models.Index(fields=["due_at"], name="emergency_task_waits", condition=Q(state="open")),
        ]

    def __str__(self) -> str:
        return f"{self.response_id}:{self.step_id}"
