"""The columns' checksums in SQL: the same numbers as `rules.sums` and `codecs.pgcopy.summing` give."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from psycopg import sql

from onecity.platform.exchange.codecs.pgcopy.summing import COUNTED
from onecity.platform.exchange.connectors.postgresql.shapes import PgColumn
from onecity.platform.exchange.contracts.tables import ColumnShape, LogicalType
from onecity.platform.exchange.rules.sums import Sums

_TEXT: Final = "hashtextextended({c}::text, 0)"
_BYTES: Final = "hashtextextended(encode({c}::bytea, 'hex'), 0)"
_COUNTED: Final = "CASE WHEN {c} IS NULL THEN 0 ELSE 1 END"
# Of rows that passed in their binary form, by the column's own type; what is not here is text.
_AS_IS: Final = {
    "int2": "hashint2extended({c}, 0)",
    "int4": "hashint4extended({c}, 0)",
    "int8": "hashint8extended({c}, 0)",
    "float4": "hashfloat8extended({c}::float8, 0)",
    "float8": "hashfloat8extended({c}, 0)",
    "bool": "hashint4extended({c}::int, 0)",
    "date": "timestamp_hash_extended({c}::timestamp, 0)",
    "time": "time_hash_extended({c}, 0)",
    "timestamp": "timestamp_hash_extended({c}, 0)",
    "timestamptz": "timestamp_hash_extended(timezone('UTC', {c}), 0)",
    "bytea": _BYTES,
    "bpchar": "hashtextextended(convert_from(bpcharsend({c}), 'UTF8'), 0)",
}
# Of rows that came in the engine's types, whatever type keeps them here; the session shows instants as the city does.
_LOGICAL: Final = {
    LogicalType.TEXT: _TEXT,
    LogicalType.UUID: _TEXT,
    LogicalType.INTEGER: "hashint8extended({c}::int8, 0)",
    LogicalType.FLOAT: "hashfloat8extended({c}::float8, 0)",
    LogicalType.BOOLEAN: "hashint4extended({c}::boolean::int, 0)",
    LogicalType.DATE: "timestamp_hash_extended({c}::date::timestamp, 0)",
    LogicalType.TIME: "time_hash_extended({c}::time, 0)",
    LogicalType.TIMESTAMP: "timestamp_hash_extended({c}::timestamp, 0)",
    LogicalType.BINARY: _BYTES,
    LogicalType.DECIMAL: "{c}::numeric",
    LogicalType.JSON: _COUNTED,
}


@dataclass(frozen=True, slots=True)
class Summed:
    """One column and what of it is summed. expression: of each value, over {c}; form: as `rules.sums` tells it."""

    name: str
    expression: str
    form: Literal["hash", "total", "count"]

    def part(self, of: str) -> sql.Composed:
        """Return the expression over a table or row of that name."""
        return sql.SQL(self.expression).format(c=sql.Identifier(of, self.name))


def passing_sums(columns: Sequence[PgColumn]) -> tuple[Summed, ...]:
    """Return the sums of rows that pass in binary form."""
    return tuple(_passing(column) for column in columns)


def logical_sums(columns: Sequence[ColumnShape]) -> tuple[Summed, ...]:
    """Return the sums of rows that come in the engine's types."""
    forms: dict[LogicalType, Literal["hash", "total", "count"]] = {
        LogicalType.DECIMAL: "total", LogicalType.JSON: "count",
    }  # fmt: skip
    return tuple(Summed(one.name, _LOGICAL[one.type], forms.get(one.type, "hash")) for one in columns)


def select_list(summed: Sequence[Summed], *, of: str) -> sql.Composed:
    """Return for each column the sum of its parts, and the number of its values where that is told."""
    found: list[sql.Composable] = []
    for one in summed:
        found.append(sql.SQL("sum({})").format(one.part(of)))
        if one.form == "total":
            found.append(sql.SQL("count({})").format(sql.Identifier(of, one.name)))
    return sql.SQL(", ").join(found)


def add_row(sums: Sums, summed: Sequence[Summed], row: Sequence[object]) -> None:
    """Add one row of what `select_list` selects."""
    values = iter(row)
    for one in summed:
        value = str(next(values) or 0)
        if one.form == "count":
            sums.add_total(one.name, int(value), Decimal(0))
        elif one.form == "total":
            sums.add_total(one.name, int(str(next(values))), Decimal(value))
        else:
            sums.add_hash(one.name, int(value))


def _passing(column: PgColumn) -> Summed:
    if column.as_is().kind in COUNTED:
        return Summed(column.name, _COUNTED, "count")
    if column.type == "numeric":
        return Summed(column.name, "{c}", "total")
    return Summed(column.name, _AS_IS.get(column.type, _TEXT), "hash")
