"""Asking: a request is checked against its rule and waits for who decides, or is granted at once where nobody does."""

from datetime import datetime
from uuid import uuid4

from django.db import transaction

from onecity.kernel import bus
from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, NotFound, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.cases.contracts import MadeRequest, NewRequest
from onecity.platform.cases.events import REQUEST_MADE
from onecity.platform.cases.models import Case, Request, Task
from onecity.platform.cases.rules.clocks import timed
from onecity.platform.cases.rules.joint import in_diagram
from onecity.platform.cases.rules.requests import OF_TASKS, Asked, RequestRule, check_asking, node_of
from onecity.platform.cases.selectors.calendars import calendar_of
from onecity.platform.cases.selectors.requests import situation_of
from onecity.platform.cases.selectors.scopes import covers
from onecity.platform.cases.selectors.types import type_of
from onecity.platform.cases.selectors.versions import version
from onecity.platform.cases.services.locking import TaskIsOver, check_may_do, locked_case, may_do, waiting_tasks
from onecity.platform.cases.services.requests.applying import apply
from onecity.platform.cases.services.rows import clock_columns, entry
from onecity.platform.cases.services.writing import write_entries
from onecity.platform.identity.api import record

State = Request.State


class NotPending(Conflict):
    """The request has been decided, withdrawn, or has lost its object."""

    code = "request_not_pending"
    message = zh("此申请已经有结果或已失效")


def ask(actor: Actor, *, new: NewRequest, now: datetime) -> MadeRequest:
    """Make a request inside a case. now: city time.

    Raises: NotFound for an unknown case, rule or task; NotPermitted; CaseIsOver; TaskIsOver; ClaimedByOther;
    RequestRefused if the rule forbids it.
    """
    with transaction.atomic():
        case = locked_case(new.case_id, deed="ask" if _runs(new.case_id) else "reopen")
        rule = _rule(case, new.rule_code)
        waiting = waiting_tasks(case.id)
        task = _subject(rule, new.task_id, waiting)
        _check_asker(actor, case, rule, task, waiting, now=now)
        requests = list(Request.objects.filter(case=case))
        calendar = calendar_of(case.division_code)
        asked = Asked(new.reason, new.reason_code, new.amount, new.until)
        situation = situation_of(case, rule, task, requests=requests, now=now)
        check_asking(rule, asked, situation=situation, calendar=calendar)
        row = _write(actor, case, rule, task, new=new, now=now)
        if not rule.approver:
            apply(actor, row, case=case, rule=rule, waiting=waiting, now=now)
    return MadeRequest(row.id, row.state)


def withdraw(actor: Actor, *, request_id: int, now: datetime) -> None:
    """Take back one's own request before it is decided.

    Raises: NotFound; NotPermitted for whoever has not made it; NotPending.
    """
    with transaction.atomic():
        found = Request.objects.filter(id=request_id).first()
        if found is None:
            raise NotFound(zh("没有这个申请"))
        Case.objects.select_for_update(no_key=True).get(id=found.case_id)
        row = Request.objects.get(id=request_id)
        if row.asked_by != actor.key:
            raise NotPermitted
        if row.state != State.PENDING:
            raise NotPending
        row.state, row.decided_at = State.WITHDRAWN, now
        row.save(update_fields=["state", "decided_at"])
        if row.approval_id is not None:
            waiting = Task.objects.filter(id=row.approval_id)
            waiting.update(state=Task.State.CANCELLED, ended_at=now, next_light_at=None)
        data = {"name": row.name, "withdrawn": True}
        write_entries(row.case_id, entry("lapsed", actor, at=now, data=data, task_id=row.approval_id))
        record(actor, action="cases.withdraw_request", target=f"cases.request:{row.id}")


def _runs(case_id: int) -> bool:
    return Case.objects.filter(id=case_id, status=Case.Status.OPEN).exists()


def _rule(case: Case, code: str) -> RequestRule:
    rule = version(case.version_id).settings.requests.get(code)
    if rule is None or (rule.kind == "reopen") is (case.status == Case.Status.OPEN):
        raise NotFound(zh("此案件没有这项申请"))
    return rule


def _subject(rule: RequestRule, task_id: int | None, waiting: list[Task]) -> Task | None:
    """Return the task that a request is about; None for one about the whole case."""
    if rule.kind not in OF_TASKS:
        return None
    task = next((item for item in waiting if item.id == task_id), None)
    if task is None:
        raise TaskIsOver
    if not in_diagram(task.node) or not rule.covers(task.node):
        raise NotFound(zh("此任务不能提出这项申请"))
    return task


def _check_asker(
    actor: Actor, case: Case, rule: RequestRule, task: Task | None, waiting: list[Task], *, now: datetime
) -> None:
    if rule.asker:
        if not covers(actor, rule.asker, keys=frozenset(case.scope_keys)):
            raise NotPermitted
    elif task is not None:
        check_may_do(actor, task, now=now)
    elif not any(may_do(actor, item, now=now) for item in waiting if in_diagram(item.node)):
        raise NotPermitted


def _write(
    actor: Actor, case: Case, rule: RequestRule, task: Task | None, *, new: NewRequest, now: datetime
) -> Request:
    approval = _approval(case, rule, now=now) if rule.approver else None
    postpones = rule.kind == "postpone" and rule.longest is not None
    row = Request.objects.create(
        case=case,
        task=task,
        approval=approval,
        rule_code=rule.code,
        name=rule.name[:80],
        kind=rule.kind,
        reason=new.reason.strip(),
        reason_code=new.reason_code if rule.reasons else "",
        amount=str(new.amount) if postpones else "",
        unit=rule.longest.unit.value if postpones and rule.longest else "",
        until=new.until if rule.kind == "suspend" else None,
        asked_at=now,
        asked_by=actor.key[:60],
        asked_by_name=actor.name[:60],
        organisation_id=actor.organisation_id,
    )
    data = {"name": rule.name, "request_id": row.id}
    write_entries(case.id, entry("asked", actor, at=now, text=row.reason, data=data, task_id=task.id if task else None))
    details = {"number": case.number, "rule": rule.code}
    record(actor, action="cases.make_request", target=f"cases.request:{row.id}", details=details)
    bus.announce(
        REQUEST_MADE,
        case_id=case.id,
        number=case.number,
        request_id=row.id,
        type_code=type_of(case.case_type_id).code,
        kind=row.kind,
        task_id=row.task_id,
        at=now,
    )
    return row


def _approval(case: Case, rule: RequestRule, *, now: datetime) -> Task:
    """Make the task that waits for whoever decides, with a clock of its own; it is told of like any other."""
    calendar = calendar_of(case.division_code)
    clock = timed(rule.limit, started_at=now, calendar=calendar) if rule.limit else None
    return Task.objects.create(
        case=case,
        token=uuid4().hex,
        node=node_of(rule.code),
        name=rule.name[:80],
        post=rule.approver,
        organisation_id=case.organisation_id,
        division_code=case.division_code,
        opened_at=now,
        **clock_columns(clock, now=now),
    )
