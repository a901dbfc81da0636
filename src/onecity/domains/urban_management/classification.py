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
    return tuple(_declared(row) for row in _rows("city_gb.csv").values())


def cjt_classes() -> tuple[CaseClass, ...]:
    """Return the classes of CJ/T 214; the list sets no limits."""
    return tuple(_declared(row) for row in _rows("cjt214.csv").values())


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


def _declared(row: ClassRow) -> CaseClass:
    limits = {}
    if row.limit:
        unit = TimeUnit(row.unit)
        whole, whole_unit = whole_limit(row.limit, unit)
        limits = {"handle": Limit(row.limit, unit), "whole": Limit(whole, whole_unit)}
    return CaseClass(row.code, row.name, row.parent, limits)
