"""Reading maintenance windows, an alarm's history, escalation, and figures about alarms."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection
from django.db.models import Q

from onecity.kernel.actor import Actor
from onecity.platform.identity import api as identity
from onecity.platform.iot.models import Alarm, AlarmStep, EscalationStep, Maintenance
from onecity.platform.iot.permissions import VIEW_ALARMS
from onecity.web.keyset import counted_page
from onecity.web.paging import Cursor, Page

TOP: Final = 10
_SCOPE: Final = "(%s OR a.organisation_id = ANY(%s) OR a.division_code LIKE ANY(%s)) AND a.created_at >= %s"
_TOTALS: Final = f"""
    SELECT count(*), count(*) FILTER (WHERE a.told_at IS NULL), count(a.acknowledged_at), count(a.cleared_at),
        avg(a.acknowledged_at - a.told_at) FILTER (WHERE a.acknowledged_at >= a.told_at),
        avg(a.cleared_at - a.raised_at), count(*) FILTER (WHERE a.escalated > 0)
    FROM iot_alarm a WHERE {_SCOPE}
"""
_BY_DEVICE: Final = f"""
    SELECT d.id, d.name, count(*), count(*) FILTER (WHERE a.cleared_at IS NULL)
    FROM iot_alarm a JOIN iot_device d ON d.id = a.device_id WHERE {_SCOPE}
    GROUP BY d.id, d.name ORDER BY count(*) DESC, d.id LIMIT {TOP}
"""
_BY_RULE: Final = f"""
    SELECT r.id, r.name, count(*), count(*) FILTER (WHERE a.cleared_at IS NULL)
    FROM iot_alarm a JOIN iot_alarmrule r ON r.id = a.rule_id WHERE {_SCOPE}
    GROUP BY r.id, r.name ORDER BY count(*) DESC, r.id LIMIT {TOP}
"""
_BY_SEVERITY: Final = f"SELECT a.severity, count(*) FROM iot_alarm a WHERE {_SCOPE} GROUP BY a.severity"


@dataclass(frozen=True, slots=True)
class AlarmFigures:
    """Figures of a stretch of time. to_notice: mean from telling to acknowledging; to_clear: from raising to clearing.

    devices, rules: (id, name, alarms, of these standing), the most frequent first.
    """

    total: int
    quiet: int
    acknowledged: int
    cleared: int
    escalated: int
    to_notice: timedelta | None
    to_clear: timedelta | None
    by_severity: dict[str, int]
    devices: list[tuple[int, str, int, int]]
    rules: list[tuple[int, str, int, int]]


def maintenances(actor: Actor, *, state: str, after: Cursor | None, size: int, now: datetime) -> Page[Maintenance]:
    """Return windows that the actor may see, newest first. state: running, planned, over, or "" for all."""
    rows = Maintenance.objects.filter(identity.row_scope(actor, VIEW_ALARMS).q()).select_related("device", "group")
    over = Q(ended_at__isnull=False) | Q(ends_at__lte=now)
    wanted = {
        "running": ~over & Q(begins_at__lte=now),
        "planned": ~over & Q(begins_at__gt=now),
        "over": over,
    }
    return counted_page(rows.filter(wanted.get(state, Q())), after=after, size=size)


def steps_of(alarm_id: int) -> list[AlarmStep]:
    """Return an alarm's history, oldest first. The caller has asked for the alarm before."""
    return list(AlarmStep.objects.filter(alarm_id=alarm_id).order_by("at", "id"))


def care_of(alarm_id: int) -> Alarm:
    """Return an alarm's own row with its cause and window. The caller has asked for the alarm before."""
    return Alarm.objects.select_related("cause", "maintenance").get(id=alarm_id)


def consequences(alarm_id: int, *, most: int = 50) -> list[Alarm]:
    """Return the alarms that follow from one. The caller has asked for the alarm before."""
    return list(Alarm.objects.filter(cause_id=alarm_id).select_related("device").order_by("-raised_at", "-id")[:most])


def escalation() -> dict[tuple[str, int], int]:
    """Return after how many minutes each level of each severity is told."""
    return {(row.severity, row.level): row.after_min for row in EscalationStep.objects.all()}


def alarm_figures(actor: Actor, *, since: datetime) -> AlarmFigures:
    """Return figures of the alarms recorded since an instant that the actor may see."""
    values = (*identity.row_scope(actor, VIEW_ALARMS).parameters(), since)
    with connection.cursor() as cursor:
        cursor.execute(_TOTALS, values)
        total, quiet, acknowledged, cleared, to_notice, to_clear, escalated = cursor.fetchone()
        cursor.execute(_BY_SEVERITY, values)
        by_severity = dict(cursor.fetchall())
        cursor.execute(_BY_DEVICE, values)
        devices = list(cursor.fetchall())
        cursor.execute(_BY_RULE, values)
        rules = list(cursor.fetchall())
    return AlarmFigures(
        total, quiet, acknowledged, cleared, escalated, to_notice, to_clear, by_severity, devices, rules
    )
