"""The published lists of components and events, read once from the files beside this one.

city_gb.csv: the GB-numbered table of one city, with the conditions under which a case is filed and the time limit of
each; local classes are counted down from 99, as the table does itself. cjt214.csv: the older scheme, without limits.
The two schemes number some classes differently, so they stay apart.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from onecity.domains.urban_management.rules.classes import whole_limit
from onecity.domains.urban_management.rules.standards import StandardLine, parent_code
from onecity.kernel.deadlines import TimeUnit
from onecity.platform.cases.declare import CaseClass, Limit

_FOLDER: Final = Path(__file__).parent / "data"
GB_SCHEME: Final = "urban_management.city_gb"
CJT_SCHEME: Final = "urban_management.cjt214"


@dataclass(frozen=True, slots=True)
class ClassRow:
    """A line of a published list. limit, unit: empty where no case is filed under it."""

    code: str
    parent: str
    name: str
    name_en: str
    limit: str
    unit: str


def gb_classes() -> tuple[CaseClass, ...]:
    """Return the GB-numbered classes with the limits of their conditions."""
    return tuple(declared_class(line) for line in first_lines(GB_SCHEME))


def cjt_classes() -> tuple[CaseClass, ...]:
    """Return the classes of CJ/T 214; the list sets no limits."""
    return tuple(declared_class(line) for line in first_lines(CJT_SCHEME))


def first_lines(scheme_code: str) -> list[StandardLine]:
    """Return the lines of a scheme's published table, which its first edition was made of."""
    name = "city_gb.csv" if scheme_code == GB_SCHEME else "cjt214.csv"
    return [StandardLine(row.code, row.name, row.limit, row.unit) for row in _rows(name).values()]


def declared_class(line: StandardLine) -> CaseClass:
    """Return a line as the case engine takes it: the limit for handling, and the one of the whole case that follows."""
    limits = {}
    if line.limit:
        unit = TimeUnit(line.unit)
        whole, whole_unit = whole_limit(line.limit, unit)
        limits = {"handle": Limit(line.limit, unit), "whole": Limit(whole, whole_unit)}
    return CaseClass(line.code, line.name, parent_code(line.code), limits)


def english_name(code: str) -> str:
    """Return the English name of a GB-numbered class of the first edition; empty for one that a city added."""
    row = _rows("city_gb.csv").get(code)
    return row.name_en if row else ""


@cache
def _rows(name: str) -> Mapping[str, ClassRow]:
    return {row.code: row for row in _read(_FOLDER / name)}


def _read(path: Path) -> Iterator[ClassRow]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from (ClassRow(**row) for row in csv.DictReader(file))
