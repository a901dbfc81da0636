"""Checksums: the same from Arrow, from binary COPY and from PostgreSQL itself."""

import datetime
from decimal import Decimal
from typing import Any

import psycopg
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.servers.postgresql import PostgresServer

from onecity.platform.exchange.rules.hashing import hash_integers
from onecity.platform.exchange.rules.sums import Sums, hashes, plain, sums_of

TEXTS = ["", "a", "张三", "x" * 11, "x" * 12, "x" * 13, "吉林省长春市", "y" * 4000] + [
    "z" * length for length in range(64)
]
INTEGERS = [0, 1, -1, 2**31, -(2**31) - 1, 2**63 - 1, -(2**63), 20240101]
FLOATS = [0.0, -0.0, 1.5, float("nan"), float("inf"), -1e-310, 2e300]


def as_signed(column: pa.Array) -> list[int]:
    return [int(value) for value in hashes(column).view("int64")]


def by_server(postgres: PostgresServer, expression: str, values: list[Any], kind: str) -> list[int]:
    with psycopg.connect(f"host={postgres.folder} dbname=postgres user=postgres") as link:
        rows = link.execute(
            f"SELECT {expression} FROM unnest(%s::{kind}[]) WITH ORDINALITY u(v, n) ORDER BY n", (values,)
        ).fetchall()
    return [int(str(row[0])) for row in rows]


def test_texts_hash_as_in_postgresql(postgres: PostgresServer) -> None:
    assert as_signed(pa.array(TEXTS)) == by_server(postgres, "hashtextextended(v, 0)", TEXTS, "text")


def test_integers_hash_as_in_postgresql(postgres: PostgresServer) -> None:
    assert as_signed(pa.array(INTEGERS)) == by_server(postgres, "hashint8extended(v, 0)", INTEGERS, "int8")


def test_floats_hash_as_in_postgresql(postgres: PostgresServer) -> None:
    assert as_signed(pa.array(FLOATS)) == by_server(postgres, "hashfloat8extended(v, 0)", FLOATS, "float8")


def test_instants_hash_as_in_postgresql(postgres: PostgresServer) -> None:
    moments = [datetime.datetime(1969, 7, 20, 20, 17, 40, 123456), datetime.datetime(2026, 3, 10)]  # noqa: DTZ001  # wall clock
    days = [moment.date() for moment in moments]
    times = [moment.time() for moment in moments]
    expression = "timestamp_hash_extended(v::timestamp, 0)"
    assert as_signed(pa.array(moments)) == by_server(postgres, expression, moments, "timestamp")
    assert as_signed(pa.array(days)) == by_server(postgres, expression, days, "date")
    assert as_signed(pa.array(times)) == by_server(postgres, "time_hash_extended(v, 0)", times, "time")


def test_bytes_hash_as_their_hexadecimal_text(postgres: PostgresServer) -> None:
    values = [b"", b"\0\xff", b"abc"]
    found = by_server(postgres, "hashtextextended(encode(v, 'hex'), 0)", values, "bytea")
    assert as_signed(pa.array(values, pa.binary())) == found


def batch(rows: list[tuple[int | None, str | None, Decimal | None, bool | None]]) -> pa.RecordBatch:
    columns = list(zip(*rows, strict=True)) if rows else [(), (), (), ()]
    types = [pa.int64(), pa.string(), pa.decimal128(12, 2), pa.bool_()]
    return pa.RecordBatch.from_arrays(
        [pa.array(column, kind) for column, kind in zip(columns, types, strict=True)], names=["a", "b", "c", "d"]
    )


rows = st.lists(
    st.tuples(
        st.none() | st.integers(-(2**63), 2**63 - 1),
        st.none() | st.text(max_size=20),
        st.none() | st.decimals(-10_000, 10_000, places=2, allow_nan=False),
        st.none() | st.booleans(),
    ),
    max_size=20,
)


@given(rows, st.randoms())
def test_order_and_blocks_do_not_matter(some: list[Any], random: Any) -> None:
    whole, parts = Sums(), Sums()
    whole.add(batch(some))
    mixed = some.copy()
    random.shuffle(mixed)
    parts.add(batch(mixed[: len(mixed) // 2]))
    parts.add(batch(mixed[len(mixed) // 2 :]))
    assert whole.result() == parts.result()
    assert sums_of(whole.result()).result() == whole.result()


def test_one_changed_value_changes_its_sum_alone() -> None:
    one, other = Sums(), Sums()
    one.add(batch([(1, "a", Decimal(1), True)]))
    other.add(batch([(1, "b", Decimal(1), True)]))
    assert {name for name, text in one.result().items() if other.result()[name] != text} == {"b"}


def test_counted_columns_tell_how_many_values_there_are() -> None:
    sums = Sums(counted=("b",))
    sums.add(batch([(1, "a", None, None), (2, None, None, None)]))
    assert sums.result()["b"] == "1:0"


def test_sums_of_nothing_and_of_something_add_up() -> None:
    first, second = Sums(), Sums()
    first.add(batch([(1, "a", Decimal("0.10"), True)]))
    second.add(batch([(2, "b", Decimal("0.20"), None)]))
    both = sums_of(first.result())
    both.add_results(second.result())
    assert both.result()["c"] == "2:0.3"


def test_a_type_without_sum_is_an_error() -> None:
    with pytest.raises(TypeError):
        hashes(pa.array([[1]]))


def test_hash_of_no_values_is_no_hash() -> None:
    assert len(hash_integers(pa.array([], pa.int64()).to_numpy())) == 0
    assert len(hashes(pa.array([], pa.string()))) == 0


@pytest.mark.parametrize(
    ("text", "shown"), [("1.50", "1.5"), ("-0.00", "0"), ("100", "100"), ("1E+3", "1000"), ("NaN", "NaN")]
)
def test_decimals_are_written_plainly(text: str, shown: str) -> None:
    assert plain(Decimal(text)) == shown
