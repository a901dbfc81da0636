"""What is looked for every minute: reports that will soon be, or are, late."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet

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
    """Tell each duty room once before and once after each limit; returns how many messages went out. now: city time."""
    with transaction.atomic():
        waiting = ReportDuty.objects.select_for_update(skip_locked=True, of=("self",)).filter(
            written_at__isnull=True, cancelled_at__isnull=True
        )
        late = _next(waiting, by=now).filter(late_told_at__isnull=True).select_related("incident")
        sent = 0
        for row in late.order_by("written_due_at")[:BATCH]:
            row.warned_at, row.late_told_at = row.warned_at or now, now
            row.save(update_fields=["warned_at", "late_told_at"])
            for permission in (REPORT, APPROVE):
                sent += tell_room(
                    _ACTOR, incident=row.incident, template="emergency.report_late", now=now, permission=permission
                )
        soon = _next(waiting, by=now + WARN_BEFORE).filter(warned_at__isnull=True).select_related("incident")
        for row in soon.order_by("written_due_at")[:BATCH]:
            row.warned_at = now
            row.save(update_fields=["warned_at"])
            sent += tell_room(_ACTOR, incident=row.incident, template="emergency.report_due", now=now)
    return sent


def _next(rows: QuerySet[ReportDuty], *, by: datetime) -> QuerySet[ReportDuty]:
    phone = Q(phoned_at__isnull=True, phone_due_at__lte=by)
    return rows.filter(Q(written_due_at__lte=by) | phone)
