"""The duty roster as an actor may see it."""

from datetime import datetime

from django.db.models import Q

from onecity.kernel.actor import Actor
from onecity.platform.cases.contracts import ShiftInfo
from onecity.platform.cases.models import DutyShift
from onecity.platform.cases.permissions import VIEW
from onecity.platform.identity.api import row_scope
from onecity.web.paging import PAGE_SIZE, Count, Cursor, Page

MOST_COUNTED = 1_000


def shifts(
    actor: Actor, *, now: datetime, post: str = "", current: bool = False, after: Cursor | None = None,
    size: int = PAGE_SIZE,
) -> Page[ShiftInfo]:  # fmt: skip
    """Return the shifts of organisations whose cases the actor may see, the latest first.

    current: only those that are not over. now: city time.
    """
    scope = row_scope(actor, VIEW)
    condition = Q() if scope.everything else Q(organisation_id__in=scope.organisation_ids)
    if post:
        condition &= Q(post=post)
    if current:
        condition &= Q(ends_at__gt=now)
    rows = DutyShift.objects.select_related("account").filter(condition).order_by("-starts_at", "-id")
    count = None
    if after:
        rows = rows.filter(Q(starts_at__lt=after.at) | Q(starts_at=after.at, id__lt=after.id))
    else:
        number = len(rows.values_list("id")[: MOST_COUNTED + 1])
        count = Count(min(number, MOST_COUNTED), open_ended=number > MOST_COUNTED)
    found = list(rows[: size + 1])
    shown = found[:size]
    further = Cursor(at=shown[-1].starts_at, id=shown[-1].id) if len(found) > size else None
    return Page([_info(row, now) for row in shown], further, count)


def _info(row: DutyShift, now: datetime) -> ShiftInfo:
    return ShiftInfo(
        id=row.id,
        organisation_id=row.organisation_id,
        post=row.post,
        account_name=row.account.full_name,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        now=row.starts_at <= now < row.ends_at,
    )
