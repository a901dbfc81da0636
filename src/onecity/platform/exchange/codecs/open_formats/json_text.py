"""JSON and GeoJSON, one object after the other."""

from collections.abc import Iterator
from typing import BinaryIO, Final

import msgspec
import pyarrow as pa

from onecity.platform.exchange.codecs.open_formats.shapes import GEOMETRY

_ENCODER: Final = msgspec.json.Encoder(decimal_format="number")
_NULL: Final = msgspec.Raw(b"null")


class _Feature(msgspec.Struct, tag_field="type", tag="Feature"):
    geometry: msgspec.Raw
    properties: dict[str, object]


def write_json(batches: Iterator[pa.RecordBatch], schema: pa.Schema, out: BinaryIO) -> int:
    """Write batches as one array of objects; instants carry the city's offset, decimals stay exact, places are GeoJSON.

    Source: RFC 8259.
    """
    raw = _raw_columns(schema)
    out.write(b"[")
    rows = 0
    for row in _objects(batches, raw):
        out.write((b"\n" if not rows else b",\n") + _ENCODER.encode(row))
        rows += 1
    out.write(b"\n]\n")
    return rows


def write_geojson(batches: Iterator[pa.RecordBatch], schema: pa.Schema, out: BinaryIO) -> int:
    """Write batches as a FeatureCollection; the column of places gives the geometries (WGS 84, longitude first).

    Source: RFC 7946.
    """
    raw = _raw_columns(schema)
    out.write(b'{"type":"FeatureCollection","features":[')
    rows = 0
    for row in _objects(batches, raw):
        place = row.pop(GEOMETRY, None)
        feature = _Feature(place if isinstance(place, msgspec.Raw) else _NULL, row)
        out.write((b"\n" if not rows else b",\n") + _ENCODER.encode(feature))
        rows += 1
    out.write(b"\n]}\n")
    return rows


def _raw_columns(schema: pa.Schema) -> frozenset[str]:
    said = {item.name: (item.metadata or {}).get(b"type", b"") for item in schema}
    return frozenset(name for name, kind in said.items() if kind == b"json" or name == GEOMETRY)


def _objects(batches: Iterator[pa.RecordBatch], raw: frozenset[str]) -> Iterator[dict[str, object]]:
    for batch in batches:
        for row in batch.to_pylist():
            for name in raw:
                if isinstance(row[name], str):
                    row[name] = msgspec.Raw(row[name].encode())
            yield row
