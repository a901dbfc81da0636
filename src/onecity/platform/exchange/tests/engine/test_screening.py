"""Screens on raw bytes: whatever the checks would refuse is suspected, and what is plainly good is not."""

from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.platform.exchange.codecs.pgcopy.decoding import Column
from onecity.platform.exchange.codecs.pgcopy.fields import Kind
from onecity.platform.exchange.codecs.pgcopy.walking import Rows, padded, walk
from onecity.platform.exchange.contracts.plans import Check, CheckKind
from onecity.platform.exchange.contracts.tables import TableShape
from onecity.platform.exchange.engine.screening import screen
from onecity.platform.exchange.rules.checking import Checker
from onecity.platform.exchange.tests.engine.test_pgcopy import encoded, numeric

EPOCH = date(2000, 1, 1)
WIDTHS = {Kind.INT2: 2, Kind.INT4: 4, Kind.INT8: 8}


def rows_of(values: list[Any], kind: Kind) -> Rows:
    """Write a column as the server does."""

    def field(value: Any) -> bytes | None:
        if value is None:
            return None
        if kind in WIDTHS:
            return int(value).to_bytes(WIDTHS[kind], "big", signed=True)
        if kind is Kind.DATE:
            return int((value - EPOCH).days).to_bytes(4, "big", signed=True)
        return numeric(format(value, "f")) if kind is Kind.NUMERIC else str(value).encode()

    data = encoded([[field(value)] for value in values])
    return walk(padded(data), size=len(data), columns=1)


ARROW = {Kind.INT4: pa.int64(), Kind.TEXT: pa.string(), Kind.DATE: pa.date32(), Kind.NUMERIC: pa.decimal128(12, 2)}


def compare(values: list[Any], kind: Kind, check: Check, *, exact: bool = True) -> None:
    """Check a column both ways."""
    column = Column("c", kind, precision=12, scale=2) if kind is Kind.NUMERIC else Column("c", kind)
    found = screen(check, numbers={"c": 0}, columns=(column,))
    assert found is not None
    suspects = found(rows_of(values, kind))
    batch = pa.RecordBatch.from_arrays([pa.array(values, ARROW[kind])], names=["c"])
    bad = Checker([check], shape=TableShape("", ())).check(batch).bad
    assert not (bad & ~suspects).any()
    if exact:
        assert np.array_equal(bad, suspects)


texts = st.none() | st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=14)
codes = st.lists(texts | st.sampled_from(["", "a", "男", "女", "12345678", "123456789", "a\x01"]), min_size=1)


@given(st.lists(texts | st.sampled_from(["", " ", "\u3000", "\u00a0x", "ok"]), min_size=1))
def test_missing_and_blank_texts_are_suspected(values: list[str | None]) -> None:
    compare(values, Kind.TEXT, Check("c", CheckKind.NOT_NULL, ("c",)), exact=False)


def test_ordinary_texts_are_not_suspected_of_being_blank() -> None:
    found = screen(Check("c", CheckKind.NOT_NULL, ("c",)), numbers={"c": 0}, columns=(Column("c", Kind.TEXT),))
    assert found is not None
    assert not found(rows_of(["张三", "abc", "0"], Kind.TEXT)).any()


@given(st.lists(st.none() | st.integers(-(2**31), 2**31 - 1), min_size=1))
def test_missing_numbers_are_suspected(values: list[int | None]) -> None:
    compare(values, Kind.INT4, Check("c", CheckKind.NOT_NULL, ("c",)))


@given(codes)
def test_texts_outside_a_code_list_are_suspected(values: list[str | None]) -> None:
    compare(values, Kind.TEXT, Check("c", CheckKind.CODE_LIST, ("c",), ("a", "男", "12345678")))


@given(codes)
def test_long_code_lists_are_searched(values: list[str | None]) -> None:
    compare(values, Kind.TEXT, Check("c", CheckKind.CODE_LIST, ("c",), (*(str(i) for i in range(40)), "女")))


@given(st.lists(st.none() | st.integers(-5, 12), min_size=1))
def test_numbers_outside_a_code_list_are_suspected(values: list[int | None]) -> None:
    compare(values, Kind.INT4, Check("c", CheckKind.CODE_LIST, ("c",), ("0", "1", "9")))


@given(st.lists(st.none() | st.integers(-20, 20), min_size=1), st.sampled_from([("-3", "7"), ("", "7"), ("-3", "")]))
def test_numbers_outside_a_range_are_suspected(values: list[int | None], bounds: tuple[str, str]) -> None:
    compare(values, Kind.INT4, Check("c", CheckKind.RANGE, ("c",), bounds))


@given(st.lists(st.none() | st.dates(date(1900, 1, 1), date(2100, 1, 1)), min_size=1))
def test_days_outside_a_range_are_suspected(values: list[date | None]) -> None:
    compare(values, Kind.DATE, Check("c", CheckKind.RANGE, ("c",), ("1990-02-03", "2020-12-31")))


@given(st.lists(st.none() | st.decimals(-99, 99, places=2, allow_nan=False), min_size=1))
def test_decimals_outside_a_range_are_suspected(values: list[Decimal | None]) -> None:
    compare(values, Kind.NUMERIC, Check("c", CheckKind.RANGE, ("c",), ("-1.5", "20.25")))


def test_decimals_that_cannot_be_scaled_are_all_suspected() -> None:
    found = screen(
        Check("c", CheckKind.RANGE, ("c",), ("0", "1")), numbers={"c": 0}, columns=(Column("c", Kind.NUMERIC, 38, 2),)
    )
    assert found is not None
    assert found(rows_of([Decimal("1" * 30 + ".00"), Decimal("0.50")], Kind.NUMERIC)).all()


long_texts = st.none() | st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=60)


@given(st.lists(long_texts, min_size=1), st.sampled_from([("3", "5"), ("", "5"), ("18", "18"), ("2", ""), ("0", "40")]))
def test_texts_of_another_length_are_suspected(values: list[str | None], bounds: tuple[str, str]) -> None:
    compare(values, Kind.TEXT, Check("c", CheckKind.LENGTH, ("c",), bounds))


@pytest.mark.parametrize("kind", ["citizen_id", "uscc"])
@given(
    values=st.lists(
        texts | st.sampled_from(["11010519491231002X", "110105194912310021", "91350100M000100Y43"]), min_size=1
    )
)
def test_identifiers_that_are_not_proved_are_suspected(kind: str, values: list[str | None]) -> None:
    compare(values, Kind.TEXT, Check("c", CheckKind.IDENTIFIER, ("c",), (kind,)), exact=False)


def test_a_right_identifier_is_not_suspected() -> None:
    check = Check("c", CheckKind.IDENTIFIER, ("c",), ("citizen_id",))
    found = screen(check, numbers={"c": 0}, columns=(Column("c", Kind.TEXT),))
    assert found is not None
    assert found(rows_of(["11010519491231002X", "11010519491231002", None], Kind.TEXT)).tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("check", "kind"),
    [
        (Check("c", CheckKind.PATTERN, ("c",), ("x",)), Kind.TEXT),
        (Check("c", CheckKind.NOT_NULL, ("c", "d")), Kind.TEXT),
        (Check("c", CheckKind.NOT_NULL, ("elsewhere",)), Kind.TEXT),
        (Check("c", CheckKind.CODE_LIST, ("c",), ("a", "too long a code")), Kind.TEXT),
        (Check("c", CheckKind.CODE_LIST, ("c",), ("01",)), Kind.INT4),
        (Check("c", CheckKind.RANGE, ("c",), ("a", "b")), Kind.TEXT),
        (Check("c", CheckKind.RANGE, ("c",), ("0.5", "")), Kind.INT4),
        (Check("c", CheckKind.RANGE, ("c",), ("soon", "")), Kind.DATE),
        (Check("c", CheckKind.LENGTH, ("c",), ("1", "2")), Kind.INT4),
        (Check("c", CheckKind.IDENTIFIER, ("c",), ("plate",)), Kind.TEXT),
        (Check("c", CheckKind.IDENTIFIER, ("c",), ("citizen_id",)), Kind.INT8),
    ],
)
def test_what_raw_bytes_cannot_tell_is_decoded(check: Check, kind: Kind) -> None:
    assert screen(check, numbers={"c": 0}, columns=(Column("c", kind),)) is None
