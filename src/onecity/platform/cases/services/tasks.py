"""What happens to a waiting task beside its end: claimed, given back, given to others; and notes on cases."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Invalid, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.cases.models import Case, Task
from onecity.platform.cases.permissions import SUPERVISE, VIEW
from onecity.platform.cases.rules.outcomes import LONGEST_NOTE
from onecity.platform.cases.rules.terms import scope_term
from onecity.platform.cases.selectors.scopes import covers, organisation_keys
from onecity.platform.cases.services.locking import (
    ClaimedByOther,
    check_may_do,
    locked_case,
    locked_task,
    supervised_keys,
)
from onecity.platform.cases.services.rows import entry
from onecity.platform.cases.services.writing import run, write_entries
from onecity.platform.identity.api import account, organisation, record

_SEEN_BY_MORE = """
    WITH seen AS (
        INSERT INTO cases_visibility (scope_key, status, opened_at, case_id)
        SELECT key, %(status)s, %(opened_at)s, %(case_id)s FROM unnest(%(keys)s::text[]) AS key
    ), found AS (
        UPDATE cases_searchterms SET terms = terms || %(terms)s::bigint[] WHERE case_id = %(case_id)s
    ), counted AS (
        INSERT INTO cases_counterdelta (scope_keys, case_type_id, status, change)
        VALUES (%(keys)s::text[], %(case_type_id)s, %(status)s, 1)
    )
    UPDATE cases_case SET scope_keys = scope_keys || %(keys)s::varchar[] WHERE id = %(case_id)s
"""


class ReasonLacking(Invalid):
    """The deed needs a reason."""

    code = "reason_lacking"
    message = zh("请写明理由")


def claim(actor: Actor, *, task_id: int, now: datetime) -> None:
    """Take a task for oneself, so that others see who works on it; claiming one's own again changes nothing.

    Raises: NotFound; NotPermitted; TaskIsOver; ClaimedByOther.
    """
    me = actor.account_id
    with transaction.atomic():
        case, task, _ = locked_task(task_id, deed="claim")
        behalf = check_may_do(actor, task, now=now)
        if task.assignee_id == me:
            return
        if task.assignee_id is not None and not (behalf and behalf.id == task.assignee_id):
            raise ClaimedByOther
        task.assignee_id, task.claimed_at = me, now
        task.save(update_fields=["assignee", "claimed_at"])
        _leave_trace(actor, case, task, kind="claimed", now=now, behalf=behalf)


def release(actor: Actor, *, task_id: int, now: datetime) -> None:
    """Give a claimed task back: one's own, or as a supervisor anybody's.

    Raises: NotFound; NotPermitted; TaskIsOver; ClaimedByOther.
    """
    with transaction.atomic():
        case, task, _ = locked_task(task_id, deed="release")
        mine = actor.kind == "account" and task.assignee_id == actor.id
        if not mine and not covers(actor, SUPERVISE, keys=supervised_keys(case, task)):
            raise ClaimedByOther if task.assignee_id is not None else NotPermitted
        if task.assignee_id is None:
            return
        task.assignee_id, task.claimed_at = None, None
        task.save(update_fields=["assignee", "claimed_at"])
        _leave_trace(actor, case, task, kind="released", now=now)


def reassign(
    actor: Actor, *, task_id: int, organisation_id: int, reason: str, now: datetime, account_id: int | None = None
) -> None:
    """Give a waiting task to another organisation, or to one person in it; the case is seen there from now on.

    Raises: NotFound; NotPermitted for whoever does not supervise the task; TaskIsOver; ReasonLacking; Invalid if the
    person does not belong to the organisation.
    """
    if not reason.strip():
        raise ReasonLacking(fields={"reason": zh("请写明理由")})
    with transaction.atomic():
        case, task, _ = locked_task(task_id, deed="reassign")
        if not covers(actor, SUPERVISE, keys=supervised_keys(case, task)):
            raise NotPermitted
        target = organisation(organisation_id)
        if account_id is not None and account(account_id).organisation_id != target.id:
            raise Invalid(fields={"account": zh("此人不属于所选机构")})
        task.organisation_id, task.assignee_id = target.id, account_id
        task.claimed_at = now if account_id is not None else None
        task.told_at = None
        task.save(update_fields=["organisation", "assignee", "claimed_at", "told_at"])
        show_to(case, target.id)
        data = {"name": task.name, "to": target.name, "organisation_id": target.id}
        write_entries(case.id, entry("reassigned", actor, at=now, text=reason.strip(), data=data, task_id=task.id))
        record(actor, action="cases.reassign_task", target=f"cases.task:{task.id}", details={"to": target.id})


def add_note(actor: Actor, *, case_id: int, text: str, now: datetime) -> None:
    """Add a note to a case's history.

    Raises: NotFound; NotPermitted for whoever may not see the case; CaseIsOver for a merged one; Invalid.
    """
    if not text.strip() or len(text) > LONGEST_NOTE:
        raise Invalid(fields={"text": zh("请填写备注（至多2000字）")})
    with transaction.atomic():
        case = locked_case(case_id, deed="note")
        check_sees(actor, case)
        write_entries(case.id, entry("note", actor, at=now, text=text.strip()))
        record(actor, action="cases.add_note", target=f"cases.case:{case.id}")


def attach(actor: Actor, *, case_id: int, files: Sequence[int], now: datetime, task_id: int | None = None) -> None:
    """Note in a case's history that files were attached; the files themselves are kept by documents.

    Raises: NotFound; NotPermitted; CaseIsOver.
    """
    with transaction.atomic():
        case = locked_case(case_id, deed="attach")
        check_sees(actor, case)
        write_entries(case.id, entry("attached", actor, at=now, data={"files": list(files)}, task_id=task_id))
        record(actor, action="cases.attach", target=f"cases.case:{case.id}", details={"files": list(files)})


def check_sees(actor: Actor, case: Case) -> None:
    """Let an actor who sees the case pass.

    Raises: NotPermitted.
    """
    if not covers(actor, VIEW, keys=frozenset(case.scope_keys)):
        raise NotPermitted


def show_to(case: Case, organisation_id: int) -> None:
    """Let an organisation and those above it see a locked case from now on."""
    keys = sorted(set(organisation_keys(organisation_id)) - set(case.scope_keys))
    if keys:
        values = {
            "keys": keys,
            "terms": [scope_term(key) for key in keys],
            "case_id": case.id,
            "case_type_id": case.case_type_id,
            "status": case.status,
            "opened_at": case.opened_at,
        }
        run(_SEEN_BY_MORE, values)


def _leave_trace(
    actor: Actor, case: Case, task: Task, *, kind: str, now: datetime, behalf: Actor | None = None
) -> None:
    data, details = {"name": task.name}, {"number": case.number}
    if behalf:
        data["for"], details["for"] = behalf.name, behalf.key
    write_entries(case.id, entry(kind, actor, at=now, data=data, task_id=task.id))
    record(actor, action=f"cases.{kind}", target=f"cases.task:{task.id}", details=details)
