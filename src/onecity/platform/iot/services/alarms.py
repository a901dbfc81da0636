"""Alarms: raised and cleared by rules, acknowledged by people."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection, transaction

from onecity.kernel.actor import Actor
from onecity.kernel.bus import EventType, announce
from onecity.kernel.clock import CITY_ZONE
from onecity.kernel.errors import Conflict, Invalid
from onecity.kernel.text import zh
from onecity.kernel.units import UNITS
from onecity.platform.identity import api as identity
from onecity.platform.iot.contracts import AlarmInfo
from onecity.platform.iot.events import ALARM_CLEARED, ALARM_RAISED
from onecity.platform.iot.models import Alarm, AlarmStep, Datastream, Device, RuleState
from onecity.platform.iot.permissions import HANDLE_ALARMS
from onecity.platform.iot.registries import device_types
from onecity.platform.iot.rules.compiled import Compiled
from onecity.platform.iot.rules.texts import fill
from onecity.platform.iot.selectors.alarms import alarm, alarm_row
from onecity.platform.iot.services.alarm_care.hushing import Raised, quiet_of, take_over

LONGEST_NOTE: Final = 200
_FACTS: Final = """
    SELECT d.id, d.name, d.type_code, s.property_code, s.unit, d.organisation_id, d.division_code, d.location,
        COALESCE(d.parent_id, 0)
    FROM iot_datastream s JOIN iot_device d ON d.id = s.device_id WHERE s.id = %s
"""
_RAISE: Final = """
    INSERT INTO iot_alarm (rule_id, rule_code, severity, device_id, datastream_id, value, text, raised_at,
        acknowledged_by, note, organisation_id, division_code, location, created_at, told_at, hushed, maintenance_id,
        cause_id, escalated)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, '', '', %s, %s, %s, %s, %s, %s, %s, %s, 0)
    ON CONFLICT (rule_code, datastream_id) WHERE cleared_at IS NULL DO NOTHING RETURNING id
"""
_CLEAR: Final = """
    UPDATE iot_alarm SET cleared_at = %s, clear_value = %s
    WHERE rule_code = %s AND datastream_id = %s AND cleared_at IS NULL RETURNING id, told_at
"""


@dataclass(frozen=True, slots=True)
class Trigger:
    """The reading that turned a rule. value: None when it is silence, or its end, that turned it."""

    datastream_id: int
    value: float | None
    at: datetime


class AlreadyAcknowledged(Conflict):
    """Somebody took notice before."""

    code = "iot.alarm_acknowledged"
    message = zh("该告警已被确认")


class AlreadyOver(Conflict):
    """The alarm is over; there is nothing to end."""

    code = "iot.alarm_over"
    message = zh("该告警已经解除")


def raise_alarm(rule: Compiled, *, trigger: Trigger, now: datetime) -> None:
    """Write an alarm and announce it, in the caller's transaction; nothing if one stands already.

    One that is kept quiet (`alarm_care.hushing`) is written all the same, and told later. now: city time.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, [trigger.datastream_id])
        device_id, name, type_code, property_code, unit, organisation_id, division, location, parent = cursor.fetchone()
        raised = Raised(
            *(rule.code, rule.kind, rule.severity, device_id, parent, type_code, trigger.datastream_id),
            *(organisation_id, division, trigger.at),
        )
        quiet = quiet_of(raised)
        text = _text(rule, trigger, facts={"device": name, **_property(type_code, property_code, unit)})
        cursor.execute(
            _RAISE,
            [
                *(rule.id, rule.code, rule.severity, device_id, trigger.datastream_id, trigger.value, text),
                *(trigger.at, organisation_id, division, location, now),
                *(None if quiet.why else now, quiet.why, quiet.maintenance, quiet.cause),
            ],
        )
        made = cursor.fetchone()
    if not made:
        return
    quiet.note(made[0], now=now)
    if not quiet.why:
        take_over(made[0], raised, now=now)
        _announce(ALARM_RAISED, alarm_row(made[0]), at=trigger.at, value=trigger.value)


def tell(alarm_id: int, *, now: datetime) -> None:
    """Announce an alarm that was kept quiet until now, in the caller's transaction. now: city time."""
    Alarm.objects.filter(id=alarm_id).update(told_at=now, hushed="", maintenance=None, cause=None)
    AlarmStep.objects.create(alarm_id=alarm_id, kind=AlarmStep.Kind.TOLD, at=now)
    info = alarm_row(alarm_id)
    _announce(ALARM_RAISED, info, at=info.raised_at, value=info.value)


def clear_alarm(rule_code: str, *, trigger: Trigger) -> None:
    """End the standing alarm of a rule and a datastream, and announce it to those who were told of it; nothing if none
    stands."""
    with connection.cursor() as cursor:
        cursor.execute(_CLEAR, [trigger.at, trigger.value, rule_code, trigger.datastream_id])
        ended = cursor.fetchone()
    if ended and ended[1]:
        _announce(ALARM_CLEARED, alarm_row(ended[0]), at=trigger.at, value=trigger.value)


def acknowledge(actor: Actor, *, alarm_id: int, note: str, now: datetime) -> None:
    """Note that somebody has taken notice of an alarm. note: what he means to do; may be empty. now: city time.

    Raises: NotFound; AlreadyAcknowledged.
    """
    alarm(actor, alarm_id, permission=HANDLE_ALARMS)
    with transaction.atomic():
        done = Alarm.objects.filter(id=alarm_id, acknowledged_at__isnull=True).update(
            acknowledged_at=now, acknowledged_by=actor.name[:60], note=note[:LONGEST_NOTE]
        )
        if not done:
            raise AlreadyAcknowledged
        identity.record(actor, action="iot.acknowledge_alarm", target=f"iot.alarm:{alarm_id}")


def close_alarm(actor: Actor, *, alarm_id: int, reason: str, now: datetime) -> None:
    """End a standing alarm by hand, because its cause is gone or it was none; the rule may raise it anew.

    reason: at least one character; goes into the record. now: city time.
    Raises: NotFound; Invalid without a reason; AlreadyOver.
    """
    seen = alarm(actor, alarm_id, permission=HANDLE_ALARMS)
    if not reason.strip():
        raise Invalid(fields={"reason": zh("请说明解除告警的原因")})
    with transaction.atomic():
        Device.objects.select_for_update(no_key=True).get(id=seen.device_id)  # the store's turn
        if not Alarm.objects.filter(id=alarm_id, cleared_at__isnull=True).exists():
            raise AlreadyOver
        _end(seen.rule_code, seen.datastream_id, now=now)
        Alarm.objects.filter(id=alarm_id, acknowledged_at__isnull=True).update(
            acknowledged_at=now, acknowledged_by=actor.name[:60], note=reason.strip()[:LONGEST_NOTE]
        )
        details = {"reason": reason.strip()[:LONGEST_NOTE]}
        identity.record(actor, action="iot.close_alarm", target=f"iot.alarm:{alarm_id}", details=details)


def end_alarms_of(device_id: int, *, now: datetime) -> None:
    """End a device's standing alarms because it is out of service. The caller has locked the device's row."""
    for rule_code, datastream_id in Alarm.objects.filter(device_id=device_id, cleared_at__isnull=True).values_list(
        "rule_code", "datastream_id"
    ):
        _end(rule_code, datastream_id, now=now)
    streams = Datastream.objects.filter(device_id=device_id).values("id")
    RuleState.objects.filter(datastream_id__in=streams).delete()


def end_alarms_of_rule(rule_code: str, *, now: datetime) -> None:
    """End a rule's standing alarms because it is out of force, in the caller's transaction."""
    standing = Alarm.objects.filter(rule_code=rule_code, cleared_at__isnull=True)
    devices = sorted(set(standing.values_list("device_id", flat=True)))
    list(Device.objects.filter(id__in=devices).order_by("id").select_for_update(no_key=True).values("id"))
    for datastream_id in standing.values_list("datastream_id", flat=True):
        _end(rule_code, datastream_id, now=now)
    RuleState.objects.filter(rule_code=rule_code).delete()


def _end(rule_code: str, datastream_id: int, *, now: datetime) -> None:
    clear_alarm(rule_code, trigger=Trigger(datastream_id, None, now))
    RuleState.objects.filter(datastream_id=datastream_id, rule_code=rule_code).delete()


def _text(rule: Compiled, trigger: Trigger, *, facts: Mapping[str, str]) -> str:
    return fill(
        rule.text,
        facts={
            **facts,
            "value": _number(trigger.value),
            "limit": _limit(rule, trigger.value),
            "time": trigger.at.astimezone(CITY_ZONE).strftime("%Y-%m-%d %H:%M"),
        },
    )[:300]


def _property(type_code: str, property_code: str, unit: str) -> dict[str, str]:
    kind = device_types().get(type_code)
    observed = kind.observed(property_code) if kind else None
    symbol = UNITS[unit].symbol if unit in UNITS else unit
    return {"property": observed.name if observed else property_code, "unit": symbol}


def _limit(rule: Compiled, value: float | None) -> str:
    limits = rule.limits
    if value is None:
        return str(limits.silent_s // 60)
    return _number(limits.upper if limits.upper is not None and value > limits.upper else limits.lower)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.10g}"


def _announce(event: EventType, info: AlarmInfo, *, at: datetime, value: float | None) -> None:
    announce(
        event,
        alarm_id=info.id,
        rule_code=info.rule_code,
        severity=info.severity,
        device_id=info.device_id,
        device_key=info.device_key,
        device_name=info.device_name,
        device_type=info.device_type,
        property_code=info.property_code,
        value=value,
        unit=info.unit,
        text=info.text,
        at=at.isoformat(),
        organisation_id=info.organisation_id,
        division_code=info.division_code,
        longitude=info.longitude,
        latitude=info.latitude,
    )
