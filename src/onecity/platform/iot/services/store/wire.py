"""Arrays in PostgreSQL's binary forms: rows for COPY, and array parameters; no Python object for any value.

COPY row:  fields(2) │ len(4) datastream(4) │ len(4) at(8) │ len(4) result(8) │ len(4) quality(2) │ len(4) at(8)
array:     ndim(4) flags(4) oid(4) size(4) lower(4) │ len(4) value │ len(4) value …
"""

import struct
from typing import Final

import numpy as np
import psycopg
from django.db import connection
from numpy.typing import NDArray
from psycopg.adapt import Dumper
from psycopg.pq import Format

COPY: Final = "COPY iot_observation (datastream_id, phenomenon_at, result, quality, received_at) FROM STDIN BINARY"
_HEAD: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TAIL: Final = b"\xff\xff"

_ROW: Final = np.dtype(
    [
        ("fields", ">i2"),
        ("datastream_len", ">i4"),
        ("datastream", ">i4"),
        ("at_len", ">i4"),
        ("at", ">i8"),
        ("result_len", ">i4"),
        ("result", ">f8"),
        ("quality_len", ">i4"),
        ("quality", ">i2"),
        ("received_len", ">i4"),
        ("received", ">i8"),
    ]
)
_NULL_ROW: Final = np.dtype([(name, _ROW[name]) for name in _ROW.names or () if name != "result"])
_LENGTHS: Final = {"fields": 5, "datastream_len": 4, "at_len": 8, "result_len": 8, "quality_len": 2, "received_len": 8}


def _template(dtype: np.dtype[np.void], *, null: bool) -> NDArray[np.void]:
    row = np.zeros(1, dtype)
    for name, length in _LENGTHS.items():
        row[name] = -1 if null and name == "result_len" else length
    return row


_FULL: Final = _template(_ROW, null=False)
_EMPTY: Final = _template(_NULL_ROW, null=True)


def copy_rows(
    datastream: NDArray[np.int32],
    at: NDArray[np.int64],
    result: NDArray[np.float64],
    quality: NDArray[np.uint8],
    *,
    received: int,
) -> bytes:
    """Return readings as the bytes of a whole binary COPY; a NaN becomes NULL. received: microseconds since 2000."""
    void = np.isnan(result)
    if not void.any():
        return _HEAD + _rows(_FULL, datastream, at, result, quality, received) + _TAIL
    there = ~void
    full = _rows(_FULL, datastream[there], at[there], result[there], quality[there], received)
    return _HEAD + full + _rows(_EMPTY, datastream[void], at[void], None, quality[void], received) + _TAIL


def _rows(
    template: NDArray[np.void],
    datastream: NDArray[np.int32],
    at: NDArray[np.int64],
    result: NDArray[np.float64] | None,
    quality: NDArray[np.uint8],
    received: int,
) -> bytes:
    rows = np.repeat(template, len(datastream))
    rows["datastream"] = datastream
    rows["at"] = at
    if result is not None:
        rows["result"] = result
    rows["quality"] = quality
    rows["received"] = received
    return rows.tobytes()


class PgArray:
    """An array parameter, ready in its binary form."""

    def __init__(self, oid: int, code: str, values: NDArray[np.generic]) -> None:
        element = np.dtype([("len", ">i4"), ("value", code)])
        rows = np.empty(len(values), element)
        rows["len"] = np.dtype(code).itemsize
        rows["value"] = values
        self.data = struct.pack(">5i", 1, 0, oid, len(values), 1) + rows.tobytes()


class Integers(PgArray):
    """An `integer[]`."""

    def __init__(self, values: NDArray[np.generic]) -> None:
        super().__init__(23, ">i4", values)


class Bigints(PgArray):
    """A `bigint[]`."""

    def __init__(self, values: NDArray[np.generic]) -> None:
        super().__init__(20, ">i8", values)


class Smallints(PgArray):
    """A `smallint[]`."""

    def __init__(self, values: NDArray[np.generic]) -> None:
        super().__init__(21, ">i2", values)


class Instants(PgArray):
    """A `timestamptz[]` from microseconds since 2000."""

    def __init__(self, values: NDArray[np.generic]) -> None:
        super().__init__(1184, ">i8", values)


class Floats(PgArray):
    """A `double precision[]`; NaN stays NaN."""

    def __init__(self, values: NDArray[np.generic]) -> None:
        super().__init__(701, ">f8", values)


class _ArrayDumper(Dumper):
    format = Format.BINARY

    def dump(self, obj: PgArray) -> bytes:
        return obj.data


_OIDS: Final = {Integers: 1007, Bigints: 1016, Smallints: 1005, Instants: 1185, Floats: 1022}
_DUMPERS: Final = {kind: type(f"{kind.__name__}Dumper", (_ArrayDumper,), {"oid": oid}) for kind, oid in _OIDS.items()}


def bulk_cursor() -> "psycopg.Cursor[tuple[object, ...]]":
    """Return a cursor on Django's own connection, inside its transaction, that takes arrays of this module."""
    connection.ensure_connection()
    cursor: psycopg.Cursor[tuple[object, ...]] = psycopg.Cursor(connection.connection)
    for kind, dumper in _DUMPERS.items():
        cursor.adapters.register_dumper(kind, dumper)
    return cursor


def micros_sql(column: str) -> str:
    """Return SQL that gives a `timestamptz` column as microseconds since 2000."""
    return f"((extract(epoch FROM {column}) * 1000000)::bigint - 946684800000000)"
