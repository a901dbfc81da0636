"""The Arrow schema of a dataset's fields."""

from collections.abc import Mapping, Sequence
from typing import Final

import pyarrow as pa

from onecity.platform.exchange.contracts.catalogue import FieldText

GEOMETRY: Final = "geometry"
"""Name of the column of places, beside the fields."""
_TYPES: Final[Mapping[str, pa.DataType]] = {
    "text": pa.string(),
    "integer": pa.int64(),
    "float": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "time": pa.time64("us"),
    "timestamp": pa.timestamp("us", tz="Asia/Shanghai"),
    "json": pa.string(),
    "uuid": pa.string(),
    "binary": pa.binary(),
}
_WIDEST: Final = 38
_USUAL_SCALE: Final = 6


def arrow_type(field: FieldText) -> pa.DataType:
    """Return the type that a field's values have in a batch."""
    if field.type == "decimal":
        scale = _USUAL_SCALE if field.scale is None else field.scale
        return pa.decimal128(field.precision or _WIDEST, scale)
    return _TYPES[field.type]


def schema_of(fields: Sequence[FieldText], *, geometry: str = "") -> pa.Schema:
    """Return the schema of a dataset's batches; with `geometry` (wkt, geojson, wkb) the column of places stands last.

    Each field carries its Chinese title, its unit and whether it is JSON.
    """
    columns = [pa.field(item.name, arrow_type(item), metadata=_said(item)) for item in fields]
    if geometry:
        columns.append(pa.field(GEOMETRY, pa.binary() if geometry == "wkb" else pa.string()))
    return pa.schema(columns)


def _said(field: FieldText) -> dict[str, str]:
    said = {"title": field.title, "unit": field.unit, "type": field.type}
    return {name: text for name, text in said.items() if text}
