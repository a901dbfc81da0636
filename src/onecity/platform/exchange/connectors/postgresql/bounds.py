"""Cuts a table into key ranges."""

from collections.abc import Sequence
from typing import Final

from psycopg import sql

from onecity.platform.exchange.connectors.postgresql.links import translated
from onecity.platform.exchange.connectors.postgresql.shapes import Link, PgTable

_WHOLE: Final = frozenset({"int2", "int4", "int8"})
_SAMPLED: Final = 10_000


def bounds_of(link: Link, table: PgTable, *, parts: int) -> Sequence[str | int]:
    """Return at most parts - 1 growing bounds of the first key column, taken from a sample of its values.

    Raises: Unreachable, NotUnderstood.
    """
    if not table.key or parts < 2:
        return ()
    column = table.column(table.key[0])
    name = sql.Identifier(column.name)
    shares = [number / parts for number in range(1, parts)]
    query = sql.SQL(
        "SELECT DISTINCT bound::text AS told, bound FROM (SELECT unnest(percentile_disc(%s::float8[]) WITHIN GROUP"
        " (ORDER BY {name})) AS bound FROM (SELECT {name} FROM {table} TABLESAMPLE SYSTEM (%s) LIMIT {rows}) s) b"
        " WHERE bound IS NOT NULL ORDER BY b.bound"
    ).format(name=name, table=table.identifier, rows=sql.Literal(_SAMPLED * 100))
    with translated():
        row = link.execute("SELECT greatest(reltuples, 1) FROM pg_class WHERE oid = %s", [table.oid]).fetchone()
        share = min(100.0, 100.0 * _SAMPLED / float(str(row[0] if row else 1)))
        rows = link.execute(query, [shares, max(share, 1.0)]).fetchall()
    found = [str(text) for text, _ in rows]
    return [int(text) for text in found] if column.type in _WHOLE else found
