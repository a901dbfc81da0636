"""Alarms for what does not come: rules of the kind `no_data`, looked at every few seconds."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction

from onecity.platform.iot.models import AlarmRule
from onecity.platform.iot.rules.compiled import Compiled
from onecity.platform.iot.rules.instants import covered_s
from onecity.platform.iot.services.alarms import Trigger, raise_alarm
from onecity.platform.iot.services.store.rulebook import compiled

MOST_AT_ONCE: Final = 500

_QUIET: Final = """
    SELECT s.id, d.id FROM iot_datastream s
    JOIN iot_device d ON d.id = s.device_id
    JOIN iot_latest l ON l.datastream_id = s.id
    WHERE d.type_code = %s AND d.state <> 'retired' AND s.property_code = %s AND s.period = %s AND s.sub_value = %s
        AND l.phenomenon_at < %s AND (%s OR s.id = ANY(%s))
        AND NOT EXISTS (SELECT FROM iot_rulestate r WHERE r.datastream_id = s.id AND r.rule_code = %s)
    ORDER BY s.id LIMIT %s
"""
_LOCK: Final = "SELECT count(*) FROM (SELECT FROM iot_device WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE) d"
_STAND: Final = """
    INSERT INTO iot_rulestate (datastream_id, rule_code, phase, since_at, count, last_at)
    SELECT l.datastream_id, %s, 'raised', %s, 1, l.phenomenon_at FROM iot_latest l WHERE l.datastream_id = ANY(%s)
"""


def check_silence(now: datetime) -> int:
    """Raise alarms for datastreams that have given nothing for too long; returns how many. now: city time.

    A datastream that never gave anything is not missed. A reading that comes back ends the alarm (`services.store`).
    """
    raised = 0
    for rule in AlarmRule.objects.filter(state=AlarmRule.State.PUBLISHED, kind=AlarmRule.Kind.NO_DATA):
        before = now - timedelta(seconds=rule.silent_s + covered_s(rule.period))
        found = _quiet(rule, before=before)
        while found:
            raised += _raise(rule, found, before=before, now=now)
            found = _quiet(rule, before=before) if len(found) == MOST_AT_ONCE else []
    return raised


def _raise(rule: AlarmRule, found: list[tuple[int, int]], *, before: datetime, now: datetime) -> int:
    """Raise the alarms of datastreams that are still quiet once no writer can change that."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_LOCK, [sorted({device for _, device in found})])
        still = [stream for stream, _ in _quiet(rule, before=before, among=[stream for stream, _ in found])]
        with connection.cursor() as cursor:
            cursor.execute(_STAND, [rule.code, now, still])
        judge: Compiled = compiled(rule)
        for stream in still:
            raise_alarm(judge, trigger=Trigger(stream, None, now), now=now)
    return len(still)


def _quiet(rule: AlarmRule, *, before: datetime, among: Iterable[int] | None = None) -> list[tuple[int, int]]:
    chosen = list(among or ())
    with connection.cursor() as cursor:
        cursor.execute(
            _QUIET,
            [
                *(rule.device_type, rule.property_code, rule.period, rule.sub_value, before),
                *(among is None, chosen, rule.code, MOST_AT_ONCE),
            ],
        )
        return [(stream, device) for stream, device in cursor.fetchall()]
