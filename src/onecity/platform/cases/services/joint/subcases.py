"""Sub-cases: opened under a task by who holds it; their end is told to whoever waits for it."""

from datetime import datetime
from typing import Final

from django.db import transaction

from onecity.kernel import clock
from onecity.kernel.actor import Actor, system_actor
from onecity.kernel.errors import NotFound
from onecity.kernel.text import zh
from onecity.platform.cases.contracts import NewCase, NewSubcase, OpenedCase
from onecity.platform.cases.models import Case, Subcase, Task
from onecity.platform.cases.rules.joint import JointRefused, SubcaseRule
from onecity.platform.cases.selectors.versions import version
from onecity.platform.cases.services.joint.answering import tell_lead
from onecity.platform.cases.services.locking import check_may_do, locked_task
from onecity.platform.cases.services.opening import open_case
from onecity.platform.cases.services.rows import entry
from onecity.platform.cases.services.writing import write_entries
from onecity.platform.identity.api import record

SUBCASE_ENDED: Final = "cases.subcase_ended"
FOLLOWER: Final = system_actor("subcases")
BATCH: Final = 100


def open_subcase(actor: Actor, *, new: NewSubcase, now: datetime) -> OpenedCase:
    """Open a case under a task, at the parent's place and with its urgency. now: city time.

    Raises: NotFound for an unknown task, body, rule or type; NotPermitted; TaskIsOver; CaseIsOver; CaseIsSuspended;
    ClaimedByOther; JointRefused; CaseRefused; NoPublishedVersion.
    """
    with transaction.atomic():
        case, task, _ = locked_task(new.task_id, deed="complete")
        check_may_do(actor, task, now=now)
        rule = version(case.version_id).settings.subcases.get(new.rule_code)
        if rule is None or not rule.covers(task.node):
            raise NotFound(zh("此任务不能下达子案件"))
        before = Subcase.objects.filter(task=task, rule_code=rule.code).count()
        if before >= rule.most:
            raise JointRefused(fields={"title": zh("此任务的子案件数量已达上限")})
        made = open_case(actor, new=_child(case, rule, new, serial=before + 1), now=now)
        row = Subcase.objects.create(
            parent=case,
            task=task,
            child_id=made.id,
            rule_code=rule.code,
            name=rule.name[:80],
            waits=rule.waits,
            organisation_id=actor.organisation_id,
            opened_at=now,
            opened_by=actor.key[:60],
            opened_by_name=actor.name[:60],
        )
        _leave_trace(actor, row, case=case, child=made, now=now)
    return made


def settle_subcases(*, now: datetime) -> int:
    """Note the end of every sub-case that has ended, and tell who waits for it; returns how many. now: city time."""
    count = 0
    while True:
        batch = _settle_batch(now)
        count += batch
        if batch < BATCH:
            return count


def settle_now() -> int:
    """Settle by the city's time; the tick."""
    return settle_subcases(now=clock.city_now())


def _child(case: Case, rule: SubcaseRule, new: NewSubcase, *, serial: int) -> NewCase:
    place = Case.objects.values_list("location", "address").get(id=case.id)
    return NewCase(
        type_code=rule.type_code,
        title=new.title,
        description=new.description,
        organisation_id=new.organisation_id,
        source_code=case.source_code,
        urgency=case.urgency,
        division_code=case.division_code,
        location=(place[0].x, place[0].y) if place[0] else None,
        address=place[1],
        origin=f"cases.task:{new.task_id}:{rule.code}:{serial}",
    )


def _leave_trace(actor: Actor, row: Subcase, *, case: Case, child: OpenedCase, now: datetime) -> None:
    data = {"name": row.name, "number": child.number}
    write_entries(case.id, entry("subcase", actor, at=now, data=data, task_id=row.task_id))
    write_entries(child.id, entry("subcase", actor, at=now, data={"name": row.name, "parent": case.number}))
    details = {"parent": case.number, "child": child.number}
    record(actor, action="cases.open_subcase", target=f"cases.subcase:{row.id}", details=details)


def _settle_batch(now: datetime) -> int:
    with transaction.atomic():
        running = Subcase.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
        ended = running.filter(ended_at__isnull=True).exclude(child__status=Case.Status.OPEN)
        rows = list(ended.select_related("child", "parent", "task").order_by("id")[:BATCH])
        for row in rows:
            row.ended_at, row.result = now, row.child.status
            row.save(update_fields=["ended_at", "result"])
            data = {"name": row.name, "number": row.child.number, "status": row.child.status}
            write_entries(row.parent_id, entry("sub_ended", FOLLOWER, at=now, data=data, task_id=row.task_id))
            if row.task.state == Task.State.OPEN:
                tell_lead(row.task, template=SUBCASE_ENDED, number=row.parent.number, name=row.name, now=now)
        if rows:
            record(FOLLOWER, action="cases.settle_subcases", details={"ended": len(rows)})
    return len(rows)
