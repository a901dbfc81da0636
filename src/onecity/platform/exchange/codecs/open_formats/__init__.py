"""Open data as files: CSV, JSON, Parquet and GeoJSON, written batch by batch with flat memory."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final, Literal

import pyarrow as pa

from onecity.kernel.text import zh
from onecity.platform.exchange.codecs.open_formats.json_text import write_geojson, write_json
from onecity.platform.exchange.codecs.open_formats.parquet import write_parquet
from onecity.platform.exchange.codecs.open_formats.shapes import GEOMETRY, schema_of
from onecity.platform.exchange.codecs.open_formats.tables import write_csv

__all__ = ["FORMATS", "GEOMETRY", "OpenFormat", "schema_of"]

Geometry = Literal["", "wkt", "geojson", "wkb"]


@dataclass(frozen=True, slots=True)
class OpenFormat:
    """One format. media_type: of IANA's register. geometry: how the column of places is written into the batches.

    write: takes batches of the schema, the schema, and a file; returns how many rows it wrote.
    """

    code: str
    title: str
    media_type: str
    geometry: Geometry
    write: Callable[[Iterator[pa.RecordBatch], pa.Schema, BinaryIO], int]


FORMATS: Final = {
    item.code: item
    for item in (
        OpenFormat("csv", zh("CSV 表格"), "text/csv", "wkt", write_csv),
        OpenFormat("json", zh("JSON 数据"), "application/json", "geojson", write_json),
        OpenFormat("parquet", zh("Parquet 列式数据"), "application/vnd.apache.parquet", "wkb", write_parquet),
        OpenFormat("geojson", zh("GeoJSON 地理数据"), "application/geo+json", "geojson", write_geojson),
    )
}
