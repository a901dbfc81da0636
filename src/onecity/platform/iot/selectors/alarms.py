"""Reading alarms."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection

from onecity.kernel.actor import EVERYTHING, Actor
from onecity.kernel.errors import NotFound
from onecity.kernel.patterns import like_literal
from onecity.platform.identity import api as identity
from onecity.platform.iot.contracts import AlarmInfo
from onecity.platform.iot.models import Alarm
from onecity.platform.iot.permissions import HANDLE_ALARMS, VIEW_ALARMS
from onecity.web.paging import Count, Cursor, Page

_SELECT: Final = """
    SELECT a.id, a.rule_code, r.name, a.severity, a.device_id, d.key, d.name, d.type_code, a.datastream_id,
        s.property_code, s.period, s.sub_value, s.unit, a.value, a.text, a.raised_at, a.cleared_at, a.acknowledged_at,
        a.acknowledged_by, a.organisation_id, a.division_code, ST_X(a.location), ST_Y(a.location), a.created_at
    FROM iot_alarm a
    JOIN iot_alarmrule r ON r.id = a.rule_id
    JOIN iot_device d ON d.id = a.device_id
    JOIN iot_datastream s ON s.id = a.datastream_id
"""
COUNTED_UP_TO: Final = 10_000
Value = str | int | datetime
_SCOPE: Final = "(%s OR a.organisation_id = ANY(%s) OR a.division_code LIKE ANY(%s))"


@dataclass(frozen=True, slots=True)
class AlarmQuery:
    """What a list of alarms is asked for. state: standing, quiet, cleared, unacknowledged, or "" for all.

    search: what the alarm's text holds. since, until: when it was recorded, city time.
    """

    search: str = ""
    state: str = ""
    severity: str = ""
    device_id: int | None = None
    rule_code: str = ""
    since: datetime | None = None
    until: datetime | None = None
    after: Cursor | None = None
    size: int = 20


STATES: Final = {
    "standing": "a.cleared_at IS NULL AND a.told_at IS NOT NULL",
    "quiet": "a.cleared_at IS NULL AND a.told_at IS NULL",
    "cleared": "a.cleared_at IS NOT NULL",
    "unacknowledged": "a.cleared_at IS NULL AND a.told_at IS NOT NULL AND a.acknowledged_at IS NULL",
}


def alarms(actor: Actor, query: AlarmQuery) -> Page[AlarmInfo]:
    """Return alarms that the actor may see, newest first."""
    conditions, values = _conditions(query)
    scope = identity.row_scope(actor, VIEW_ALARMS)
    sql = f"{_SELECT} WHERE {' AND '.join([_SCOPE, *conditions])} ORDER BY a.created_at DESC, a.id DESC LIMIT %s"
    with connection.cursor() as cursor:
        cursor.execute(sql, (*scope.parameters(), *values, query.size + 1))
        rows = cursor.fetchall()
    found = rows[: query.size]
    last = found[-1] if len(rows) > query.size else None
    count = None if query.after else _count(conditions, values, scope)
    return Page([_info(row) for row in found], Cursor(last[23], last[0]) if last else None, count)


def alarm(actor: Actor, alarm_id: int, *, permission: str = VIEW_ALARMS) -> AlarmInfo:
    """Return one alarm.

    Raises: NotFound if there is none, or the actor may not see it.
    """
    scope = identity.row_scope(actor, permission)
    with connection.cursor() as cursor:
        cursor.execute(f"{_SELECT} WHERE {_SCOPE} AND a.id = %s", [*scope.parameters(), alarm_id])
        row = cursor.fetchone()
    if row is None:
        raise NotFound
    return _info(row)


def may_handle(actor: Actor, info: AlarmInfo) -> bool:
    """Say whether the actor may acknowledge and end this alarm."""
    keys = identity.row_keys(organisation_id=info.organisation_id, division_code=info.division_code)
    return bool({*keys, EVERYTHING} & actor.scopes(HANDLE_ALARMS))


def alarm_note(alarm_id: int) -> str:
    """Return what whoever took notice of an alarm wrote. The caller has asked for the alarm before."""
    return Alarm.objects.values_list("note", flat=True).get(id=alarm_id)


def alarm_row(alarm_id: int) -> AlarmInfo:
    """Return one alarm for the platform's own use, within the transaction that wrote it."""
    with connection.cursor() as cursor:
        cursor.execute(f"{_SELECT} WHERE a.id = %s", [alarm_id])
        return _info(cursor.fetchone())


def standing_count(actor: Actor) -> int:
    """Return how many alarms stand that the actor may see."""
    scope = identity.row_scope(actor, VIEW_ALARMS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM iot_alarm a WHERE {_SCOPE} AND {STATES['standing']}", [*scope.parameters()]
        )
        return int(cursor.fetchone()[0])


def _count(conditions: list[str], values: list[Value], scope: identity.RowScope) -> Count:
    inner = f"SELECT FROM iot_alarm a WHERE {' AND '.join([_SCOPE, *conditions])} LIMIT %s"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({inner}) found", (*scope.parameters(), *values, COUNTED_UP_TO + 1))
        number = int(cursor.fetchone()[0])
    return Count(min(number, COUNTED_UP_TO), open_ended=number > COUNTED_UP_TO)


def _conditions(query: AlarmQuery) -> tuple[list[str], list[Value]]:
    wanted: list[tuple[str, Value | None]] = [
        ("a.text ILIKE %s", f"%{like_literal(query.search)}%" if query.search else None),
        ("a.severity = %s", query.severity or None),
        ("a.device_id = %s", query.device_id),
        ("a.rule_code = %s", query.rule_code or None),
        ("a.created_at >= %s", query.since),
        ("a.created_at < %s", query.until),
    ]
    conditions = [sql for sql, value in wanted if value is not None]
    values = [value for _, value in wanted if value is not None]
    if query.state:
        conditions.append(STATES[query.state])
    if query.after:
        conditions.append("(a.created_at, a.id) < (%s, %s)")
        values += [query.after.at, query.after.id]
    return conditions, values


def _info(row: tuple[object, ...]) -> AlarmInfo:
    return AlarmInfo(*row[:23])  # type: ignore[arg-type]  # the columns stand in the order of the fields
