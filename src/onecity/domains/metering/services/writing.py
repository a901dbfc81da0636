"""Puts many computed rows into a table by one statement; what already stands there so is left untouched."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import connection

from onecity.domains.metering.models import MeterDay, ZoneDay

Row = Mapping[str, object]
_NOT_COMPARED = frozenset({"id", "computed_at"})


def put(
    model: type[MeterDay] | type[ZoneDay], rows: Sequence[Row], *, key: Sequence[str], now: datetime
) -> list[tuple[object, ...]]:
    """Insert or change rows; return the keys of those that are new or different.

    rows: column values as JSON takes them, numbers as texts. now: city time, kept of what changed.
    """
    if not rows:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_statement(model, key), [now, json.dumps(rows, default=str)])
        return list(cursor.fetchall())


def _statement(model: type[MeterDay] | type[ZoneDay], key: Sequence[str]) -> str:
    fields = [field for field in model._meta.concrete_fields if field.name not in _NOT_COMPARED]
    table, columns = model._meta.db_table, [str(field.column) for field in fields]
    typed = ", ".join(f'"{field.column}" {field.db_type(connection)}' for field in fields)
    compared = [column for column in columns if column not in key]
    sets = ", ".join(f'"{column}" = excluded."{column}"' for column in compared)
    return f"""
        INSERT INTO {table} AS t ({_names(columns)}, computed_at)
        SELECT {_names(columns)}, %s FROM jsonb_to_recordset(%s::jsonb) AS r({typed}) ORDER BY {_names(key)}
        ON CONFLICT ({_names(key)}) DO UPDATE SET {sets}, computed_at = excluded.computed_at
        WHERE ({_names(compared, "t.")}) IS DISTINCT FROM ({_names(compared, "excluded.")})
        RETURNING {_names(key, "t.")}
    """


def _names(columns: Iterable[str], prefix: str = "") -> str:
    return ", ".join(f'{prefix}"{column}"' for column in columns)
