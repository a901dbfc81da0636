"""Decides, when an alarm is raised, whether others are told of it at once; within the store's transaction.

An alarm that is kept quiet is not lost: it stands in the list with its reason, and is told when the reason is gone.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection
from django.db.models import Q

from onecity.kernel.actor import organisation_key
from onecity.platform.identity.api import row_keys
from onecity.platform.iot.contracts.filters import DeviceFilter
from onecity.platform.iot.declare import Severity
from onecity.platform.iot.models import Alarm, AlarmStep, Device, DeviceGroup, Maintenance
from onecity.platform.iot.selectors.filters import narrowed

FLAPPING_TIMES: Final = 5
FLAPPING_WITHIN: Final = timedelta(hours=1)
"""House rule: a rule that an hour long turns back and forth so often is told of when it has come to rest."""
OUTAGE_DEVICES: Final = 3
OUTAGE_WITHIN: Final = timedelta(minutes=10)
OUTAGE_PLACE: Final = 9
"""House rule: so many devices of one street (digits of its code) that fall silent so close together have one cause."""

_CAUSE: Final = """
    SELECT a.id, a.text FROM iot_alarm a JOIN iot_alarmrule r ON r.id = a.rule_id
    WHERE a.cleared_at IS NULL AND a.cause_id IS NULL AND (
        (a.device_id = %(parent)s AND r.kind = 'no_data')
        OR (a.device_id = %(device)s AND a.datastream_id = %(stream)s
            AND array_position(ARRAY['critical', 'major', 'minor', 'notice'], a.severity::text)
                < array_position(ARRAY['critical', 'major', 'minor', 'notice'], %(severity)s)))
    ORDER BY a.id LIMIT 1
"""
_OUTAGE: Final = """
    SELECT (array_agg(a.id ORDER BY a.id))[1], (array_agg(a.text ORDER BY a.id))[1], count(DISTINCT a.device_id)
    FROM iot_alarm a WHERE a.cleared_at IS NULL AND a.rule_code = %(rule)s AND a.device_id <> %(device)s
        AND a.raised_at BETWEEN %(since)s AND %(until)s
        AND a.division_code LIKE %(street)s || '%%' AND (a.cause_id IS NULL OR a.hushed = 'cause')
"""


@dataclass(frozen=True, slots=True)
class Raised:
    """What an alarm would be. kind: of its rule. parent: id of the gateway device, 0 for none. at: phenomenon time."""

    rule_code: str
    kind: str
    severity: str
    device: int
    parent: int
    type_code: str
    datastream: int
    organisation: int
    division_code: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Quiet:
    """Why an alarm is kept quiet; `why` is empty for one that is told at once."""

    why: str = ""
    maintenance: int | None = None
    cause: int | None = None
    text: str = ""

    def note(self, alarm_id: int, *, now: datetime) -> None:
        """Enter it into the alarm's history."""
        if self.why:
            kind = AlarmStep.Kind.GROUPED if self.cause else AlarmStep.Kind.HUSHED
            AlarmStep.objects.create(alarm_id=alarm_id, kind=kind, text=self.text[:300], at=now)


OPEN: Final = Quiet()


def quiet_of(raised: Raised) -> Quiet:
    """Return why nobody is told of an alarm, or that people are."""
    return _maintained(raised) or _caused(raised) or _outage(raised) or _flapping(raised) or OPEN


def take_over(alarm_id: int, raised: Raised, *, now: datetime) -> int:
    """Put lesser standing alarms of the same datastream under a graver one; returns how many."""
    grades = [item.value for item in Severity]
    lesser = grades[grades.index(raised.severity) + 1 :]
    rows = Alarm.objects.filter(
        device_id=raised.device,
        datastream_id=raised.datastream,
        severity__in=lesser,
        cleared_at__isnull=True,
        cause__isnull=True,
    )
    ids = list(rows.values_list("id", flat=True))
    Alarm.objects.filter(id__in=ids).update(cause_id=alarm_id)
    AlarmStep.objects.bulk_create(
        AlarmStep(alarm_id=number, kind=AlarmStep.Kind.GROUPED, text=f"#{alarm_id}", at=now) for number in ids
    )
    return len(ids)


def _maintained(raised: Raised) -> Quiet | None:
    standing = Maintenance.objects.filter(
        Q(device_id__in=(raised.device, raised.parent)) | Q(type_code=raised.type_code) | Q(group_id__isnull=False),
        ended_at__isnull=True,
        begins_at__lte=raised.at,
        ends_at__gt=raised.at,
    )
    found = list(standing.order_by("-ends_at"))
    above = row_keys(organisation_id=raised.organisation, division_code="") if found else ()
    for row in found:
        if organisation_key(row.organisation_id) in above and (
            row.group_id is None or _in_group(raised.device, row.group_id)
        ):
            return Quiet(Alarm.Hushed.MAINTENANCE, maintenance=row.id, text=row.title)
    return None


def _in_group(device_id: int, group_id: int) -> bool:
    if not DeviceGroup.objects.filter(id=group_id).exists():
        return False
    return narrowed(Device.objects.filter(id=device_id), DeviceFilter(group_id=group_id)).exists()


def _caused(raised: Raised) -> Quiet | None:
    with connection.cursor() as cursor:
        cursor.execute(
            _CAUSE,
            {
                "parent": raised.parent,
                "device": raised.device,
                "stream": raised.datastream,
                "severity": raised.severity,
            },
        )
        found = cursor.fetchone()
    return Quiet(Alarm.Hushed.CAUSE, cause=found[0], text=found[1]) if found else None


def _outage(raised: Raised) -> Quiet | None:
    """Find the first of many devices of one street that fell silent together."""
    if raised.kind != "no_data" or len(raised.division_code) < OUTAGE_PLACE:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            _OUTAGE,
            {
                "rule": raised.rule_code,
                "device": raised.device,
                "since": raised.at - OUTAGE_WITHIN,
                "until": raised.at + OUTAGE_WITHIN,
                "street": raised.division_code[:OUTAGE_PLACE],
            },
        )
        first, text, devices = cursor.fetchone()
    return Quiet(Alarm.Hushed.CAUSE, cause=first, text=text) if devices >= OUTAGE_DEVICES else None


def _flapping(raised: Raised) -> Quiet | None:
    times = Alarm.objects.filter(
        datastream_id=raised.datastream, rule_code=raised.rule_code, raised_at__gt=raised.at - FLAPPING_WITHIN
    )[:FLAPPING_TIMES].count()
    return Quiet(Alarm.Hushed.FLAPPING, text=str(times)) if times >= FLAPPING_TIMES else None
