"""Reading how long what is kept, and what that would take away now."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection

from onecity.platform.iot.contracts import Doomed, RetentionText
from onecity.platform.iot.models import Retention
from onecity.platform.iot.rules.instants import DAY, instant, micros
from onecity.platform.iot.rules.rollups import CITY_OFFSET

STREAMS_OF: Final = "(d.type_code = ANY(%s) OR (%s AND NOT d.type_code = ANY(%s)))"
"""Says of a device `d` whether it is of these types, or of any but those; three parameters."""
_DOOMED: Final = f"""
    SELECT {{rows}}, count(DISTINCT r.datastream_id), min(r.begins_at) FROM iot_{{table}}rollup r
    JOIN iot_datastream s ON s.id = r.datastream_id JOIN iot_device d ON d.id = s.device_id
    WHERE r.begins_at < %s AND r.begins_at >= %s AND {STREAMS_OF}
"""
_LONG_AGO: Final = instant(-100 * 366 * DAY)


@dataclass(frozen=True, slots=True)
class Policy:
    """What is kept for types of devices, as borders in microseconds since 2000: what lies before goes; 0: nothing does.

    type_code: "" for all types but `others_than`. gone: the borders of what went already, by tier.
    """

    id: int
    type_code: str
    others_than: tuple[str, ...]
    raw: int
    minute: int
    hour: int
    day: int
    gone: dict[str, int]

    def raw_gone(self, end: int) -> bool:
        """Say whether the readings before `end` went already."""
        return self.gone["raw"] >= end

    def rollups(self) -> Iterator[tuple[str, int, int]]:
        """Yield tier, border and how far it went already."""
        for tier in ("minute", "hour", "day"):
            yield tier, getattr(self, tier), self.gone[tier]

    def parameters(self) -> list[list[str] | bool]:
        """Return what `STREAMS_OF` takes."""
        if self.type_code:
            return [[self.type_code], False, []]
        return [[], True, list(self.others_than)]


def retentions() -> list[RetentionText]:
    """Return what is set, for all other types first."""
    return [
        RetentionText(row.type_code, row.raw_days, row.minute_days, row.hour_days, row.day_days)
        for row in Retention.objects.order_by("type_code")
    ]


def policies(now: datetime) -> list[Policy]:
    """Return what is set as borders. now: city time."""
    rows = list(Retention.objects.order_by("type_code"))
    own = tuple(row.type_code for row in rows if row.type_code)
    return [
        Policy(
            id=row.id,
            type_code=row.type_code,
            others_than=() if row.type_code else own,
            raw=_border(now, row.raw_days, whole_utc_day=True),
            minute=_border(now, row.minute_days),
            hour=_border(now, row.hour_days),
            day=_border(now, row.day_days),
            gone={tier: _gone(row, tier) for tier in ("raw", "minute", "hour", "day")},
        )
        for row in rows
    ]


def doomed(now: datetime) -> list[Doomed]:
    """Return what retention would take away at this moment, without doing it. now: city time.

    Readings are counted by their daily roll-ups, so those of days that are not rolled up yet are missing.
    """
    found = []
    for policy in policies(now):
        found += _doomed(policy, "raw", "day", policy.raw)
        for tier, border, _ in policy.rollups():
            found += _doomed(policy, tier, tier, border)
    return found


def _doomed(policy: Policy, tier: str, table: str, border: int) -> list[Doomed]:
    if not border or policy.gone[tier] >= border:
        return []
    rows = "COALESCE(sum(r.readings), 0)" if tier == "raw" else "count(*)"
    since = instant(policy.gone[tier]) if policy.gone[tier] else _LONG_AGO
    with connection.cursor() as cursor:
        cursor.execute(_DOOMED.format(rows=rows, table=table), [instant(border), since, *policy.parameters()])
        number, streams, _ = cursor.fetchone()
    return [Doomed(policy.type_code, tier, instant(border), int(number), streams)] if number else []


def _border(now: datetime, days: int, *, whole_utc_day: bool = False) -> int:
    if not days:
        return 0
    at = micros(now - timedelta(days=days))
    offset = 0 if whole_utc_day else CITY_OFFSET
    return (at + offset) // DAY * DAY - offset


def _gone(row: Retention, tier: str) -> int:
    until = getattr(row, f"{tier}_until")
    return micros(until) if until else 0
