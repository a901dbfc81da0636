"""Checksums of columns that do not depend on the order of rows: what was sent is compared with what arrived.

| Arrow type | Sum |
|---|---|
| string (text, UUID, JSON) | Σ hashtextextended over the UTF-8 bytes |
| integer, boolean (0, 1), time (µs), date and timestamp without zone (µs since 2000-01-01) | Σ hashint8extended |
| float | Σ hashfloat8extended |
| binary | Σ hashtextextended over the small hexadecimal text |
| decimal | number of values and their exact total |

Σ is modulo 2⁶⁴; nulls add nothing. Source: house rule, over PostgreSQL's hash functions (`rules.hashing`).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from onecity.platform.exchange.rules.hashing import PADDING, Hashes, hash_fields, hash_floats, hash_integers

T = TypeVar("T", bound=np.generic)
_WHOLE: Final = 1 << 64
_DAYS_TO_2000: Final = 10_957
_US_TO_2000: Final = _DAYS_TO_2000 * 86_400_000_000


@dataclass(slots=True)
class Sums:
    """The sums of some columns, growing block by block.

    counted: columns of which only the values that are there are counted, because both sides may write one value
    differently (JSON).
    """

    counted: Collection[str] = ()
    hashes: dict[str, int] = field(default_factory=dict)
    totals: dict[str, tuple[int, str]] = field(default_factory=dict)

    def add(self, batch: pa.RecordBatch) -> None:
        """Add all rows of a batch; columns have the types of the table above, the same in every batch.

        Raises: TypeError for a type that has no sum.
        """
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            if name in self.counted:
                self.add_total(name, len(column) - column.null_count, Decimal(0))
            elif pa.types.is_decimal(column.type):
                self.add_total(name, len(column) - column.null_count, _total(column))
            else:
                self.add_hashes(name, hashes(column))

    def add_hashes(self, name: str, found: Hashes) -> None:
        """Add values' hashes to a column."""
        self.add_hash(name, int(found.sum(dtype=np.uint64)))

    def add_hash(self, name: str, found: int) -> None:
        """Add a sum of hashes, signed or not, to a column."""
        self.hashes[name] = (self.hashes.get(name, 0) + found) % _WHOLE

    def add_total(self, name: str, count: int, total: Decimal) -> None:
        """Add decimals to a column."""
        before, so_far = self.totals.get(name, (0, "0"))
        self.totals[name] = (before + count, plain(Decimal(so_far) + total))

    def add_results(self, results: Mapping[str, str]) -> None:
        """Add what other sums came to."""
        for name, text in results.items():
            count, colon, total = text.partition(":")
            if colon:
                self.add_total(name, int(count), Decimal(total))
            else:
                self.add_hash(name, int(text, 16))

    def result(self) -> dict[str, str]:
        """Return column → sum: sixteen hexadecimal digits, or `count:total`."""
        found = {name: f"{value:016x}" for name, value in self.hashes.items()}
        return found | {name: f"{count}:{total}" for name, (count, total) in self.totals.items()}


def sums_of(results: Mapping[str, str], *, counted: Collection[str] = ()) -> Sums:
    """Return the sums that `result` once told, to go on from there."""
    found = Sums(counted=counted)
    found.add_results(results)
    return found


def plain(number: Decimal) -> str:
    """Return a decimal without exponent and without zeros at its end, so that equal numbers are equal texts."""
    if not number.is_finite():
        return str(number)
    text = format(number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"-0", ""} else text


def hashes(column: pa.Array) -> Hashes:
    """Return the hash of each value that is there. Raises: TypeError for a type that has no sum."""
    values = column.drop_null() if column.null_count else column
    kind = values.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return _text_hashes(values.cast(pa.large_string()))
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return _text_hashes(pa.array([value.hex() for value in values.to_pylist()], pa.large_string()))
    if pa.types.is_floating(kind):
        return hash_floats(_numbers(values, pa.float64(), np.float64))
    return hash_integers(_integers(values))


def _integers(values: pa.Array) -> npt.NDArray[np.int64]:
    kind = values.type
    if pa.types.is_timestamp(kind) and kind.tz is None:
        return _numbers(values.cast(pa.timestamp("us")), pa.int64(), np.int64) - _US_TO_2000
    if pa.types.is_time(kind):
        return _numbers(values.cast(pa.time64("us")), pa.int64(), np.int64)
    if pa.types.is_date(kind):
        return _integers(values.cast(pa.timestamp("us")))
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        return _numbers(values, pa.int64(), np.int64)
    raise TypeError(f"no sum of columns of type {kind}")


def _numbers(values: pa.Array, kind: pa.DataType, dtype: type[T]) -> npt.NDArray[T]:
    return np.asarray(values.cast(kind).to_numpy(zero_copy_only=False), dtype)


def _text_hashes(values: pa.Array) -> Hashes:
    _, places, content = values.buffers()
    bounds = np.frombuffer(places, np.int64)[values.offset : values.offset + len(values) + 1]
    first, last = (int(bounds[0]), int(bounds[-1])) if len(bounds) else (0, 0)
    octets = np.zeros(last - first + PADDING, np.uint8)
    if content is not None:
        octets[: last - first] = np.frombuffer(content, np.uint8)[first:last]
    return hash_fields(octets, starts=bounds[:-1] - first, lengths=np.diff(bounds))


def _total(column: pa.Array) -> Decimal:
    wide = column.cast(pa.decimal256(76, column.type.scale))
    total = pc.sum(wide).as_py()
    return Decimal(0) if total is None else Decimal(total)
