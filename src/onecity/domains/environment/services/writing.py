"""Puts many reports into a table by one statement; what already stands there so is left untouched."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from fractions import Fraction

from django.db import connection
from django.db.models import Model

from onecity.domains.environment.models.figures import DECIMALS, INDEX_COLUMNS, MEAN_COLUMNS
from onecity.domains.environment.rules.assessing import Assessment
from onecity.kernel.rounding import round_half_up

Row = Mapping[str, object]
_NOT_COMPARED = frozenset({"id", "computed_at", "told_at"})


def put(
    model: type[Model], rows: Sequence[Row], *, key: Sequence[str], now: datetime, told_by: Sequence[str] = ()
) -> list[tuple[object, ...]]:
    """Insert or change reports; return the keys of those that are new or different.

    rows: a value for every column but `id`, `computed_at` and `told_at`. now: city time, kept of what changed.
    told_by: columns that are told to iot; where one changes, the report is told anew.
    """
    if not rows:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_statement(model, key, told_by), [now, json.dumps(rows, default=str)])
        return list(cursor.fetchall())


def row_of(assessment: Assessment) -> dict[str, object]:
    """Return the columns of a report."""
    row: dict[str, object] = {
        "edition_code": assessment.edition_code,
        "aqi": assessment.aqi,
        "level": assessment.level,
        "primary": [item.value for item in assessment.primary],
        "exceeding": [item.value for item in assessment.exceeding],
        "missing": [item.value for item in assessment.missing],
    }
    for pollutant, column in MEAN_COLUMNS.items():
        mean = assessment.means.get(pollutant)
        row[column] = None if mean is None else _written(round_half_up(mean, places=DECIMALS))
        row[INDEX_COLUMNS[pollutant]] = assessment.indices.get(pollutant)
    return row


def _written(value: Fraction) -> str:
    whole, part = divmod(int(value * 10**DECIMALS), 10**DECIMALS)
    return f"{whole}.{part:0{DECIMALS}d}"


def _statement(model: type[Model], key: Sequence[str], told_by: Sequence[str]) -> str:
    fields = [field for field in model._meta.concrete_fields if field.name not in _NOT_COMPARED]
    table, columns = model._meta.db_table, [str(field.column) for field in fields]
    typed = ", ".join(f'"{field.column}" {field.db_type(connection)}' for field in fields)
    compared = [column for column in columns if column not in key]
    sets = [f'"{column}" = excluded."{column}"' for column in compared]
    if told_by:
        same = f"({_names(told_by, 't.')}) IS NOT DISTINCT FROM ({_names(told_by, 'excluded.')})"
        sets.append(f"told_at = CASE WHEN {same} THEN t.told_at END")
    return f"""
        INSERT INTO {table} AS t ({_names(columns)}, computed_at)
        SELECT {_names(columns)}, %s FROM jsonb_to_recordset(%s::jsonb) AS r({typed}) ORDER BY {_names(key)}
        ON CONFLICT ({_names(key)}) DO UPDATE SET {", ".join(sets)}, computed_at = excluded.computed_at
        WHERE ({_names(compared, "t.")}) IS DISTINCT FROM ({_names(compared, "excluded.")})
        RETURNING {_names(key, "t.")}
    """


def _names(columns: Iterable[str], prefix: str = "") -> str:
    return ", ".join(f'{prefix}"{column}"' for column in columns)
