"""What a statistical table would bring: each cell's value in its series' unit, or what is wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, Literal

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.registers.rules.economy.comparing import SeriesKind
from onecity.platform.registers.rules.economy.figures import Figure, Mark
from onecity.platform.registers.rules.economy.periods import Period
from onecity.platform.registers.rules.economy.tables import CellRead, Column, RowRead, TableRead, cell_name
from onecity.platform.registers.rules.economy.units import in_unit

RowsAre = Literal["indicators", "divisions"]
SKIPPED: Final = "-"
"""What a reader chooses for a row that is to be left out."""


@dataclass(frozen=True, slots=True)
class Known:
    """A series that a row may mean. names: its name and its other names."""

    code: str
    names: frozenset[str]
    unit: str
    kind: SeriesKind


@dataclass(frozen=True, slots=True)
class Reading:
    """How a table is to be read.

    series: the code of the one series when the rows are divisions. division: the code of the one division when the rows
    are indicators. divisions: names to codes. chosen: what a reader chose for a row, by row number: a code, or `-`.
    unit: for rows that state none; empty takes the table's, else the series' own.
    """

    rows_are: RowsAre
    known: Sequence[Known]
    divisions: Mapping[str, str]
    series: str = ""
    division: str = ""
    unit: str = ""
    chosen: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Planned:
    """A value that the table brings. value: in the series' unit; None with a mark. stated: as it stands there."""

    series: str
    division_code: str
    period: Period
    value: Decimal | None
    mark: Mark
    note: str
    stated: str
    cell: str


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong: where, what stands there, and why it cannot be taken. params: fill the reason's places."""

    cell: str
    text: str
    reason: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """A row as understood. series, division_code: empty where nothing matches. skipped: a reader left it out."""

    row: RowRead
    series: str
    division_code: str
    unit: str
    skipped: bool = False
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a table would bring. stated: growth that it tells, by series, division and period, in percent."""

    rows: Sequence[PlannedRow]
    values: Sequence[Planned]
    faults: Sequence[Fault]
    stated: Mapping[tuple[str, str], Mapping[Period, Decimal]]


def plan(table: TableRead, reading: Reading) -> Plan:
    """Work out what a table would bring; nothing is taken while there are faults.

    Source: house rule.
    """
    rows = [_planned_row(row, table, reading) for row in table.rows]
    by_code = {item.code: item for item in reading.known}
    faults = [item.fault for item in rows if item.fault]
    values: list[Planned] = []
    stated: dict[tuple[str, str], dict[Period, Decimal]] = {}
    for item in rows:
        if item.skipped or item.fault:
            continue
        for column, cell in _cells(table, item.row):
            if column.role == "growth":
                _tell(stated, item, column, cell)
                continue
            found = _planned(item, column, cell, by_code[item.series])
            if isinstance(found, Fault):
                faults.append(found)
            elif found is not None:
                values.append(found)
    return Plan(rows, values, [*faults, *_twice(values)], stated)


def guess_rows(table: TableRead, *, known: Sequence[Known], divisions: Mapping[str, str]) -> RowsAre:
    """Say what a table's rows are, by which names more of them match."""
    names = frozenset().union(*(item.names for item in known))
    indicators = sum(row.name in names for row in table.rows)
    places = sum(row.name in divisions for row in table.rows)
    return "divisions" if places > indicators else "indicators"


def _planned_row(row: RowRead, table: TableRead, reading: Reading) -> PlannedRow:
    choice = reading.chosen.get(row.number, "")
    series, division = _meant(row, reading, choice)
    own = next((item for item in reading.known if item.code == series), None)
    unit = row.unit or reading.unit or table.unit or (own.unit if own else "")
    if choice == SKIPPED:
        return PlannedRow(row, series, division, unit, skipped=True)
    fault = _row_fault(row, own, division=division, unit=unit)
    return PlannedRow(row, own.code if own else "", division, unit, fault=fault)


def _row_fault(row: RowRead, own: Known | None, *, division: str, unit: str) -> Fault | None:
    where, named = cell_name(row=row.number, place=0), {"name": row.name}
    if own is None:
        return Fault(where, row.label, zh("没有名为“{name}”的指标"), named)
    if not division:
        return Fault(where, row.label, zh("没有名为“{name}”的行政区划"), named)
    try:
        in_unit(Decimal(1), unit=unit, wanted=own.unit)
    except Invalid as refusal:
        return Fault(where, row.label, refusal.template, refusal.params)
    return None


def _meant(row: RowRead, reading: Reading, choice: str) -> tuple[str, str]:
    """Return the series and the division that a row means; empty where nothing matches."""
    if reading.rows_are == "divisions":
        return reading.series, choice.strip(SKIPPED) or reading.divisions.get(row.name, "")
    named = next((item.code for item in reading.known if row.name in item.names), "")
    return choice.strip(SKIPPED) or named, reading.division


def _cells(table: TableRead, row: RowRead) -> list[tuple[Column, CellRead]]:
    columns = {column.place: column for column in table.columns}
    return [(columns[cell.place], cell) for cell in row.cells]


def _planned(item: PlannedRow, column: Column, cell: CellRead, series: Known) -> Planned | Fault | None:
    where = cell_name(row=item.row.number, place=cell.place)
    if cell.fault:
        return Fault(where, cell.text, cell.fault)
    if cell.figure is None or column.period is None:
        return None
    if cell.figure.is_percent and series.unit != "%":
        return Fault(where, cell.text, zh("带百分号，但指标的计量单位不是百分比"))
    return Planned(
        series=item.series,
        division_code=item.division_code,
        period=column.period,
        value=_scaled(cell.figure, item.unit, series.unit),
        mark=cell.figure.mark,
        note=cell.figure.note,
        stated=cell.text,
        cell=where,
    )


def _scaled(figure: Figure, unit: str, wanted: str) -> Decimal | None:
    if figure.value is None:
        return None
    return in_unit(figure.value, unit=wanted if figure.is_percent else unit, wanted=wanted)


def _tell(
    stated: dict[tuple[str, str], dict[Period, Decimal]], item: PlannedRow, column: Column, cell: CellRead
) -> None:
    if cell.figure is not None and cell.figure.value is not None and column.period is not None:
        stated.setdefault((item.series, item.division_code), {})[column.period] = cell.figure.value


def _twice(values: Sequence[Planned]) -> list[Fault]:
    """Return the cells that give another value for what an earlier cell has given."""
    first: dict[tuple[str, str, Period], Planned] = {}
    faults = []
    for item in values:
        earlier = first.setdefault((item.series, item.division_code, item.period), item)
        if (earlier.value, earlier.mark) != (item.value, item.mark):
            faults.append(Fault(item.cell, item.stated, zh("与表中前面同一指标、同一报告期的数值不一致")))
    return faults
