"""Asking other bodies to assist: each gets a task of its own beside the process, and sees the case from then on."""

from datetime import datetime
from uuid import uuid4

from django.db import transaction

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, NotFound
from onecity.kernel.text import zh
from onecity.platform.cases.contracts import NewAssistance
from onecity.platform.cases.models import Assistance, Case, Task
from onecity.platform.cases.permissions import SUPERVISE
from onecity.platform.cases.rules.clocks import timed
from onecity.platform.cases.rules.joint import JointRule, check_inviting, node_of
from onecity.platform.cases.selectors.calendars import calendar_of
from onecity.platform.cases.selectors.scopes import covers
from onecity.platform.cases.selectors.versions import version
from onecity.platform.cases.services.locking import check_may_do, locked_task, supervised_keys
from onecity.platform.cases.services.rows import clock_columns, entry
from onecity.platform.cases.services.tasks import show_to
from onecity.platform.cases.services.writing import write_entries
from onecity.platform.identity.api import organisation, record

State = Assistance.State


class NotAssisting(Conflict):
    """The body has answered, or is not waited for any longer."""

    code = "not_assisting"
    message = zh("此协办已经答复或已结束")


def invite(actor: Actor, *, new: NewAssistance, now: datetime) -> tuple[int, ...]:
    """Ask bodies to assist whoever holds a task; returns the ids of the assistances. now: city time.

    Raises: NotFound for an unknown task, body or rule; NotPermitted; TaskIsOver; CaseIsOver; CaseIsSuspended;
    ClaimedByOther; JointRefused if the rule forbids it.
    """
    with transaction.atomic():
        case, task, _ = locked_task(new.task_id, deed="complete")
        check_may_do(actor, task, now=now)
        rule = version(case.version_id).settings.joint.get(new.rule_code)
        if rule is None or not rule.covers(task.node):
            raise NotFound(zh("此任务不能邀请协办"))
        before = list(Assistance.objects.filter(task=task))
        check_inviting(
            rule,
            wish=new.wish,
            organisations=new.organisations,
            lead=task.organisation_id,
            waiting=frozenset(row.organisation_id for row in before if row.state == State.WAITING),
            asked=len(before),
        )
        return tuple(_ask(actor, case, task, rule, body, wish=new.wish.strip(), now=now) for body in new.organisations)


def uninvite(actor: Actor, *, assistance_id: int, now: datetime) -> None:
    """Wait no longer for one body, as who asked it, who may end the task, or who supervises it. now: city time.

    Raises: NotFound; NotPermitted; NotAssisting; TaskIsOver.
    """
    with transaction.atomic():
        found = Assistance.objects.filter(id=assistance_id).values_list("task_id", flat=True).first()
        if found is None:
            raise NotFound(zh("没有这项协办"))
        case, task, _ = locked_task(found, deed="reassign")
        row = Assistance.objects.get(id=assistance_id)
        if row.asked_by != actor.key and not covers(actor, SUPERVISE, keys=supervised_keys(case, task)):
            check_may_do(actor, task, now=now)
        if row.state != State.WAITING:
            raise NotAssisting
        row.state, row.ended_at, row.ended_by_name = State.WITHDRAWN, now, actor.name[:60]
        row.save(update_fields=["state", "ended_at", "ended_by_name"])
        waiting = Task.objects.filter(id=row.assist_id)
        waiting.update(state=Task.State.CANCELLED, ended_at=now, next_light_at=None)
        data = {"name": row.name, "organisation_id": row.organisation_id, "withdrawn": True}
        write_entries(case.id, entry("overruled", actor, at=now, data=data, task_id=row.assist_id))
        record(actor, action="cases.withdraw_assistance", target=f"cases.assistance:{row.id}")


def _ask(actor: Actor, case: Case, task: Task, rule: JointRule, body: int, *, wish: str, now: datetime) -> int:
    """Make one body's task, with a clock of its own; it is told of and watched like any other."""
    found = organisation(body)
    clock = timed(rule.limit, started_at=now, calendar=calendar_of(case.division_code)) if rule.limit else None
    assist = Task.objects.create(
        case=case,
        token=uuid4().hex,
        node=node_of(rule.code),
        name=rule.name[:80],
        post=rule.post or task.post,
        organisation_id=found.id,
        division_code="",
        opened_at=now,
        **clock_columns(clock, now=now),
    )
    row = Assistance.objects.create(
        case=case,
        task=task,
        assist=assist,
        rule_code=rule.code,
        name=rule.name[:80],
        organisation_id=found.id,
        wish=wish,
        asked_at=now,
        asked_by=actor.key[:60],
        asked_by_name=actor.name[:60],
    )
    show_to(case, found.id)
    data = {"name": rule.name, "organisation_id": found.id, "assistance_id": row.id}
    data["due_at"] = clock.clock.due_at.isoformat() if clock else None
    write_entries(case.id, entry("invited", actor, at=now, text=wish, data=data, task_id=assist.id))
    details = {"number": case.number, "organisation": found.id}
    record(actor, action="cases.invite_assistance", target=f"cases.assistance:{row.id}", details=details)
    return row.id
