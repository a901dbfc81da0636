"""Telling people: of tasks that wait for them, and of clocks that run out. Never in the transaction of a step."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Final

from django.db import connection, transaction

from onecity.kernel import clock
from onecity.kernel.actor import system_actor
from onecity.platform.cases.permissions import MANAGE_TYPES, SUPERVISE
from onecity.platform.cases.selectors.deputies import deputies_of
from onecity.platform.identity.api import accounts_with_permission
from onecity.platform.messages.api import send

TASK_WAITS: Final = "cases.task_waits"
TASK_WARNED: Final = "cases.task_warned"
TASK_LATE: Final = "cases.task_late"
CASE_WARNED: Final = "cases.case_warned"
CASE_LATE: Final = "cases.case_late"
BATCH: Final = 100
# House rule: a post that more people hold than this is told of by its list, not by a message to each.
MOST_TOLD: Final = 200
TELLER: Final = system_actor("cases")

_UNTOLD: Final = """
    WITH untold AS (
        SELECT id FROM cases_task WHERE state = 'open' AND told_at IS NULL
        ORDER BY id LIMIT %(batch)s FOR NO KEY UPDATE SKIP LOCKED
    )
    UPDATE cases_task t SET told_at = %(now)s FROM untold, cases_case c
    WHERE t.id = untold.id AND c.id = t.case_id
    RETURNING t.id, t.name, t.post, t.organisation_id, t.division_code, t.assignee_id, c.number
"""


class Holders:
    """Who holds a post where, with those who stand in; asked once for each post and place while a batch is told."""

    def __init__(self, *, now: datetime) -> None:
        self._now = now
        self._known: dict[tuple[str, int | None, str], list[int]] = {}

    def of(self, post: str, *, organisation_id: int | None, division_code: str) -> list[int]:
        """Return the accounts that hold a post for a row of this organisation and place."""
        key = (post, organisation_id, division_code)
        if key not in self._known:
            found = accounts_with_permission(post, organisation_id=organisation_id, division_code=division_code)
            self._known[key] = self.with_deputies([item.id for item in found][:MOST_TOLD], post=post)
        return self._known[key]

    def with_deputies(self, accounts: Sequence[int], *, post: str) -> list[int]:
        """Return accounts and those who stand in for them."""
        return sorted({*accounts, *deputies_of(accounts, post=post, now=self._now)}) if accounts else []


def tell_of_waiting_tasks(*, now: datetime) -> int:
    """Tell whoever may end a task that it waits, once; returns of how many tasks was told. now: city time."""
    told = 0
    while True:
        count = _tell_batch(now)
        told += count
        if count < BATCH:
            return told


def tell_now() -> int:
    """Tell by the city's time; the tick."""
    return tell_of_waiting_tasks(now=clock.city_now())


def tell_of_light(
    holders: Holders,
    *,
    number: str,
    name: str,
    light: str,
    to: Callable[[Holders], Sequence[int]],
    now: datetime,
    task_id: int | None,
) -> int:
    """Tell of a clock that reached its warning or its end; returns how many people were told."""
    template = {
        (True, "yellow"): TASK_WARNED,
        (True, "red"): TASK_LATE,
        (False, "yellow"): CASE_WARNED,
        (False, "red"): CASE_LATE,
    }[task_id is not None, light]
    params = {"number": number, "name": name} if task_id is not None else {"number": number}
    return send(TELLER, to=to(holders), template=template, params=params, link=link_of(number, task_id), now=now)


def responsible(
    *, post: str, organisation_id: int | None, division_code: str, assignee_id: int | None, late: bool
) -> Callable[[Holders], list[int]]:
    """Return who is told of a task: who claimed it, else who holds its post; once it is late, who supervises it too."""
    return partial(
        _responsible,
        post=post,
        organisation_id=organisation_id,
        division_code=division_code,
        assignee_id=assignee_id,
        late=late,
    )


def supervisors(*, organisation_id: int | None, division_code: str) -> Callable[[Holders], list[int]]:
    """Return who is told of a case: whoever supervises it."""
    return lambda holders: holders.of(SUPERVISE, organisation_id=organisation_id, division_code=division_code)


def link_of(number: str, task_id: int | None) -> str:
    """Return the address of a case's page, or of a task on it."""
    return f"/cases/{number}#task-{task_id}" if task_id is not None else f"/cases/{number}"


def _responsible(
    holders: Holders,
    *,
    post: str,
    organisation_id: int | None,
    division_code: str,
    assignee_id: int | None,
    late: bool,
) -> list[int]:
    if assignee_id is not None:
        near = holders.with_deputies([assignee_id], post=post)
    else:
        near = holders.of(post, organisation_id=organisation_id, division_code=division_code)
    if late or not near:
        near = [*near, *holders.of(SUPERVISE, organisation_id=organisation_id, division_code=division_code)]
    if not near:  # nobody does the work, nobody supervises it: whoever runs the processes must know
        near = holders.of(MANAGE_TYPES, organisation_id=None, division_code="")
    return sorted(set(near))


def _tell_batch(now: datetime) -> int:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_UNTOLD, {"now": now, "batch": BATCH})
            tasks = cursor.fetchall()
        holders = Holders(now=now)
        for task_id, name, post, organisation_id, division_code, assignee_id, number in tasks:
            to = responsible(
                post=post,
                organisation_id=organisation_id,
                division_code=division_code,
                assignee_id=assignee_id,
                late=False,
            )
            params = {"name": name, "number": number}
            link = link_of(number, task_id)
            send(TELLER, to=to(holders), template=TASK_WAITS, params=params, link=link, now=now)
    return len(tasks)
