"""Fields of a version as columns that can be carried."""

from collections.abc import Collection

from onecity.platform.exchange.contracts.tables import ColumnShape, LogicalType
from onecity.platform.exchange.models import DataField


def field_shapes(code: str, *, version: int, columns: Collection[str]) -> list[ColumnShape]:
    """Return some fields of a dataset's version as columns, in the catalogue's order."""
    rows = DataField.objects.filter(version__dataset__code=code, version__number=version, name__in=columns)
    return [
        ColumnShape(
            name=row.name,
            type=LogicalType(row.type),
            nullable=row.nullable,
            length=row.length,
            precision=row.precision,
            scale=row.scale,
            title=row.title,
        )
        for row in rows.order_by("position")
    ]
