"""Rows of the platform's own database under conditions: every name quoted, every value a parameter."""

from collections.abc import Sequence
from typing import Final

from django.db import DataError, OperationalError, ProgrammingError, connection, transaction
from psycopg import sql

from onecity.kernel.text import zh
from onecity.platform.exchange.connectors.contract import NotUnderstood, Unreachable
from onecity.platform.exchange.contracts.blocks import Comparison

SECONDS: Final = 20
_SIGNS: Final = {"=": "=", "<>": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


def own_rows(
    table: sql.Composable,
    *,
    columns: Sequence[str],
    conditions: Sequence[Comparison] = (),
    order: Sequence[str] = (),
    after: Sequence[object] | None = None,
    most: int | None = None,
) -> list[dict[str, object]]:
    """Return rows of a table under conditions; in `order`, after the row with these values of it, so many at most.

    A read takes `SECONDS` at most.
    Raises: NotUnderstood for a table or column that is not there; Unreachable when it takes too long.
    """
    parts = [_condition(item) for item in conditions]
    if after is not None:
        names = sql.SQL(", ").join(sql.Identifier(name) for name in order)
        places = sql.SQL(", ").join(sql.Literal(value) for value in after)
        parts.append(sql.SQL("({}) > ({})").format(names, places))
    statement = sql.SQL("SELECT {} FROM {}").format(sql.SQL(", ").join(sql.Identifier(name) for name in columns), table)
    if parts:
        statement += sql.SQL(" WHERE ") + sql.SQL(" AND ").join(parts)
    if order:
        statement += sql.SQL(" ORDER BY ") + sql.SQL(", ").join(sql.Identifier(name) for name in order)
    if most is not None:
        statement += sql.SQL(" LIMIT {}").format(sql.Literal(most))
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{SECONDS}s"])
            cursor.execute(statement.as_string(connection.connection))
            return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    except (ProgrammingError, DataError):
        raise NotUnderstood(params={"reason": zh("表或列不存在，或条件与列的类型不符")}) from None
    except OperationalError:
        raise Unreachable(params={"reason": zh("读取超时")}) from None


def _condition(item: Comparison) -> sql.Composable:
    column = sql.Identifier(item.column)
    match item.operator:
        case "is_null":
            return sql.SQL("{} IS NULL").format(column)
        case "not_null":
            return sql.SQL("{} IS NOT NULL").format(column)
        case "in":
            return sql.SQL("{} IN ({})").format(column, sql.SQL(", ").join(sql.Literal(value) for value in item.values))
        case "prefix":
            return sql.SQL("starts_with({}::text, {})").format(column, sql.Literal(str(item.values[0])))
        case operator:
            return sql.SQL("{} {} {}").format(column, sql.SQL(_SIGNS[operator]), sql.Literal(item.values[0]))
