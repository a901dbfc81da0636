"""Checks that follow from the target's own table: what it would refuse is found before it is sent."""

from typing import Final

from onecity.platform.exchange.contracts.plans import Check, CheckKind
from onecity.platform.exchange.contracts.tables import ColumnShape, LogicalType, TableShape

_WHOLE_NUMBERS: Final = {
    "smallint": 15, "int2": 15, "smallserial": 15, "integer": 31, "int": 31, "int4": 31, "serial": 31,
}  # fmt: skip


def implied_checks(shape: TableShape) -> tuple[Check, ...]:
    """Return the checks that a table's columns demand: present where not nullable or key, length, digits, width."""
    found: list[Check] = []
    for column in shape.columns:
        if not column.nullable or column.name in shape.key:
            found.append(_check("not_null", CheckKind.NOT_NULL, column, (), "completeness"))
        if column.type is LogicalType.TEXT and column.length:
            found.append(_check("length", CheckKind.LENGTH, column, ("", str(column.length))))
        limit = _largest(column)
        if limit:
            found.append(_check("range", CheckKind.RANGE, column, (f"-{limit}", limit)))
    return tuple(found)


def _check(
    name: str, kind: CheckKind, column: ColumnShape, values: tuple[str, ...], dimension: str = "conformity"
) -> Check:
    return Check(f"shape.{name}.{column.name}", kind, (column.name,), values, dimension=dimension)


def _largest(column: ColumnShape) -> str:
    """Return the largest number that the column takes; empty when nothing needs to be checked."""
    if column.type is LogicalType.DECIMAL and column.precision:
        scale = column.scale or 0
        whole = "9" * max(column.precision - scale, 0) or "0"
        return f"{whole}.{'9' * scale}" if scale else whole
    if column.type is LogicalType.INTEGER and column.native.lower() in _WHOLE_NUMBERS:
        return str(2 ** _WHOLE_NUMBERS[column.native.lower()] - 1)
    return ""
