"""Mapping: renames, casts, code translation, expressions; what cannot be cast is a fault of its row alone."""

# ruff: noqa: DTZ001  # sources write wall-clock times without a zone

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.platform.exchange.contracts.blocks import OPERATION_COLUMN
from onecity.platform.exchange.contracts.plans import ColumnMap
from onecity.platform.exchange.contracts.tables import LogicalType as L
from onecity.platform.exchange.rules.casting import as_text, cast_column
from onecity.platform.exchange.rules.mapping import NoSuchColumn, apply_maps, mapped_schema, schema_of


@pytest.mark.parametrize(
    ("type_", "given_", "expected"),
    [
        (L.INTEGER, " 12 ", 12),
        (L.INTEGER, "1e3", 1000),
        (L.INTEGER, "12.0", 12),
        (L.INTEGER, "", None),
        (L.DECIMAL, "12.345", Decimal("12.345")),
        (L.FLOAT, "1.5", 1.5),
        (L.BOOLEAN, "是", True),
        (L.BOOLEAN, "N", False),
        (L.DATE, "2024-01-02", date(2024, 1, 2)),
        (L.DATE, "20240102", date(2024, 1, 2)),
        (L.DATE, "2024/1/2", date(2024, 1, 2)),
        (L.DATE, "2024年1月2日", date(2024, 1, 2)),
        (L.DATE, "2024-01-02 00:00:00", date(2024, 1, 2)),
        (L.TIME, "8:05", time(8, 5)),
        (L.TIME, "08时05分09秒", time(8, 5, 9)),
        (L.TIMESTAMP, "2024-01-02 03:04:05.25", datetime(2024, 1, 2, 3, 4, 5, 250000)),
        (L.TIMESTAMP, "2024年1月2日 3时4分", datetime(2024, 1, 2, 3, 4)),
        (L.TIMESTAMP, "2024-01-02T00:00:00Z", datetime(2024, 1, 2, 8, 0)),
        (L.TIMESTAMP, "20240102", datetime(2024, 1, 2)),
        (L.JSON, '{"a": 1}', '{"a": 1}'),
        (L.UUID, "9E107D9D372BB6826BD81D3542A419D6", "9e107d9d-372b-b682-6bd8-1d3542a419d6"),
        (L.BINARY, "ab", b"ab"),
        (L.TEXT, " 12 ", " 12 "),
    ],
)
def test_text_is_cast(type_: L, given_: str, expected: object) -> None:
    cast = cast_column(pa.array([given_, None]), to=type_)
    assert cast.values.to_pylist() == [expected, None]
    assert cast.failed == ()


@pytest.mark.parametrize(
    ("type_", "bad"),
    [
        (L.INTEGER, "1.5"),
        (L.INTEGER, "9223372036854775808"),
        (L.INTEGER, "1e999999999"),
        (L.INTEGER, "一"),
        (L.DECIMAL, "1" * 70),
        (L.DECIMAL, "NaN"),
        (L.FLOAT, "x"),
        (L.BOOLEAN, "maybe"),
        (L.DATE, "2024-02-30"),
        (L.DATE, "2024-01-02 13:00"),
        (L.TIME, "25:00"),
        (L.TIMESTAMP, "yesterday"),
        (L.JSON, "{"),
        (L.UUID, "123"),
    ],
)
def test_value_that_cannot_be_cast_is_named_and_null(type_: L, bad: str) -> None:
    cast = cast_column(pa.array([None, bad, None]), to=type_)
    assert cast.failed == (1,)
    assert cast.values.to_pylist() == [None, None, None]


def test_numbers_are_never_rounded_to_integers() -> None:
    assert cast_column(pa.array([1.0, 2.5]), to=L.INTEGER).failed == (1,)


def test_date_written_as_a_number_is_read() -> None:
    cast = cast_column(pa.array([20240102, 7]), to=L.DATE)
    assert cast.values.to_pylist() == [date(2024, 1, 2), None]
    assert cast.failed == (1,)


def test_instant_falls_on_the_citys_day() -> None:
    instants = pa.array([datetime(2024, 1, 1, 20, tzinfo=UTC)], pa.timestamp("us", tz="UTC"))
    assert cast_column(instants, to=L.DATE).values.to_pylist() == [date(2024, 1, 2)]
    assert cast_column(instants, to=L.TIME).values.to_pylist() == [time(4)]
    assert cast_column(instants, to=L.TIMESTAMP).values.type.tz == "UTC"


def test_timestamp_without_zone_is_a_date_by_its_face() -> None:
    assert cast_column(pa.array([datetime(2024, 1, 2, 23)]), to=L.DATE).values.to_pylist() == [date(2024, 1, 2)]


def test_nested_dictionary_and_null_columns_are_cast() -> None:
    assert cast_column(pa.array([{"a": 1}, None]), to=L.JSON).values.to_pylist() == ['{"a": 1}', None]
    assert cast_column(pa.array(["1", "1"]).dictionary_encode(), to=L.INTEGER).values.to_pylist() == [1, 1]
    assert cast_column(pa.nulls(2), to=L.BOOLEAN).values.to_pylist() == [None, None]
    assert cast_column(pa.array(["x"], pa.large_string()), to=L.TEXT).values.type == pa.string()


def test_decimals_keep_the_sources_digits_unless_told() -> None:
    given_ = pa.array([Decimal("1.50")])
    assert cast_column(given_, to=L.DECIMAL).values.type == given_.type
    assert cast_column(given_, to=L.DECIMAL, precision=10, scale=1).values.to_pylist() == [Decimal("1.5")]
    assert cast_column(pa.array([Decimal("1.55")]), to=L.DECIMAL, scale=1).failed == (0,)


def test_bytes_that_are_no_text_are_a_fault() -> None:
    assert cast_column(pa.array([b"\xff", b"ok"]), to=L.TEXT).failed == (0,)
    assert as_text(pa.array([True, None])).to_pylist() == ["true", None]


def test_maps_rename_translate_compute_and_cast() -> None:
    batch = pa.record_batch({"xm": ["张三", "李四"], "xb": ["男", "?"], "nl": ["30", "x"]})
    maps = (
        ColumnMap("name", L.TEXT, "xm"),
        ColumnMap("sex", L.TEXT, "xb", codes={"男": "1", "女": "2"}),
        ColumnMap("age", L.INTEGER, "nl"),
        ColumnMap("next", L.INTEGER, expression="cast(nl as int) + 1"),
    )
    mapped = apply_maps(batch, maps)
    assert mapped.batch.to_pydict() == {
        "name": ["张三", "李四"],
        "sex": ["1", None],
        "age": [30, None],
        "next": [31, None],
    }
    assert [(row, code) for row, code, _ in mapped.faults] == [
        (1, "codes.sex"),
        (1, "cast.age"),
        (1, "expression.next"),
    ]
    assert mapped.faults[0][2] == "字段“sex”的代码值没有对应的转换"
    assert mapped.faults[1][2] == "字段“age”的值不能转换为整数"


def test_sentences_never_hold_the_value() -> None:
    mapped = apply_maps(pa.record_batch({"a": ["110105194912310021"]}), (ColumnMap("a", L.DATE, "a"),))
    assert "110105" not in mapped.faults[0][2]


def test_no_maps_leave_everything_and_operations_stay() -> None:
    batch = pa.record_batch({"a": ["1"], OPERATION_COLUMN: ["D"]})
    assert apply_maps(batch, ()).batch is batch
    mapped = apply_maps(batch, (ColumnMap("b", L.INTEGER, "a"),))
    assert mapped.batch.schema.names == ["b", OPERATION_COLUMN]


def test_unknown_source_column_is_refused_by_name() -> None:
    with pytest.raises(NoSuchColumn, match="来源中没有字段“z”"):
        mapped_schema(schema_of([("a", L.TEXT)]), (ColumnMap("b", L.TEXT, "z"),))


@given(st.lists(st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1)), max_size=30))
def test_integers_survive_a_way_through_text(numbers: list[int | None]) -> None:
    text = cast_column(pa.array(numbers, pa.int64()), to=L.TEXT).values
    assert cast_column(text, to=L.INTEGER).values.to_pylist() == numbers


@given(st.lists(st.one_of(st.none(), st.dates(date(1800, 1, 1), date(2999, 12, 31))), max_size=30))
def test_dates_survive_each_way_of_writing_them(days: list[date | None]) -> None:
    for pattern in ("%Y-%m-%d", "%Y%m%d", "%Y/%m/%d", "%Y年%m月%d日"):
        written = pa.array([day and day.strftime(pattern) for day in days], pa.string())
        assert cast_column(written, to=L.DATE).values.to_pylist() == days


@given(st.lists(st.text(max_size=12), max_size=20), st.sampled_from(list(L)))
def test_any_text_is_cast_or_named(texts: list[str], type_: L) -> None:
    cast = cast_column(pa.array(texts, pa.string()), to=type_)
    assert len(cast.values) == len(texts)
    for row in cast.failed:
        assert cast.values[row].as_py() is None
