"""What was understood of a statistical table, cell by cell, before it is taken in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext
from rapidfuzz import fuzz, process

from onecity.kernel.ciphers.sm3 import sm3
from onecity.platform.registers.codecs.spreadsheets import grid_of
from onecity.platform.registers.contracts.economy import NewValue, SeriesInfo
from onecity.platform.registers.forms.economy import ReadingForm
from onecity.platform.registers.rules.economy.checking import Traits, check_together
from onecity.platform.registers.rules.economy.periods import Period
from onecity.platform.registers.rules.economy.planning import (
    Known,
    Plan,
    PlannedRow,
    Reading,
    RowsAre,
    guess_rows,
    plan,
)
from onecity.platform.registers.rules.economy.tables import TableRead, cell_name, read_table
from onecity.platform.registers.selectors import economy as selectors
from onecity.platform.registers.services.economy.tables import NewTable
from onecity.platform.registers.services.economy.values import Publication
from onecity.platform.registers.views.economy.shown import (
    CHECKS,
    city_divisions,
    division_codes,
    fault_text,
    figure_text,
    finding_text,
    period_text,
)

CLOSE_ENOUGH: Final = 55
SUGGESTED: Final = 5
SHOWN: Final = 300


@dataclass(frozen=True, slots=True)
class Proposal:
    """A table as it would be taken in. text: the grid, as the page carries it."""

    form: ReadingForm
    text: str
    filename: str
    table: TableRead
    plan: Plan | None
    series: Mapping[str, SeriesInfo]
    choices: Mapping[int, str] = field(default_factory=dict)

    @property
    def can_be_taken(self) -> bool:
        """Say whether the form is filled in and no cell is at fault."""
        return self.plan is not None and not self.plan.faults and bool(self.plan.values)

    @property
    def values(self) -> list[NewValue]:
        """The values that the table brings, each once."""
        first = {
            (item.series, item.division_code, item.period): item
            for item in reversed(self.plan.values if self.plan else ())
        }
        return [
            NewValue(
                item.series, item.division_code, item.period, item.value, item.mark, item.stated, item.note, item.cell
            )
            for item in reversed(first.values())
        ]

    def table_to_take(self) -> NewTable:
        """Return the table as the service takes it."""
        given = self.form.cleaned_data
        return NewTable(
            title=given["title"],
            filename=self.filename,
            digest=sm3(self.text.encode()).hex(),
            organisation_id=given["organisation_id"],
            publication=Publication(given["published_on"], given["stage"]),
        )


def first_reading(
    table: TableRead, *, today: date, organisations: Sequence[tuple[str, str]], own: int | None
) -> dict[str, object]:
    """Return how a table is read until a reader says otherwise. own: the reader's organisation."""
    rows_are: RowsAre = guess_rows(table, known=_known(), divisions=division_codes())
    named = [
        item.code for item in _known() if rows_are == "divisions" and any(name in table.title for name in item.names)
    ]
    return {
        "title": table.title or "统计表",
        "rows_are": rows_are,
        "series": max(named, key=len, default=""),
        "division": next(iter(city_divisions()), ""),
        "unit": "",
        "stage": "preliminary",
        "published_on": today.isoformat(),
        "organisation_id": next(
            (code for code, _ in organisations if code == str(own)), next(iter(organisations), ("",))[0]
        ),
    }


def proposed(form: ReadingForm, *, text: str, filename: str, choices: Mapping[int, str] | None = None) -> Proposal:
    """Work out what a table would bring.

    Raises: Unreadable if the text is no grid.
    """
    table = read_table(grid_of(text))
    series = {item.code: item for item in selectors.all_series()}
    chosen = {number: choice for number, choice in (choices or {}).items() if choice}
    if not form.is_valid():
        return Proposal(form, text, filename, table, None, series, chosen)
    given = form.cleaned_data
    reading = Reading(
        rows_are="divisions" if given["rows_are"] == "divisions" else "indicators",
        known=_known(),
        divisions=division_codes(),
        series=given["series"],
        division=given["division"],
        unit=given["unit"],
        chosen=chosen,
    )
    return Proposal(form, text, filename, table, plan(table, reading), series, chosen)


def previewed(proposal: Proposal) -> dict[str, object]:
    """Return what the page shows of a proposal."""
    found = proposal.plan
    faults = {fault.cell: fault_text(fault) for fault in found.faults} if found else {}
    brought = {item.cell: item for item in found.values} if found else {}
    columns = [column for column in proposal.table.columns if column.role in {"period", "growth"}]

    def cell(row: PlannedRow, place: int) -> tuple[str, str, str]:
        """Return a cell's value, its fault, and how it stands in the file."""
        where = cell_name(row=row.row.number, place=place)
        stated = next((item.text for item in row.row.cells if item.place == place), "")
        value = brought.get(where)
        decimals = proposal.series[row.series].decimals if row.series else 2
        text = figure_text(value.value, decimals=decimals, mark=value.mark) if value else ""
        return text, faults.get(where, ""), stated

    rows = [
        {
            "row": row,
            "name": proposal.series[row.series].name if row.series else "",
            "fault": fault_text(row.fault) if row.fault else "",
            "choice": proposal.choices.get(row.row.number, ""),
            "offered": _suggested(row, proposal) if _needs_choice(row, faults) else (),
            "cells": [cell(row, column.place) for column in columns],
        }
        for row in (found.rows if found else ())
    ]
    return {
        "proposal": proposal,
        "form": proposal.form,
        "columns": [(column, _heading(column.role, column.period)) for column in columns],
        "ignored": [column.heading for column in proposal.table.columns if column.role == "ignored" and column.heading],
        "rows": rows[:SHOWN],
        "faults": len(found.faults) if found else 0,
        "values": len(proposal.values),
        "doubts": _doubts(proposal),
    }


def _known() -> list[Known]:
    return [
        Known(item.code, frozenset({item.name, *item.aliases}), item.unit, item.kind) for item in selectors.all_series()
    ]


def _heading(role: str, period: Period | None) -> tuple[str, bool]:
    return (period_text(period) if period else "", role == "growth")


def _needs_choice(row: PlannedRow, faults: Mapping[str, str]) -> bool:
    """Say whether a reader has to say what becomes of a row."""
    cells = (cell_name(row=row.row.number, place=cell.place) for cell in row.row.cells)
    return row.fault is not None or row.skipped or any(cell in faults for cell in cells)


def _suggested(row: PlannedRow, proposal: Proposal) -> list[tuple[str, str]]:
    """Return what a row may mean, the likeliest first: series, or divisions."""
    divisions = proposal.form.cleaned_data.get("rows_are") == "divisions"
    names = city_divisions() if divisions else {code: item.name for code, item in proposal.series.items()}
    likely = process.extract(row.row.name, names, scorer=fuzz.WRatio, limit=SUGGESTED, score_cutoff=CLOSE_ENOUGH)
    codes = [code for _, _, code in likely]
    return [(code, names[code]) for code in (*codes, *(code for code in names if code not in codes))]


def _doubts(proposal: Proposal) -> list[tuple[str, str, str, str]]:
    """Return what in the table does not fit together: parts and wholes, quarters and years, growth as it tells it."""
    found: dict[tuple[str, str], dict[Period, Decimal]] = {}
    for item in proposal.values:
        if item.value is not None:
            found.setdefault((item.series, item.division_code), {})[item.period] = item.value
    traits = {code: _traits(info, proposal.series) for code, info in proposal.series.items()}
    stated = proposal.plan.stated if proposal.plan else {}
    return [
        (
            proposal.series[finding.series].name,
            period_text(finding.period),
            gettext(CHECKS[finding.check]),
            finding_text(finding, decimals=proposal.series[finding.series].decimals),
        )
        for finding in check_together(found, stated=stated, traits=traits)
    ]


def _traits(info: SeriesInfo, series: Mapping[str, SeriesInfo]) -> Traits:
    parts = [code for code, other in series.items() if other.whole == info.code] if info.parts_are_complete else []
    return Traits(info.kind, info.decimals, parts)
