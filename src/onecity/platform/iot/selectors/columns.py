"""Rows as columns: the bytes of a binary COPY of fixed width, taken apart without a Python object for any value.

row:  fields(2) │ length(4) value │ length(4) value …
Statements give no NULL (they say what stands for it), so all rows have one width.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from onecity.platform.iot.contracts import Readings
from onecity.platform.iot.rules.instants import instant

_HEAD: Final = 19
_BLOCK: Final = 4 << 20

Rows = NDArray[np.void]


def row_type(**columns: str) -> np.dtype[np.void]:
    """Return the form of a row. columns: name and big-endian numpy code, `>i4`, `>i8`, `>f8`, `>i2`, `|b1`."""
    fields: list[tuple[str, str]] = [("fields", ">i2")]
    for name, code in columns.items():
        fields += [(f"{name}_len", ">i4"), (name, code)]
    return np.dtype(fields)


READING: Final = row_type(datastream=">i4", at=">i8", result=">f8", quality=">i2")
READING_SQL: Final = "datastream_id, phenomenon_at, COALESCE(result, 'NaN'), quality"


def parsed(data: bytes, form: np.dtype[np.void]) -> Rows:
    """Return the rows of a whole binary COPY."""
    return np.frombuffer(data, form, count=(len(data) - _HEAD - 2) // form.itemsize, offset=_HEAD)


def blocks(parts: Iterable[Any], form: np.dtype[np.void]) -> Iterator[Rows]:
    """Yield the rows of a binary COPY that comes in parts, some megabytes at a time."""
    waiting = bytearray()
    headed = False
    for part in parts:
        waiting += part
        if not headed and len(waiting) >= _HEAD:
            del waiting[:_HEAD]
            headed = True
        if len(waiting) >= _BLOCK:
            whole = len(waiting) // form.itemsize * form.itemsize
            yield np.frombuffer(bytes(waiting[:whole]), form)
            del waiting[:whole]
    count = len(waiting) // form.itemsize  # two bytes that end a COPY may remain
    if count:
        yield np.frombuffer(bytes(waiting[: count * form.itemsize]), form)


def readings_of(rows: Rows) -> Readings:
    """Return rows of the form READING as readings, sorted by datastream and time."""
    found = Readings(
        rows["datastream"].astype(np.int32),
        rows["at"].astype(np.int64),
        rows["result"].astype(np.float64),
        rows["quality"].astype(np.uint8),
    )
    return in_order(found)


def in_order(found: Readings) -> Readings:
    """Return readings sorted by datastream and time; as they are, if they stand so already."""
    later = (found.datastream[1:] > found.datastream[:-1]) | (
        (found.datastream[1:] == found.datastream[:-1]) & (found.at[1:] > found.at[:-1])
    )
    return found if later.all() else found.where(np.lexsort((found.at, found.datastream)))


def ids_sql(numbers: NDArray[np.int32]) -> str:
    """Return whole numbers as an array for SQL; COPY takes no parameters, and numbers hold nothing but digits."""
    return f"'{{{','.join(str(int(number)) for number in numbers)}}}'::integer[]"


def instant_sql(at: int) -> str:
    """Return an instant (microseconds since 2000) for SQL."""
    return f"timestamptz '{_written(instant(at))}'"


def _written(at: datetime) -> str:
    return at.isoformat()
