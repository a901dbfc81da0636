"""Tells the next level up of alarms that nobody has taken notice of."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from onecity.kernel.actor import Actor, system_actor
from onecity.kernel.errors import Invalid, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity
from onecity.platform.identity.contracts import OrganisationInfo
from onecity.platform.iot.declare import Severity
from onecity.platform.iot.models import Alarm, AlarmStep, EscalationStep
from onecity.platform.iot.permissions import HANDLE_ALARMS, MANAGE_RULES
from onecity.platform.messages import api as messages

TEMPLATE: Final = "iot.alarm_escalated"
LEVELS: Final = 3
LONGEST_MIN: Final = 7 * 24 * 60
MOST_AT_ONCE: Final = 200


def escalate(now: datetime) -> int:
    """Tell of what is due; returns how many alarms went a level up. now: city time."""
    done = 0
    for step in EscalationStep.objects.order_by("level", "severity"):
        with transaction.atomic():
            rows = Alarm.objects.filter(
                severity=step.severity,
                told_at__lte=now - timedelta(minutes=step.after_min),
                cleared_at__isnull=True,
                acknowledged_at__isnull=True,
                cause__isnull=True,
                escalated=step.level - 1,
            )
            due = list(rows.select_for_update(skip_locked=True, of=("self",)).select_related("device")[:MOST_AT_ONCE])
            for row in due:
                _go_up(row, step, now=now)
        done += len(due)
    return done


def write_steps(actor: Actor, *, minutes: Mapping[tuple[str, int], int]) -> None:
    """Set after how many minutes each level of each severity is told; what is not named is not escalated.

    Raises: NotPermitted; Invalid unless the minutes grow with the level and no level is left out.
    """
    if not actor.may(MANAGE_RULES):
        raise NotPermitted
    for severity in Severity:
        times = [minutes.get((severity.value, level)) for level in range(1, LEVELS + 1)]
        given = [value for value in times if value is not None]
        if times[: len(given)] != given or given != sorted(set(given)):
            raise Invalid(fields={severity.value: zh("各级的时间应逐级增大，且不能跳级")})
        if any(not 1 <= value <= LONGEST_MIN for value in given):
            raise Invalid(fields={severity.value: zh("时间应在1分钟到7天之间")})
    with transaction.atomic():
        before = {(row.severity, row.level): row.after_min for row in EscalationStep.objects.select_for_update()}
        EscalationStep.objects.all().delete()
        EscalationStep.objects.bulk_create(
            EscalationStep(severity=severity, level=level, after_min=value)
            for (severity, level), value in sorted(minutes.items())
        )
        details = {"before": _plain(before), "after": _plain(minutes)}
        identity.record(actor, action="iot.set_escalation", target="iot.escalation", details=details)


def _go_up(row: Alarm, step: EscalationStep, *, now: datetime) -> None:
    above = _above(row.organisation_id, levels=step.level)
    told = identity.accounts_with_permission(HANDLE_ALARMS, organisation_id=above.id)
    row.escalated = step.level
    row.save(update_fields=["escalated"])
    AlarmStep.objects.create(alarm=row, kind=AlarmStep.Kind.ESCALATED, text=above.name[:300], at=now)
    messages.send(
        system_actor("iot"),
        to=[item.id for item in told],
        template=TEMPLATE,
        params={"device": row.device.name, "text": row.text, "minutes": step.after_min},
        link=f"/iot/alarms/{row.id}",
        now=now,
    )


def _above(organisation_id: int, *, levels: int) -> OrganisationInfo:
    """Return the organisation so many levels up, the topmost where there are fewer."""
    found = identity.organisation(organisation_id)
    for _ in range(levels):
        if found.parent_id is None:
            break
        found = identity.organisation(found.parent_id)
    return found


def _plain(minutes: Mapping[tuple[str, int], int]) -> dict[str, int]:
    return {f"{severity}.{level}": value for (severity, level), value in sorted(minutes.items())}
