"""Giving a task that begins to one person: whoever is on duty, or has the least to do.

Two steps at one moment may choose the same person; the next one sees both tasks. Nobody suitable leaves it in the pool.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count, Max

from onecity.platform.cases.models import DutyShift, Task
from onecity.platform.cases.process.elements import UserTask
from onecity.platform.cases.rules.clocks import TimedLimit
from onecity.platform.cases.rules.duties import Load, least_loaded
from onecity.platform.cases.selectors.deputies import absent
from onecity.platform.cases.services.rows import NewTask
from onecity.platform.cases.services.stepping import CaseState, organisation_of
from onecity.platform.identity.api import accounts_with_permission


def new_task(token: str, element: UserTask, state: CaseState, clock: TimedLimit | None) -> NewTask:
    """Return a task that begins to wait, with the organisation and the person that it begins with."""
    body = organisation_of(element, state)
    person = pick(element, organisation_id=body, division_code=state.division_code, now=state.now)
    return NewTask(token, element, body, clock, person)


def pick(element: UserTask, *, organisation_id: int | None, division_code: str, now: datetime) -> int | None:
    """Return the account that gets a task at once; None where the pool does, or nobody suitable is there."""
    if not element.pick:
        return None
    found = accounts_with_permission(element.post, organisation_id=organisation_id, division_code=division_code)
    holders = [item.id for item in found]
    if element.pick == "duty":
        if organisation_id is None:  # a roster is an organisation's
            return None
        on_duty = DutyShift.objects.filter(
            organisation_id=organisation_id, post=element.post, starts_at__lte=now, ends_at__gt=now
        )
        holders = list(on_duty.filter(account_id__in=holders).values_list("account_id", flat=True))
    away = absent(holders, post=element.post, now=now) if holders else set()
    return least_loaded(_loads([item for item in holders if item not in away]))


def _loads(accounts: Sequence[int]) -> list[Load]:
    rows = Task.objects.filter(state=Task.State.OPEN, assignee_id__in=accounts).values("assignee_id")
    counted = {row["assignee_id"]: row for row in rows.annotate(number=Count("id"), latest=Max("claimed_at"))}
    return [
        Load(item, counted[item]["number"], counted[item]["latest"]) if item in counted else Load(item)
        for item in accounts
    ]
