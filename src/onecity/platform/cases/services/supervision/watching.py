"""Watching late tasks: cards and escalation, one measure after another, and nobody late without somebody told.

A task that turns red gets an instant at which it is looked at (`watch_at`); each look applies the measures that have
fallen due and sets the next one. A first measure of which nobody could be told is tried again later, not passed.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from onecity.kernel import bus, clock
from onecity.kernel.actor import system_actor
from onecity.platform.cases.events import CARD_ISSUED
from onecity.platform.cases.models import Card, Case, Task
from onecity.platform.cases.permissions import MANAGE_TYPES, SUPERVISE
from onecity.platform.cases.rules.supervision import MeasureRule, SupervisionRule, moment_of
from onecity.platform.cases.selectors.calendars import calendar_of
from onecity.platform.cases.selectors.organisations import organisation_above
from onecity.platform.cases.selectors.types import type_of
from onecity.platform.cases.selectors.versions import version
from onecity.platform.cases.services.rows import entry
from onecity.platform.cases.services.telling import Holders, link_of, responsible
from onecity.platform.cases.services.writing import write_entries
from onecity.platform.identity.api import record
from onecity.platform.messages.api import send

# A batch holds the locks of its cases until it is written: few enough that nobody waits for it.
BATCH: Final = 20
# House rule: how long to wait before looking again for somebody who can be told.
AGAIN: Final = timedelta(hours=1)
WATCHER: Final = system_actor("supervision")
CARDS: Final = {"yellow": "cases.yellow_card", "red": "cases.red_card"}
ESCALATED: Final = "cases.escalated"


def watch(*, now: datetime) -> int:
    """Apply every measure that has fallen due; returns how many were. now: city time."""
    count = 0
    while True:
        looked, applied = _watch_batch(now)
        count += applied
        if looked < BATCH:
            return count


def watch_now() -> int:
    """Watch by the city's time; the tick."""
    return watch(now=clock.city_now())


def _watch_batch(now: datetime) -> tuple[int, int]:
    """Look at a batch; whoever works on a case holds its lock, its tasks are looked at by the next tick."""
    with transaction.atomic():
        due = Task.objects.select_for_update(no_key=True, skip_locked=True, of=("self", "case")).select_related("case")
        rows = list(due.filter(state=Task.State.OPEN, watch_at__lte=now).order_by("watch_at", "id")[:BATCH])
        holders = Holders(now=now)
        return len(rows), sum(_look(holders, row, now=now) for row in rows)


def _look(holders: Holders, task: Task, *, now: datetime) -> int:
    rule = version(task.case.version_id).settings.supervision
    applied, task.watch_at = 0, None
    if task.due_at is None or task.paused_at is not None or task.due_at > now:
        task.watch_step = task.watch_step if task.paused_at else 0
    else:
        applied = _apply_due(holders, task, rule, missed=task.due_at, now=now)
    task.save(update_fields=["watch_at", "watch_step"])
    return applied


def _apply_due(holders: Holders, task: Task, rule: SupervisionRule, *, missed: datetime, now: datetime) -> int:
    calendar, applied = calendar_of(task.division_code), 0
    for measure in rule.measures[task.watch_step :]:
        moment = moment_of(measure, due_at=missed, calendar=calendar)
        if moment > now:
            task.watch_at = moment
            break
        if not _apply(holders, task, measure, rule, missed=missed, now=now):
            task.watch_at = now + AGAIN
            break
        applied, task.watch_step = applied + 1, task.watch_step + 1
    return applied


def _apply(
    holders: Holders, task: Task, measure: MeasureRule, rule: SupervisionRule, *, missed: datetime, now: datetime
) -> bool:
    """Apply one measure; False for the first one while there is nobody who could be told of it."""
    body = task.organisation_id or task.case.organisation_id
    if measure.kind == "escalate":
        above = organisation_above(body, levels=measure.level)
        to = _supervisors(holders, task, above, body)
    else:
        near = responsible(
            post=task.post,
            organisation_id=task.organisation_id,
            division_code=task.division_code,
            assignee_id=task.assignee_id,
            late=True,
        )
        to = near(holders) or _supervisors(holders, task, body)
    if not to and task.watch_step == 0:
        return False
    if measure.kind == "escalate":
        _escalate(task, measure, to=to, now=now)
    else:
        _issue(task, measure, rule, body=body, to=to, missed=missed, now=now)
    return True


def _supervisors(holders: Holders, task: Task, *organisations: int) -> list[int]:
    """Return who supervises at the first of the organisations that has somebody; else whoever runs the processes."""
    for organisation_id in organisations:
        found = holders.of(SUPERVISE, organisation_id=organisation_id, division_code=task.division_code)
        if found:
            return found
    return holders.of(MANAGE_TYPES, organisation_id=None, division_code="")


def _issue(
    task: Task,
    measure: MeasureRule,
    rule: SupervisionRule,
    *,
    body: int,
    to: Sequence[int],
    missed: datetime,
    now: datetime,
) -> None:
    case, level = task.case, Card.Level(measure.kind)
    card, created = Card.objects.get_or_create(
        task=task,
        level=level,
        missed_at=missed,
        defaults={
            "case": case,
            "organisation_id": body,
            "division_code": task.division_code,
            "account_id": task.assignee_id,
            "post": rule.post,
            "issued_at": now,
            "appeal_until": rule.appeal.after(now, calendar=calendar_of(task.division_code)),
        },
    )
    if not created:
        return
    params, link = {"number": case.number, "name": task.name}, f"/supervision/cards/{card.id}"
    told = send(WATCHER, to=to, template=CARDS[level], params=params, link=link, now=now)
    data = {"name": task.name, "level": level.value, "card_id": card.id, "organisation_id": body, "told": told}
    write_entries(case.id, entry("card", WATCHER, at=now, data=data, task_id=task.id))
    record(WATCHER, action="cases.issue_card", target=f"cases.card:{card.id}", details={"number": case.number})
    bus.announce(
        CARD_ISSUED,
        case_id=case.id,
        card_id=card.id,
        task_id=task.id,
        type_code=type_of(case.case_type_id).code,
        level=level.value,
        organisation_id=body,
        at=now,
    )


def _escalate(task: Task, measure: MeasureRule, *, to: Sequence[int], now: datetime) -> None:
    case: Case = task.case
    params = {"number": case.number, "name": task.name, "level": str(measure.level)}
    told = send(WATCHER, to=to, template=ESCALATED, params=params, link=link_of(case.number, task.id), now=now)
    data = {"name": task.name, "step": measure.level, "told": told}
    write_entries(case.id, entry("escalated", WATCHER, at=now, data=data, task_id=task.id))
    record(WATCHER, action="cases.escalate", target=f"cases.task:{task.id}", details={"level": measure.level})
