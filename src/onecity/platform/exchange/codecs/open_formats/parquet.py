"""Parquet; with a column of places it is GeoParquet."""

import json
from collections.abc import Iterator
from typing import BinaryIO

import pyarrow as pa
from pyarrow import parquet

from onecity.platform.exchange.codecs.open_formats.shapes import GEOMETRY


def write_parquet(batches: Iterator[pa.RecordBatch], schema: pa.Schema, out: BinaryIO) -> int:
    """Write batches as Parquet, compressed with Zstandard; titles and units of fields stand in the schema.

    Source: GeoParquet 1.1, for the column of places (WKB).
    """
    if GEOMETRY in schema.names:
        places = {"encoding": "WKB", "geometry_types": []}
        said = {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: places}}
        schema = schema.with_metadata({**(schema.metadata or {}), b"geo": json.dumps(said).encode()})
    rows = 0
    with parquet.ParquetWriter(out, schema, compression="zstd") as writer:
        for batch in batches:
            writer.write_batch(batch.cast(schema))
            rows += batch.num_rows
    return rows
