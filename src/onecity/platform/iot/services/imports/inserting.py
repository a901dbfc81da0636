"""Many new devices at once: COPY into a stage, from there set by set."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import connection

from onecity.platform.iot.contracts import NewDevice
from onecity.platform.iot.rules.search import pairs
from onecity.platform.iot.services.changes import EVERYTHING, tell_changed
from onecity.platform.iot.services.credentials import password_hash

_STAGE: Final = """
    CREATE TEMPORARY TABLE iot_stage (
        key text, name text, type_code text, protocol text, organisation_id bigint, division_code text,
        longitude float8, latitude float8, address text, password_hash text, product text, parent text, tags text[],
        words text[], link text
    ) ON COMMIT DROP
"""
_COPY: Final = "COPY iot_stage FROM STDIN"
_INSERT: Final = """
    WITH made AS (
        INSERT INTO iot_device (key, name, type_code, protocol, organisation_id, division_code, location, address,
            state, password_hash, scales, product_id, parent_id, firmware_version, tags, words, created_at, link)
        SELECT s.key, s.name, s.type_code, s.protocol, s.organisation_id, s.division_code,
            CASE WHEN s.longitude IS NOT NULL THEN ST_SetSRID(ST_MakePoint(s.longitude, s.latitude), 4326) END,
            s.address, 'registered', s.password_hash, '{}', p.id, g.id, '', s.tags, s.words, %(now)s, s.link::jsonb
        FROM iot_stage s LEFT JOIN iot_product p ON p.code = s.product AND s.product <> ''
        LEFT JOIN iot_device g ON g.key = s.parent AND s.parent <> ''
        RETURNING id, key
    ), told AS (
        INSERT INTO iot_devicehistory (device_id, kind, before, after, reason, by, at)
        SELECT id, 'registered', '', 'registered', '', %(by)s, %(now)s FROM made
    ), strangers AS (
        UPDATE iot_unknowndevice u SET state = 'registered' FROM made WHERE u.key = made.key
    )
    UPDATE iot_quarantinedmessage q SET device_id = made.id, organisation_id = s.organisation_id,
        division_code = s.division_code
    FROM made JOIN iot_stage s ON s.key = made.key WHERE q.device_key = made.key AND q.state = 'open'
"""


def take_turns() -> None:
    """Let one registration in at a time, so that each knows exactly which devices are its own."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('iot.register', 0))")


def insert_devices(new: Sequence[NewDevice], *, by: str, now: datetime) -> None:
    """Insert devices that were checked and whose keys are new, in the caller's transaction. now: city time."""
    if not new:
        return
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS iot_stage")
        cursor.execute(_STAGE)
        with cursor.copy(_COPY) as copy:
            for item in new:
                copy.write_row(_row(item))
        cursor.execute(_INSERT, {"now": now, "by": by[:60]})
    tell_changed(EVERYTHING)


def _row(new: NewDevice) -> tuple[object, ...]:
    longitude, latitude = new.place or (None, None)
    return (
        *(new.key, new.name.strip(), new.type_code, new.protocol.value, new.organisation_id, new.division_code),
        *(longitude, latitude, new.address, password_hash(new.password), new.product_code, new.parent_key),
        *(list(new.tags), pairs(f"{new.name} {new.key}"), json.dumps(dict(new.link), ensure_ascii=False)),
    )
