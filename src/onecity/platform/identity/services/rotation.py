"""Turning keys over: personal data sealed and hashed anew with the newest data keys, in batches, while the city runs.

The order keeps every value findable: first a new hash key, then, once every process uses it, a new sealing key. So
what is sealed with the newest key is hashed with the newest key too, and its version tells whether a value is done.
"""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection, transaction

from onecity.kernel.actor import Actor, system_actor
from onecity.kernel.errors import OneCityError
from onecity.kernel.text import zh
from onecity.platform.identity.declare import PersonalColumn
from onecity.platform.identity.models import DataKey
from onecity.platform.identity.registries import personal_columns
from onecity.platform.identity.services import keys
from onecity.platform.identity.services.audit import record
from onecity.platform.identity.services.personal import open_text, seal_text, search_hash
from onecity.platform.jobs.declare import Progress

JOB: Final = "identity.reseal"
BATCH: Final = 500
SETTLE_SECONDS: Final = keys.NEWEST_KNOWN_SECONDS + 1
NAMED_AT_MOST: Final = 100


@dataclass(frozen=True, slots=True)
class Resealed:
    """What one batch did: values sealed anew, rows whose value cannot be opened, and the last row's key."""

    changed: int
    unreadable: tuple[int, ...]
    last: int


def draw_keys(actor: Actor, *, now: datetime) -> None:
    """Draw a new hash key and a new sealing key, and wait after each until every process uses it. now: real time."""
    for purpose in (DataKey.Purpose.INDEX, DataKey.Purpose.SEAL):
        keys.add_data_key(actor, purpose=purpose, now=now)
        time.sleep(SETTLE_SECONDS)


def run_reseal(progress: Progress, arguments: Mapping[str, object]) -> Mapping[str, object]:
    """Seal and hash anew every personal value that an older key sealed; the job.

    May be stopped and begun again: what is done is passed over. What cannot be opened is left as it is, and told.
    """
    columns = list(personal_columns())
    total = sum(outdated(column) for column in columns)
    changed, unreadable = 0, list[str]()
    for column in columns:
        for batch in batches(column):
            changed += batch.changed
            unreadable += [f"{column.table}:{key}" for key in batch.unreadable]
            progress.step(changed + len(unreadable), total=total, note=column.name)
    named = "、".join(unreadable[:NAMED_AT_MOST])
    record(system_actor("reseal"), action="identity.reseal", details={"changed": changed, "unreadable": named})
    return {zh("重新加密数量"): changed, zh("无法解密数量"): len(unreadable), zh("无法解密的记录"): named}


def outdated(column: PersonalColumn) -> int:
    """Return how many values of a column an older key sealed."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {column.table} WHERE {_older(column)}", [_newest()])
        return int(cursor.fetchone()[0])


def batches(column: PersonalColumn) -> Iterator[Resealed]:
    """Yield what each batch of a column did, each in a transaction of its own, until no older value is left."""
    batch = reseal_batch(column, after=-1)
    while batch is not None:
        yield batch
        batch = reseal_batch(column, after=batch.last)


def reseal_batch(column: PersonalColumn, *, after: int) -> Resealed | None:
    """Seal and hash anew the next older values behind the row `after`; None when there are none.

    The rows are locked while it lasts, so a change by somebody else is neither lost nor undone.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {column.key}, {column.sealed} FROM {column.table}"
            f" WHERE {_older(column)} AND {column.key} > %s ORDER BY {column.key} LIMIT {BATCH} FOR UPDATE",
            [_newest(), after],
        )
        rows = [(int(key), bytes(sealed)) for key, sealed in cursor.fetchall()]
        if not rows:
            return None
        fresh, unreadable = _fresh(column, rows)
        cursor.execute(
            f"UPDATE {column.table} AS t SET {column.sealed} = fresh.sealed"
            + (f", {column.hashed} = fresh.hashed" if column.hashed else "")
            + " FROM unnest(%s::bigint[], %s::bytea[], %s::text[]) AS fresh(key, sealed, hashed)"
            f" WHERE t.{column.key} = fresh.key",
            [[item[place] for item in fresh] for place in range(3)],
        )
    return Resealed(len(fresh), tuple(unreadable), rows[-1][0])


def _fresh(column: PersonalColumn, rows: list[tuple[int, bytes]]) -> tuple[list[tuple[int, bytes, str]], list[int]]:
    fresh, unreadable = [], []
    for key, sealed in rows:
        try:
            text = open_text(sealed, context=column.bound)
        except OneCityError:
            unreadable.append(key)
        else:
            fresh.append((key, seal_text(text, context=column.bound), search_hash(text) if column.hashed else ""))
    return fresh, unreadable


def _older(column: PersonalColumn) -> str:
    """Return the condition for values whose key version (bytes 3 and 4, see `kernel.ciphers.sealing`) is not this."""
    return f"length({column.sealed}) > 0 AND substring({column.sealed} FROM 3 FOR 2) <> %s::bytea"


def _newest() -> bytes:
    return keys.sealing_key().version.to_bytes(2, "big")
