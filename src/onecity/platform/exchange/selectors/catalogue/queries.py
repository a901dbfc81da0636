"""The query interface's reading: pages by key, and counts that never scan a whole table."""

import json
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Final

from django.db import DataError, OperationalError, connection, transaction
from psycopg import sql

from onecity.kernel.errors import Unavailable
from onecity.kernel.text import zh
from onecity.platform.exchange.contracts.catalogue import FieldText, RowFilter, RowPage, RowQuery
from onecity.platform.exchange.rules.row_queries import BadQuery, read_mark, read_order, write_mark
from onecity.platform.exchange.selectors.catalogue.rows import declared_dataset, source

COUNTED_UP_TO: Final = 10_000
LONGEST_MS: Final = 5_000
LARGEST_PAGE: Final = 1_000
_CASTS: Final = {
    "text": "text",
    "integer": "bigint",
    "decimal": "numeric",
    "float": "double precision",
    "boolean": "boolean",
    "date": "date",
    "time": "time",
    "timestamp": "timestamptz",
    "uuid": "uuid",
}
_COMPARES: Final = {"eq": "=", "ne": "<>", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_CANCELLED: Final = "57014"
Parameters = list[str | list[str] | int]


class QueryTooSlow(Unavailable):
    """The query reads too much."""

    code = "exchange.query_too_slow"
    message = zh("查询耗时过长，请增加条件或改为下载文件")


def query_rows(code: str, *, fields: Sequence[FieldText], query: RowQuery) -> RowPage:
    """Return one page of a declared dataset's rows.

    fields: those that the visitor may see; others can be neither shown nor asked for nor ordered by.
    Raises: BadQuery naming the parameter; NoSuchDataset; NotQueryable; QueryTooSlow.
    """
    known = {field.name: field for field in fields}
    shown = _shown(query, known)
    order, falls = read_order(query.order, names=list(known))
    if order and known[order].type not in _CASTS:
        raise BadQuery(fields={"order": zh("这个字段不能用来排序")})
    if not 1 <= query.size <= LARGEST_PAGE:
        raise BadQuery(fields={"size": zh("每页行数应在 1 到 1000 之间")})
    keys = declared_dataset(code).key
    where, parameters = _conditions(query.filters, known)
    marks = [*([order] if order and order not in keys else []), *keys]
    types = [known[name].type if name in known else "" for name in marks]
    if query.after:
        values = read_mark(query.after, order=query.order, size=len(marks))
        after, more = _after(marks, types, values, falls=falls)
        page_where, page_parameters = [*where, after], [*parameters, *more]
    else:
        page_where, page_parameters = where, parameters
    statement = _page_sql(code, shown, marks, page_where, falls=falls)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(LONGEST_MS)])
            cursor.execute(statement.as_string(None), [*page_parameters, query.size + 1])
            rows = cursor.fetchall()
            count, exact = (None, False) if query.after else _count(code, where, parameters)
    except DataError:
        raise BadQuery(fields={"where": zh("条件中的值与字段类型不符")}) from None
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") != _CANCELLED:
            raise
        raise QueryTooSlow from None
    last = rows[query.size - 1] if len(rows) > query.size else None
    mark = write_mark(query.order, values=[_mark_text(value) for value in last[len(shown) :]]) if last else ""
    return RowPage(tuple(shown), tuple(tuple(row[: len(shown)]) for row in rows[: query.size]), mark, count, exact)


def estimated_rows(code: str) -> tuple[int, bool]:
    """Return how many rows a declared dataset has, and whether they were counted; an estimate beyond the bound."""
    return _count(code, [], [])


def _shown(query: RowQuery, known: dict[str, FieldText]) -> list[str]:
    unknown = [name for name in query.select if name not in known]
    if unknown:
        raise BadQuery(fields={"select": zh("没有这个字段")})
    return list(dict.fromkeys(query.select)) or list(known)


def _column(name: str) -> sql.Composed:
    return sql.SQL("d.{}").format(sql.Identifier(name))


def _conditions(filters: Sequence[RowFilter], known: dict[str, FieldText]) -> tuple[list[sql.Composable], Parameters]:
    where: list[sql.Composable] = []
    parameters: Parameters = []
    for item in filters:
        field = known.get(item.field)
        if field is None or field.type not in _CASTS:
            raise BadQuery(fields={"where": zh("没有这个字段，或它不能用作条件")})
        cast = sql.SQL(_CASTS[field.type])
        column = _column(item.field)
        if item.operator == "null":
            where.append(column + sql.SQL(" IS NULL" if item.values[0] == "true" else " IS NOT NULL"))
        elif item.operator == "in":
            where.append(sql.SQL("{} = ANY(%s::{}[])").format(column, cast))
            parameters.append(list(item.values))
        elif item.operator == "prefix":
            if field.type != "text":
                raise BadQuery(fields={"where": zh("运算符 prefix 只用于文本字段")})
            where.append(sql.SQL("starts_with({}, %s)").format(column))
            parameters.append(item.values[0])
        else:
            sign = sql.SQL(_COMPARES[item.operator])
            where.append(sql.SQL("{} {} %s::{}").format(column, sign, cast))
            parameters.append(item.values[0])
    return where, parameters


def _after(
    names: Sequence[str], types: Sequence[str], values: Sequence[str | None], *, falls: bool
) -> tuple[sql.Composable, Parameters]:
    """Return the condition that a row stands after the mark; the first column may be null and then stands last."""
    sign = sql.SQL("<" if falls else ">")
    casts = [sql.SQL(f"::{_CASTS[kind]}" if kind else "") for kind in types]
    places = [sql.SQL("%s") + cast for cast in casts]
    columns = [_column(name) for name in names]

    def beyond(start: int) -> sql.Composed:
        left, right = sql.SQL(", ").join(columns[start:]), sql.SQL(", ").join(places[start:])
        return sql.SQL("({}) {} ({})").format(left, sign, right)

    given: Parameters = [value for value in values if value is not None]
    if values[0] is None:
        return sql.SQL("({} IS NULL AND {})").format(columns[0], beyond(1)), given
    return sql.SQL("({} OR {} IS NULL)").format(beyond(0), columns[0]), given


def _page_sql(
    code: str, shown: Sequence[str], marks: Sequence[str], where: Sequence[sql.Composable], *, falls: bool
) -> sql.Composed:
    columns = sql.SQL(", ").join(_column(name) for name in [*shown, *marks])
    direction = sql.SQL(" DESC NULLS LAST" if falls else " ASC NULLS LAST")
    order = sql.SQL(", ").join(_column(name) + direction for name in marks)
    return sql.SQL("SELECT {} FROM {}{} ORDER BY {} LIMIT %s").format(columns, source(code), _where(where), order)


def _where(conditions: Sequence[sql.Composable]) -> sql.Composable:
    return sql.SQL(" WHERE ") + sql.SQL(" AND ").join(conditions) if conditions else sql.SQL("")


def _count(code: str, where: Sequence[sql.Composable], parameters: Parameters) -> tuple[int, bool]:
    """Count to the bound; beyond it take the planner's estimate."""
    bounded = sql.SQL("SELECT count(*) FROM (SELECT 1 FROM {}{} LIMIT {}) AS c").format(
        source(code), _where(where), sql.Literal(COUNTED_UP_TO + 1)
    )
    with connection.cursor() as own:
        own.execute(bounded.as_string(None), parameters)
        number = int(own.fetchone()[0])
        if number <= COUNTED_UP_TO:
            return number, True
        plan = sql.SQL("EXPLAIN (FORMAT JSON) SELECT 1 FROM {}{}").format(source(code), _where(where))
        own.execute(plan.as_string(None), parameters)
        found = own.fetchone()[0]
    nodes = json.loads(found) if isinstance(found, str) else found
    return max(number, int(nodes[0]["Plan"]["Plan Rows"])), False


def _mark_text(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, datetime | date | time) else str(value)
