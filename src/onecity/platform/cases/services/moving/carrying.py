"""Carrying a move out: one case after another, each in a transaction of its own, each with its line of history."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db import transaction

from onecity.kernel import bus, clock
from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, NotPermitted, OneCityError
from onecity.kernel.text import zh
from onecity.platform.cases.events import CASE_MOVED
from onecity.platform.cases.models import Case, Request, Task
from onecity.platform.cases.permissions import MANAGE_TYPES
from onecity.platform.cases.process.moving import CannotMove, moved_state
from onecity.platform.cases.rules.joint import in_diagram
from onecity.platform.cases.rules.outcomes import LONGEST_NOTE
from onecity.platform.cases.rules.states import stage_of
from onecity.platform.cases.selectors.versions import Version, version
from onecity.platform.cases.services.locking import locked_case, waiting_tasks
from onecity.platform.cases.services.moving.planning import MoveRefused, plan_move
from onecity.platform.cases.services.rows import entry
from onecity.platform.cases.services.writing import write_entries
from onecity.platform.identity.api import account_actor, record
from onecity.platform.jobs.declare import Progress, Result

JOB: Final = "cases.move_cases"
TITLE: Final = zh("迁移在办案件到新版本")
BATCH: Final = 200
MOST_TOLD: Final = 50


class NotThere(Conflict):
    """The case does not run under the version from which it was to be moved."""

    code = "case_not_under_version"
    message = zh("案件不在此版本下办理")


def begin_move(
    actor: Actor, *, source_id: int, target_id: int, mapping: Mapping[str, str], reason: str, now: datetime
) -> str:
    """Start the job that moves every running case of a version; returns the address of the page that shows it.

    Raises: NotPermitted for whoever does not manage types; MoveRefused if a waiting node has no place, or no reason is
    given; NotFound.
    """
    if not actor.may(MANAGE_TYPES):
        raise NotPermitted
    plan = plan_move(source_id=source_id, target_id=target_id, mapping=mapping)
    if not plan.fit:
        raise MoveRefused(fields={item.node: zh("请选择对应的任务") for item in plan.waiting if not item.target})
    if not reason.strip() or len(reason) > LONGEST_NOTE:
        raise MoveRefused(fields={"reason": zh("请写明理由（至多2000字）")})
    with transaction.atomic():
        details = {"from": plan.source.number, "to": plan.target.number, "cases": plan.cases}
        record(actor, action="cases.begin_move", target=f"cases.casetypeversion:{source_id}", details=details)
        return bus.begin(
            actor,
            code=JOB,
            title=TITLE,
            source=source_id,
            target=target_id,
            mapping=plan.mapping,
            reason=reason.strip(),
            account=actor.account_id,
        )


def run_move(progress: Progress, arguments: Mapping[str, object]) -> Result:
    """Move the cases; the result tells how many, and why some stayed. Those moved already are not met again."""
    source, target = int(str(arguments["source"])), int(str(arguments["target"]))
    mapping, reason = arguments["mapping"], str(arguments["reason"])
    assert isinstance(mapping, Mapping)
    actor = account_actor(int(str(arguments["account"])))
    if actor is None or not actor.may(MANAGE_TYPES):
        raise NotPermitted
    running = Case.objects.filter(version_id=source, status=Case.Status.OPEN)
    total, moved, stayed, last = running.count(), 0, list[str](), 0
    while batch := list(running.filter(id__gt=last).order_by("id").values_list("id", "number")[:BATCH]):
        for case_id, number in batch:
            last = case_id
            try:
                move_case(
                    actor, case_id=case_id, source_id=source, target_id=target, mapping=mapping, reason=reason,
                    now=clock.city_now(),
                )  # fmt: skip
                moved += 1
            except OneCityError as refusal:
                stayed.append(f"{number} {refusal.sentence(refusal.template)}")
            progress.step(moved + len(stayed), total=total)
    return {"已迁移": moved, "未迁移": len(stayed), "原因": "；".join(stayed[:MOST_TOLD])}


def move_case(
    actor: Actor,
    *,
    case_id: int,
    source_id: int,
    target_id: int,
    mapping: Mapping[str, str],
    reason: str,
    now: datetime,
) -> None:
    """Move one running case. Its waiting tasks keep their limits, bodies and people; later ones are the new version's.

    now: city time.
    Raises: NotFound; CaseIsOver; NotThere; CannotMove.
    """
    source, target = version(source_id), version(target_id)
    with transaction.atomic():
        case = locked_case(case_id, deed="ask")
        if case.version_id != source_id:
            raise NotThere
        _check_requests(case, target)
        case.workflow = moved_state(case.workflow, source=source.process, target=target.process, mapping=mapping)
        tasks = [item for item in waiting_tasks(case.id) if in_diagram(item.node)]
        for task in tasks:
            _move_task(task, target, mapping[task.node])
        case.version_id, case.revision = target.id, case.revision + 1
        order = [stage.code for stage in target.settings.stages]
        current = case.stage_code if case.stage_code in order else order[0]
        case.stage_code = stage_of([task.stage_code for task in tasks], order=order, current=current)
        case.save(update_fields=["version", "revision", "stage_code", "workflow"])
        _leave_trace(actor, case, source, target, reason=reason, now=now)


def _check_requests(case: Case, target: Version) -> None:
    pending = Request.objects.filter(case=case, state=Request.State.PENDING).values_list("rule_code", flat=True)
    if not set(pending) <= set(target.settings.requests):
        raise CannotMove(zh("有审批中的申请，新版本没有这项申请"))


def _move_task(task: Task, target: Version, node: str) -> None:
    element = target.process.diagram.user_tasks[node]
    task.node, task.name, task.stage_code, task.post = node, element.name[:80], element.stage, element.post
    task.save(update_fields=["node", "name", "stage_code", "post"])


def _leave_trace(actor: Actor, case: Case, source: Version, target: Version, *, reason: str, now: datetime) -> None:
    data = {"from_version": source.number, "to_version": target.number}
    write_entries(case.id, entry("moved", actor, at=now, text=reason, data=data))
    details = {"number": case.number, "from": source.number, "to": target.number}
    record(actor, action="cases.move_case", target=f"cases.case:{case.id}", details=details)
    bus.announce(
        CASE_MOVED,
        case_id=case.id,
        number=case.number,
        type_code=target.type_code,
        from_version=source.number,
        to_version=target.number,
        at=now,
    )
