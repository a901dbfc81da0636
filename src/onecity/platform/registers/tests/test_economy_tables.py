"""Statistical tables as they are understood."""

from datetime import date
from decimal import Decimal

import pytest

from onecity.platform.registers.rules.economy.periods import Period
from onecity.platform.registers.rules.economy.planning import SKIPPED, Known, Reading, guess_rows, plan
from onecity.platform.registers.rules.economy.tables import NoTable, Raw, cell_name, read_table

GRID: list[list[Raw]] = [
    ["表1　2023年地区生产总值"],
    ["", "", "", "", "单位：亿元"],
    ["指标", "2022年", None, "2023年", None],
    [None, "绝对量", "增长（%）", "绝对量", "比上年增长(%)"],
    ["一、地区生产总值", "6,744.56", "-4.5", "7002.06①", 6.5],
    ["　　第一产业", "540.2", "4.0", "…", "—"],
    ["  #工业（万元）", "21,000,000", "", "22000000", ""],
    ["注：①为初步核算数。"],
]
GDP = Known("gdp", frozenset({"地区生产总值"}), "亿元", "flow")
FARM = Known("gdp.primary", frozenset({"第一产业", "第一产业增加值"}), "亿元", "flow")
INDUSTRY = Known("industry", frozenset({"工业"}), "亿元", "flow")
RATE = Known("rate", frozenset({"失业率"}), "%", "rate")
KNOWN = (GDP, FARM, INDUSTRY, RATE)
Y2022, Y2023 = Period(2022, "year"), Period(2023, "year")


def reading(**changes: object) -> Reading:
    settings: dict[str, object] = {
        "rows_are": "indicators",
        "known": KNOWN,
        "divisions": {"朝阳区": "220104", "南关区": "220102"},
        "division": "220100",
    }
    return Reading(**(settings | changes))  # type: ignore[arg-type]  # names and types stand in the class


def test_title_unit_heading_and_notes_are_found() -> None:
    table = read_table(GRID)
    assert (table.title, table.unit, table.heading_rows) == ("表1　2023年地区生产总值", "亿元", (3, 4))
    assert table.notes == ["注：①为初步核算数。"]


def test_two_lines_of_heading_give_periods_and_growth() -> None:
    roles = [(column.role, column.period) for column in read_table(GRID).columns]
    assert roles == [("name", None), ("period", Y2022), ("growth", Y2022), ("period", Y2023), ("growth", Y2023)]


def test_row_names_lose_numbering_signs_and_unit() -> None:
    rows = read_table(GRID).rows
    assert [row.name for row in rows] == ["地区生产总值", "第一产业", "工业"]
    assert [(row.unit, row.is_part) for row in rows] == [("", False), ("", False), ("万元", True)]
    assert [row.number for row in rows] == [5, 6, 7]


@pytest.mark.parametrize("label", ["其中：工业", "# 工业", "（一）工业", "1.工业", "二、工业", "①工业"])
def test_every_way_of_heading_a_row_names_the_same(label: str) -> None:
    assert read_table([["指标", "2023年"], [label, 1]]).rows[0].name == "工业"


def test_number_in_a_heading_cell_is_a_year() -> None:
    table = read_table([["指标", 2022.0, 2023], ["x", 1, 2]])
    assert [column.period for column in table.columns] == [None, Y2022, Y2023]


def test_date_in_a_heading_cell_is_a_month() -> None:
    assert read_table([["指标", date(2023, 6, 1)], ["x", 1]]).columns[1].period == Period(2023, "month", 6)


def test_heading_without_year_takes_it_from_the_title() -> None:
    table = read_table([["2023年1-6月主要指标"], ["指标", "1-6月", "同比增长%"], ["x", 1, 2]])
    assert [column.period for column in table.columns[1:]] == [Period(2023, "cumulative", 6)] * 2
    assert table.columns[2].role == "growth"


def test_month_and_its_running_total_stand_side_by_side() -> None:
    table = read_table([["指标", "2023年6月", None], [None, "本月", "累计"], ["x", 1, 2]])
    assert [column.period for column in table.columns[1:]] == [Period(2023, "month", 6), Period(2023, "cumulative", 6)]


def test_quarters_below_a_year_are_read() -> None:
    table = read_table([["指标", "2023年", None], [None, "一季度", "上半年"], ["x", 1, 2]])
    assert [column.period for column in table.columns[1:]] == [Period(2023, "quarter", 1), Period(2023, "half", 1)]


def test_column_of_units_gives_each_row_its_own() -> None:
    table = read_table([["指标", "计量单位", "2023年"], ["人口", "万人", "906.5"]])
    assert (table.columns[1].role, table.rows[0].unit) == ("unit", "万人")


def test_column_that_names_no_period_is_left_out_and_said_so() -> None:
    table = read_table([["指标", "2023年", "占比"], ["x", 1, "oops"]])
    assert table.columns[2].role == "ignored"
    assert [cell.place for cell in table.rows[0].cells] == [1]


def test_growth_before_any_period_is_left_out() -> None:
    assert read_table([["指标", "增长%", "2023年"], ["x", 1, 2]]).columns[1].role == "ignored"


@pytest.mark.parametrize("grid", [[], [["只有", "文字"]], [["2023年"]], [["年份在首列"], ["2023年", 1]]])
def test_grid_without_periods_is_no_table(grid: list[list[Raw]]) -> None:
    with pytest.raises(NoTable):
        read_table(grid)


def test_cells_are_named_as_spreadsheets_do() -> None:
    assert [cell_name(row=5, place=place) for place in (0, 2, 25, 26, 51, 52, 701, 702)] == [
        "A5", "C5", "Z5", "AA5", "AZ5", "BA5", "ZZ5", "AAA5",
    ]  # fmt: skip


def test_plan_brings_values_in_the_series_unit() -> None:
    found = plan(read_table(GRID), reading())
    assert found.faults == []
    brought = {(item.series, item.period): (item.value, item.mark, item.cell) for item in found.values}
    assert brought == {
        ("gdp", Y2022): (Decimal("6744.56"), "", "B5"),
        ("gdp", Y2023): (Decimal("7002.06"), "", "D5"),
        ("gdp.primary", Y2022): (Decimal("540.2"), "", "B6"),
        ("gdp.primary", Y2023): (None, "unknown", "D6"),
        ("industry", Y2022): (Decimal("2100"), "", "B7"),
        ("industry", Y2023): (Decimal("2200"), "", "D7"),
    }
    assert found.values[1].note == "①"
    assert found.values[1].stated == "7002.06①"


def test_plan_keeps_the_growth_that_the_table_tells() -> None:
    stated = plan(read_table(GRID), reading()).stated
    assert stated == {
        ("gdp", "220100"): {Y2022: Decimal("-4.5"), Y2023: Decimal("6.5")},
        ("gdp.primary", "220100"): {Y2022: Decimal("4.0")},
    }


def test_row_that_no_series_matches_is_a_fault_at_its_name() -> None:
    found = plan(read_table([["指标", "2023年"], ["幸福指数", 1]]), reading())
    assert [(fault.cell, fault.reason) for fault in found.faults] == [("A2", "没有名为“{name}”的指标")]
    assert found.values == []


def test_reader_may_choose_a_series_or_leave_the_row_out() -> None:
    table = read_table([["指标（亿元）", "2023年"], ["GDP", 1], ["幸福指数", 2]])
    found = plan(table, reading(chosen={2: "gdp", 3: SKIPPED}))
    assert [(item.series, item.value) for item in found.values] == [("gdp", Decimal(1))]
    assert found.faults == []
    assert [row.skipped for row in found.rows] == [False, True]


def test_unit_of_another_thing_is_a_fault_of_the_row() -> None:
    found = plan(read_table([["单位：亿美元"], ["指标", "2023年"], ["工业", 1]]), reading())
    assert [(fault.reason, fault.params) for fault in found.faults] == [
        ("计量单位“{unit}”不能换算为“{wanted}”", {"unit": "亿美元", "wanted": "亿元"})
    ]


def test_reader_may_name_the_tables_unit() -> None:
    found = plan(read_table([["指标", "2023年"], ["工业", 5]]), reading(unit="万元"))
    assert found.values[0].value == Decimal("0.0005")


def test_cell_that_is_no_figure_is_a_fault_at_its_place() -> None:
    found = plan(read_table([["指标", "2022年", "2023年"], ["工业", "一百", 5]]), reading())
    assert [(fault.cell, fault.text) for fault in found.faults] == [("B2", "一百")]
    assert len(found.values) == 1


def test_percent_is_taken_for_a_rate_and_refused_for_an_amount() -> None:
    table = read_table([["单位：%"], ["指标", "2023年"], ["失业率", "5.1%"]])
    assert plan(table, reading()).values[0].value == Decimal("5.1")
    wrong = plan(read_table([["指标", "2023年"], ["工业", "5.1%"]]), reading())
    assert [fault.reason for fault in wrong.faults] == ["带百分号，但指标的计量单位不是百分比"]


def test_same_figure_twice_with_another_value_is_a_fault() -> None:
    table = read_table([["指标", "2023年"], ["工业", 5], ["工业", 6], ["工业", 5]])
    assert [fault.cell for fault in plan(table, reading()).faults] == ["B3"]


def test_rows_may_be_divisions_of_one_series() -> None:
    table = read_table([["单位：亿元"], ["地区", "2023年"], ["朝阳区", 10], ["南关区", 20], ["火星区", 30]])
    asked = reading(rows_are="divisions", series="gdp")
    found = plan(table, asked)
    assert [(item.division_code, item.value) for item in found.values] == [
        ("220104", Decimal(10)),
        ("220102", Decimal(20)),
    ]
    assert [(fault.cell, fault.reason) for fault in found.faults] == [("A5", "没有名为“{name}”的行政区划")]
    assert guess_rows(table, known=KNOWN, divisions=asked.divisions) == "divisions"


def test_rows_are_guessed_to_be_what_more_names_match() -> None:
    assert guess_rows(read_table(GRID), known=KNOWN, divisions={"朝阳区": "220104"}) == "indicators"


def test_empty_cell_brings_nothing() -> None:
    found = plan(read_table([["指标", "2022年", "2023年"], ["工业", "", 5]]), reading())
    assert [(item.period, item.value) for item in found.values] == [(Y2023, Decimal(5))]
    assert found.faults == []
