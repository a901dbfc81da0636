"""Cells and units of statistical tables."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.platform.registers.rules.economy.figures import BadCell, Cell, CellFault, read_figure
from onecity.platform.registers.rules.economy.units import OtherThing, UnknownUnit, in_unit, measured


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1234.50", "1234.50"),
        ("1,234.5", "1234.5"),
        ("12 345.6", "12345.6"),
        ("-4.5", "-4.5"),
        ("－4.5", "-4.5"),
        ("−4.5", "-4.5"),
        ("+3", "3"),
        ("１２３．４", "123.4"),
        (6744.56, "6744.56"),
        (0.1, "0.1"),
        (12, "12"),
        (Decimal("7.10"), "7.10"),
    ],
)
def test_number_is_read_exactly(cell: Cell, value: str) -> None:
    figure = read_figure(cell)
    assert figure is not None
    assert str(figure.value) == value


@pytest.mark.parametrize("cell", [None, "", "  ", "\t"])
def test_empty_cell_says_nothing(cell: Cell) -> None:
    assert read_figure(cell) is None


@pytest.mark.parametrize("cell", ["—", "-", "－", "——", "–"])
def test_dash_says_that_there_is_no_such_figure(cell: str) -> None:
    figure = read_figure(cell)
    assert figure is not None
    assert (figure.value, figure.mark) == (None, "nil")


@pytest.mark.parametrize("cell", ["…", "……", "...", "⋯"])
def test_ellipsis_says_that_the_figure_is_unknown(cell: str) -> None:
    figure = read_figure(cell)
    assert figure is not None
    assert (figure.value, figure.mark) == (None, "unknown")


@pytest.mark.parametrize(
    ("cell", "value", "note"),
    [("7002.06①", "7002.06", "①"), ("12.5*", "12.5", "*"), ("3,000[1]", "3000", "[1]"), ("88.0（2）", "88.0", "（2）")],
)
def test_footnote_is_kept_apart_from_the_number(cell: str, value: str, note: str) -> None:
    figure = read_figure(cell)
    assert figure is not None
    assert (str(figure.value), figure.note) == (value, note)


def test_percent_sign_is_told() -> None:
    figure = read_figure("5.2%")
    assert figure is not None
    assert (figure.value, figure.is_percent) == (Decimal("5.2"), True)


@pytest.mark.parametrize(
    ("cell", "fault"),
    [
        ("abc", CellFault.NOT_A_NUMBER),
        ("12万", CellFault.NOT_A_NUMBER),
        ("*", CellFault.NOT_A_NUMBER),
        ("1.2.3", CellFault.NOT_A_NUMBER),
        ("1,23", CellFault.BAD_GROUPS),
        ("12,3456", CellFault.BAD_GROUPS),
        (float("nan"), CellFault.NOT_A_NUMBER),
        (float("inf"), CellFault.NOT_A_NUMBER),
        ("9" * 27, CellFault.TOO_LONG),
    ],
)
def test_cell_that_is_no_figure_is_refused_with_the_reason(cell: Cell, fault: CellFault) -> None:
    with pytest.raises(BadCell) as refusal:
        read_figure(cell)
    assert refusal.value.fault is fault


def test_places_beyond_twelve_are_rounded_as_spreadsheets_leave_them() -> None:
    figure = read_figure("0.1234567890123456")
    assert figure is not None
    assert figure.value == Decimal("0.123456789012")


@given(st.decimals(min_value=-(10**15), max_value=10**15, places=4))
def test_grouped_number_is_the_number(value: Decimal) -> None:
    figure = read_figure(f"{value:,.4f}")
    assert figure is not None
    assert figure.value == value


@pytest.mark.parametrize(
    ("value", "unit", "wanted", "result"),
    [
        ("1.5", "亿元", "万元", "15000"),
        ("12345", "万元", "亿元", "1.2345"),
        ("906.54", "万人", "人", "9065400"),
        ("3", "亿千瓦时", "千瓦时", "300000000"),
        ("2", "百万千瓦时", "万千瓦时", "200"),
        ("1", "平方公里", "公顷", "100"),
        ("5.1", "%", "%", "5.1"),
        ("7", "千克", "吨", "0.007"),
    ],
)
def test_scale_is_converted_exactly(value: str, unit: str, wanted: str, result: str) -> None:
    assert in_unit(Decimal(value), unit=unit, wanted=wanted) == Decimal(result)


def test_units_of_other_things_do_not_convert() -> None:
    with pytest.raises(OtherThing):
        in_unit(Decimal(1), unit="亿美元", wanted="亿元")
    with pytest.raises(OtherThing):
        in_unit(Decimal(1), unit="千瓦", wanted="千瓦时")


@pytest.mark.parametrize("unit", ["", "斗", "元亿", "x元"])
def test_unit_that_nobody_knows_is_refused(unit: str) -> None:
    with pytest.raises(UnknownUnit):
        measured(unit)


@given(
    st.decimals(min_value=-(10**12), max_value=10**12, places=6),
    st.sampled_from(["元", "千元", "万元", "百万元", "亿元", "万亿元"]),
    st.sampled_from(["元", "千元", "万元", "百万元", "亿元", "万亿元"]),
)
def test_conversion_there_and_back_loses_nothing(value: Decimal, here: str, there: str) -> None:
    assert in_unit(in_unit(value, unit=here, wanted=there), unit=there, wanted=here) == value
