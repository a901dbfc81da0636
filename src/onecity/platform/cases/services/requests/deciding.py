"""Deciding a request: whoever holds the approving post consents or refuses; what was asked for happens at once."""

from datetime import datetime
from typing import Final

from onecity.kernel import bus
from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict
from onecity.kernel.text import zh
from onecity.platform.cases.contracts import CompletedTask, TaskAnswer
from onecity.platform.cases.events import REQUEST_DECIDED
from onecity.platform.cases.models import Case, Request, Task
from onecity.platform.cases.rules.outcomes import Answer, check_answer
from onecity.platform.cases.rules.requests import ANSWERS, GRANT
from onecity.platform.cases.selectors.types import type_of
from onecity.platform.cases.selectors.versions import version
from onecity.platform.cases.services.ending import Locked
from onecity.platform.cases.services.requests.applying import apply
from onecity.platform.cases.services.rows import entry
from onecity.platform.cases.services.telling import TELLER, link_of
from onecity.platform.cases.services.writing import write_entries
from onecity.platform.identity.api import record
from onecity.platform.messages.api import send

REQUEST_GRANTED: Final = "cases.request_granted"
REQUEST_REFUSED: Final = "cases.request_refused"


class OwnRequest(Conflict):
    """Nobody decides what he has asked for himself."""

    code = "own_request"
    message = zh("不能审批自己提出的申请")


def decide(actor: Actor, locked: Locked, *, answer: TaskAnswer, now: datetime) -> CompletedTask:
    """Decide the request whose approval is `locked.task`, in the caller's transaction.

    The caller has checked that the actor holds the approving post. The one who asked is told.
    Raises: OutcomeRefused; OwnRequest; what the request's effect raises.
    """
    case, approval = locked.case, locked.task
    row = Request.objects.get(approval_id=approval.id)
    given = Answer(answer.outcome, answer.note, len(answer.files), answer.organisation_id)
    outcome = check_answer(given, ANSWERS)
    deciders = {actor.key, *(item.key for item in filter(None, [locked.behalf]))}
    if actor.kind != "system" and row.asked_by in deciders:
        raise OwnRequest
    _end_approval(actor, approval, outcome.code, now=now)
    row.decided_by, row.decided_by_name, row.note = actor.key[:60], actor.name[:60], answer.note.strip()
    data = {"name": row.name, "outcome_name": outcome.name, "request_id": row.id, **locked.note}
    write_entries(case.id, entry("decided", actor, at=now, text=row.note, data=data, task_id=approval.id))
    opened: tuple[str, ...] = ()
    if outcome is GRANT:
        rule = version(case.version_id).settings.requests[row.rule_code]
        waiting = [item for item in locked.others if item.id != approval.id]
        opened = apply(actor, row, case=case, rule=rule, waiting=waiting, now=now)
    else:
        row.state, row.decided_at = Request.State.REFUSED, now
        row.save(update_fields=["state", "decided_at", "decided_by", "decided_by_name", "note"])
    record(
        actor,
        action="cases.decide_request",
        target=f"cases.request:{row.id}",
        details={"number": case.number, "outcome": outcome.code, **locked.details},
    )
    _tell(row, case, now=now)
    status, revision = Case.objects.values_list("status", "revision").get(id=case.id)
    return CompletedTask(case.id, case.number, status, revision, opened)


def _end_approval(actor: Actor, approval: Task, outcome: str, *, now: datetime) -> None:
    approval.state, approval.ended_at, approval.next_light_at = Task.State.DONE, now, None
    approval.ended_by, approval.outcome = actor.key[:60], outcome
    if approval.assignee_id is None and actor.kind == "account":
        approval.assignee_id = actor.id
    approval.save(update_fields=["state", "ended_at", "next_light_at", "ended_by", "outcome", "assignee"])


def _tell(row: Request, case: Case, *, now: datetime) -> None:
    bus.announce(
        REQUEST_DECIDED,
        case_id=case.id,
        number=case.number,
        request_id=row.id,
        type_code=type_of(case.case_type_id).code,
        kind=row.kind,
        state=row.state,
        task_id=row.task_id,
        at=now,
    )
    kind, _, number = row.asked_by.partition(":")
    if kind == "account":
        template = REQUEST_GRANTED if row.state == Request.State.GRANTED else REQUEST_REFUSED
        params = {"number": case.number, "name": row.name}
        send(TELLER, to=[int(number)], template=template, params=params, link=link_of(case.number, None), now=now)
