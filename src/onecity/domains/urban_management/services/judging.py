"""Reports that are not filed: with a cause that evaluation counts; and reports that a supervisor tells twice."""

from datetime import datetime, timedelta

from django.db import connection, transaction

from onecity.domains.urban_management.contracts import NewReport
from onecity.domains.urban_management.models import CaseRecord, Refusal, RepeatSetting
from onecity.domains.urban_management.permissions import CONFIGURE
from onecity.domains.urban_management.rules.judging import (
    CAUSE_CODES,
    CAUSES,
    FIRST_REPEAT_RULE,
    RepeatRule,
    repeats,
)
from onecity.domains.urban_management.rules.walking import ground_distance
from onecity.domains.urban_management.services.records import keep_case
from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, Invalid, NotFound, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.cases.api import case, complete_task
from onecity.platform.cases.contracts import CompletedTask, TaskAnswer
from onecity.platform.identity.api import record


class ToldTwice(Conflict):
    """The supervisor has reported the same problem before, and that case is still open."""

    code = "report_told_twice"
    message = zh("您已上报过同一位置的同类问题，案件编号{number}；确属另一问题的，请勾选“确认不是重复”后再提交")


def refuse_report(
    actor: Actor, *, number: str, cause: str, reason: str, revision: int | None, now: datetime
) -> CompletedTask:
    """End a report without filing it, and keep the cause. now: city time.

    Raises: NotFound where nothing waits to be accepted; Invalid naming the field; what `complete_task` raises.
    """
    if cause not in CAUSE_CODES:
        raise Invalid(fields={"cause": zh("请选择不予立案的原因")})
    if not reason.strip():
        raise Invalid(fields={"note": zh("请写明理由，将告知反映人")})
    with transaction.atomic():
        found = case(actor, number, now=now)
        task = next((item for item in found.tasks if item.state == "open" and item.node == "accept"), None)
        if task is None:
            raise NotFound(zh("该案件没有等待受理的任务"))
        words = f"{_cause_name(cause)}。{reason.strip()}"
        answer = TaskAnswer("void", words, revision=revision)
        done = complete_task(actor, task_id=task.id, answer=answer, now=now)
        Refusal.objects.create(case_id=found.row.id, cause=cause, refused_at=now, refused_by=actor.key)
        keep_case(number, now=now)
        record(actor, action="urban_management.refuse", target=f"cases.case:{found.row.id}", details={"cause": cause})
    return done


def check_not_told_twice(actor: Actor, *, new: NewReport, besides: int, now: datetime) -> None:
    """Refuse what the supervisor has told before and is still open; two that come at once wait for each other.

    besides: the report's own case. Nothing is compared without a class. Runs in the caller's transaction.
    Raises: ToldTwice.
    """
    if not new.class_code:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"urban.told:{actor.key}"])
    rule = repeat_rule(at=now)
    small = new.class_code.partition("-")[0]
    own = CaseRecord.objects.filter(
        reported_by=actor.key,
        status=CaseRecord.Status.OPEN,
        class_code__startswith=small,
        opened_at__gte=now - timedelta(hours=rule.hours),
        longitude__isnull=False,
    ).exclude(case_id=besides)
    for row in own.order_by("-opened_at"):
        metres = ground_distance(new.location, (row.longitude or 0.0, row.latitude or 0.0))
        if repeats(rule, metres=metres, told_at=row.opened_at, now=now):
            raise ToldTwice(params={"number": row.number})


def repeat_rule(*, at: datetime) -> RepeatRule:
    """Return the rule in force at an instant of city time."""
    row = RepeatSetting.objects.filter(effective_from__lte=at).order_by("-effective_from").first()
    return RepeatRule(row.metres, row.hours) if row else FIRST_REPEAT_RULE


def set_repeat_rule(actor: Actor, *, metres: float, hours: float, now: datetime) -> None:
    """Let another rule hold from now on. metres: 0–1000; hours: 0–720. now: city time.

    Raises: NotPermitted; Invalid naming the field.
    """
    if not actor.may(CONFIGURE):
        raise NotPermitted
    faults = {}
    if not 0 <= metres <= 1000:
        faults["metres"] = zh("距离应为0至1000米")
    if not 0 <= hours <= 720:
        faults["hours"] = zh("时间应为0至720小时")
    if faults:
        raise Invalid(fields=faults)
    with transaction.atomic():
        facts = {"metres": metres, "hours": hours}
        RepeatSetting.objects.update_or_create(effective_from=now, defaults={**facts, "set_by": actor.key})
        record(actor, action="urban_management.set_repeat_rule", details=facts)


def _cause_name(cause: str) -> str:
    return next(name for code, name in CAUSES if code == cause)
