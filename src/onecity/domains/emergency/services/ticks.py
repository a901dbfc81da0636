"""What is looked for every minute: reports that will soon be, or are, late."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q

from onecity.domains.emergency.models import ReportDuty
from onecity.domains.emergency.permissions import APPROVE, REPORT
from onecity.domains.emergency.services.tasks import tell_of_late_tasks_at
from onecity.domains.emergency.services.telling import tell_room
from onecity.kernel import clock
from onecity.kernel.actor import system_actor

EVERY_S: Final = 20.0
BATCH: Final = 200
WARN_BEFORE: Final = timedelta(minutes=15)
"""How long before a limit the room is reminded. House rule."""
_ACTOR: Final = system_actor("emergency.clocks")


def tell_of_limits() -> int:
    """Remind of reports that will soon be late, tell of those and of tasks that are; the tick."""
    now = clock.city_now()
    return tell_of_limits_at(now=now) + tell_of_late_tasks_at(now=now)


def tell_of_limits_at(*, now: datetime) -> int:
    """Tell each duty room once before a report is due, and once after each limit; returns how many messages went out.

    A call and a written report have limits of their own. now: city time.
    """
    with transaction.atomic():
        waiting = ReportDuty.objects.select_for_update(skip_locked=True, of=("self",)).filter(
            written_at__isnull=True, cancelled_at__isnull=True
        )
        rows = waiting.filter(_called_by(now + WARN_BEFORE) | Q(written_due_at__lte=now + WARN_BEFORE))
        fresh = rows.filter(
            Q(warned_at__isnull=True)
            | Q(written_due_at__lte=now, late_told_at__isnull=True)
            | (_called_by(now) & Q(phone_late_told_at__isnull=True))
        )
        return sum(_told(row, now=now) for row in fresh.select_related("incident").order_by("written_due_at")[:BATCH])


def _called_by(moment: datetime) -> Q:
    """Return the condition that a call is owed by an instant and was not made."""
    return Q(phoned_at__isnull=True, phone_due_at__lte=moment)


def _told(row: ReportDuty, *, now: datetime) -> int:
    """Say that a report is late, or that it soon will be; returns how many messages went out."""
    call_is_late = row.phoned_at is None and row.phone_due_at is not None and row.phone_due_at <= now
    written_is_late = row.written_due_at <= now
    if call_is_late:
        row.phone_late_told_at = row.phone_late_told_at or now
    if written_is_late:
        row.late_told_at = row.late_told_at or now
    row.warned_at = row.warned_at or now
    row.save(update_fields=["warned_at", "late_told_at", "phone_late_told_at"])
    if not (call_is_late or written_is_late):
        return tell_room(_ACTOR, incident=row.incident, template="emergency.report_due", now=now)
    return sum(
        tell_room(_ACTOR, incident=row.incident, template="emergency.report_late", now=now, permission=permission)
        for permission in (REPORT, APPROVE)
    )
