"""Fields of fixed length, gathered for a whole column."""

from enum import StrEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from onecity.platform.exchange.codecs.pgcopy.walking import Rows, Torn


class Kind(StrEnum):
    """How a column's fields are written, and read here."""

    INT2 = "int2"
    INT4 = "int4"
    INT8 = "int8"
    BOOL = "bool"
    FLOAT4 = "float4"
    FLOAT8 = "float8"
    NUMERIC = "numeric"
    TEXT = "text"  # text, varchar, bpchar, json, enums
    JSONB = "jsonb"
    BYTES = "bytea"
    DATE = "date"
    TIME = "time"
    STAMP = "timestamp"  # with time zone or without: microseconds since 2000-01-01
    UUID = "uuid"
    OPAQUE = "opaque"  # passed on as it is, never looked into


WIDTHS: Final = {
    Kind.INT2: ">i2", Kind.INT4: ">i4", Kind.INT8: ">i8", Kind.BOOL: ">i1", Kind.FLOAT4: ">f4", Kind.FLOAT8: ">f8",
    Kind.DATE: ">i4", Kind.TIME: ">i8", Kind.STAMP: ">i8",
}  # fmt: skip


def present(rows: Rows, column: int) -> npt.NDArray[np.bool_]:
    """Return which rows have a value."""
    found: npt.NDArray[np.bool_] = rows.lengths[column] >= 0
    return found


def integers(rows: Rows, column: int, *, kind: Kind) -> npt.NDArray[np.int64]:
    """Return whole numbers, days or microseconds; 0 for null. Raises: Torn if a field has another width."""
    return _gathered(rows, column, kind=kind).astype(np.int64)


def floats(rows: Rows, column: int, *, kind: Kind) -> npt.NDArray[np.float64]:
    """Return floating-point numbers; 0 for null. Raises: Torn if a field has another width."""
    return _gathered(rows, column, kind=kind).astype(np.float64)


def _gathered(rows: Rows, column: int, *, kind: Kind) -> npt.NDArray[np.generic]:
    dtype = np.dtype(WIDTHS[kind])
    there = present(rows, column)
    if (rows.lengths[column][there] != dtype.itemsize).any():
        raise Torn(f"field {column} is no {kind}")
    values = np.ndarray((len(rows.octets) - 7,), dtype, rows.octets, strides=(1,))
    found: npt.NDArray[np.generic] = values[rows.offsets[column]]
    if not there.all():
        found[~there] = 0
    return found


def content(rows: Rows, column: int, *, kind: Kind) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return first bytes and lengths of texts and bytes; jsonb without its version; length 0 for null."""
    skipped = 1 if kind is Kind.JSONB else 0
    return rows.offsets[column] + skipped, np.maximum(rows.lengths[column] - skipped, 0)
