"""Takes away what is not kept any longer: readings a day at a time, roll-ups by type.

Readings go only once their hours are rolled up: nothing that is kept is made of what is gone.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import OperationalError, connection, transaction

from onecity.kernel.actor import system_actor
from onecity.platform.identity import api as identity
from onecity.platform.iot.models import ClosedDay, Retention
from onecity.platform.iot.rules.instants import DAY, day_date, day_number, instant, micros
from onecity.platform.iot.selectors.retention import STREAMS_OF, Policy, policies
from onecity.platform.iot.services.cold.compacting import compact
from onecity.platform.iot.services.rollups.refreshing import UPKEEP_LOCK
from onecity.platform.iot.services.store.partitions import MINUTES, existing_days, partition_of

_PATIENCE: Final = "2s"
_ROLLED: Final = """
    SELECT settled_at >= %s AND NOT EXISTS (SELECT FROM iot_rollupdue WHERE since_at < %s AND until_at > %s)
    FROM iot_storemark
"""
_OTHERS: Final = f"""
    SELECT EXISTS (SELECT FROM iot_datastream s JOIN iot_device d ON d.id = s.device_id WHERE NOT {STREAMS_OF})
"""
_IDS: Final = f"SELECT s.id FROM iot_datastream s JOIN iot_device d ON d.id = s.device_id WHERE {STREAMS_OF}"


_REFINE: Final = f"""
    INSERT INTO iot_rollupdue (datastream_id, since_at, until_at)
    SELECT r.datastream_id, r.begins_at, r.begins_at + interval '1 day' FROM iot_dayrollup r
    JOIN iot_datastream s ON s.id = r.datastream_id JOIN iot_device d ON d.id = s.device_id
    WHERE r.begins_at > %s - interval '1 day' AND r.begins_at < %s AND {STREAMS_OF} AND NOT (
        r.has_hours AND (
            (SELECT minute_days > 0 AND minute_days <= raw_days FROM iot_retention p
                WHERE p.type_code IN (d.type_code, '') ORDER BY p.type_code DESC LIMIT 1)
            OR NOT EXISTS (SELECT FROM iot_hourrollup h WHERE h.datastream_id = r.datastream_id
                AND h.begins_at >= r.begins_at AND h.begins_at < r.begins_at + interval '1 day' AND NOT h.has_minutes)
        )
    )
"""


@dataclass(frozen=True, slots=True)
class _Expired:
    """The policies under which a day's readings are not kept any longer."""

    day: int
    policies: tuple[Policy, ...]

    def parameters(self) -> list[list[str] | bool]:
        """Return what `STREAMS_OF` takes: named types, and whether all others are meant, but for these."""
        named = [item.type_code for item in self.policies if item.type_code]
        others = next((item.others_than for item in self.policies if not item.type_code), None)
        return [named, others is not None, list(others or ())]


def apply_retention(now: datetime, *, most_s: float, raw_days: int = 0) -> int:
    """Take away what is not kept any longer, for about `most_s` seconds; returns how many steps were done.

    now: city time. raw_days: entered for all types as long as nobody set anything for them; 0 enters nothing. What is
    in use, or not rolled up yet, is left for the next time.
    """
    began, done = time.monotonic(), 0
    if raw_days:
        Retention.objects.get_or_create(type_code="", defaults={"raw_days": raw_days, "changed_at": now})
    kept = policies(now)
    steps: list[Callable[[], bool]] = [lambda item=item: _raw(item, now=now) for item in _expired_days(kept)]  # type: ignore[misc]  # a default binds the loop's value
    steps += [lambda item=item: _rolled_up(item) for item in kept]  # type: ignore[misc]  # the same
    for step in steps:
        if time.monotonic() - began > most_s:
            break
        done += step()
    return done


def _expired_days(kept: list[Policy]) -> list[_Expired]:
    cold = {day_number(day) for day in ClosedDay.objects.filter(readings__gt=0).values_list("day", flat=True)}
    found = []
    for day in sorted(existing_days() | cold):
        end = (day + 1) * DAY
        expired = tuple(item for item in kept if item.raw and item.raw >= end and not item.raw_gone(end))
        if expired:
            found.append(_Expired(day, expired))
    return found


def _raw(expired: _Expired, *, now: datetime) -> bool:
    """Take a day's readings of the expired types away; False if that cannot be done now."""
    row = ClosedDay.objects.filter(day=day_date(expired.day)).first()
    if row is not None and row.state == ClosedDay.State.FROZEN:
        return False
    first, end = instant(expired.day * DAY), instant((expired.day + 1) * DAY)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{_PATIENCE}'")
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [UPKEEP_LOCK])
            cursor.execute(_ROLLED, [end, end, first])
            rolled = cursor.fetchone()
            if rolled is None or not rolled[0]:
                return False
            cursor.execute(_REFINE, [first, end, *expired.parameters()])
            if cursor.rowcount:  # to be rolled up by hours and minutes, which outlive the readings
                return True
            cursor.execute(_OTHERS, expired.parameters())
            whole = not cursor.fetchone()[0]
            if row is not None:
                cursor.execute(_IDS, expired.parameters())
                compact(row.day, now=now, without=[number for (number,) in cursor.fetchall()])
            elif whole:
                cursor.execute(f"DROP TABLE {partition_of(expired.day)}")
            else:
                cursor.execute(
                    f"DELETE FROM {partition_of(expired.day)} WHERE datastream_id IN ({_IDS})", expired.parameters()
                )
            _note_gone(expired, end)
            facts = {"day": day_date(expired.day).isoformat(), "types": [item.type_code for item in expired.policies]}
            identity.record(system_actor("iot"), action="iot.drop_observations", details=facts)
    except OperationalError:
        return False
    return True


def _note_gone(expired: _Expired, end: datetime) -> None:
    for item in expired.policies:
        Retention.objects.filter(id=item.id).update(raw_until=end)


def _rolled_up(item: Policy) -> bool:
    """Take roll-ups of one policy's types away; False if there is nothing to do."""
    one = _Expired(0, (item,))
    did = False
    for tier, border, gone in item.rollups():
        if not border or (gone and gone >= border):
            continue
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [UPKEEP_LOCK])
            until = instant(border)
            if tier == "minute":
                cursor.execute(
                    f"UPDATE iot_hourrollup SET has_minutes = false WHERE has_minutes AND begins_at < %s"
                    f" AND datastream_id IN ({_IDS})",
                    [until, *one.parameters()],
                )
            cursor.execute(
                f"DELETE FROM iot_{tier}rollup WHERE begins_at < %s AND datastream_id IN ({_IDS})",
                [until, *one.parameters()],
            )
            rows = cursor.rowcount
            Retention.objects.filter(id=item.id).update(**{f"{tier}_until": until})
            if rows:
                facts = {"type": item.type_code, "tier": tier, "until": until.isoformat(), "rows": rows}
                identity.record(system_actor("iot"), action="iot.drop_rollups", details=facts)
        did = True
    return did


def drop_empty_minute_days(now: datetime) -> int:
    """Drop the partitions of minutes that hold nothing any more; returns how many. now: city time."""
    gone = 0
    for day in sorted(existing_days(table=MINUTES)):
        if (day + 2) * DAY > micros(now - timedelta(days=1)):
            continue
        table = partition_of(day, table=MINUTES)
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"SELECT EXISTS (SELECT FROM {table})")
                if not cursor.fetchone()[0]:
                    cursor.execute(f"SET LOCAL lock_timeout = '{_PATIENCE}'")
                    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [UPKEEP_LOCK])
                    cursor.execute(f"DROP TABLE {table}")
                    gone += 1
        except OperationalError:
            continue
    return gone
