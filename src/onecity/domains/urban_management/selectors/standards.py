"""Editions of the filing standard, and what a case is filed and closed by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count

from onecity.domains.urban_management.classification import CJT_SCHEME, GB_SCHEME, first_lines
from onecity.domains.urban_management.models import StandardClass, StandardEdition
from onecity.domains.urban_management.rules.standards import GENERAL_CLOSING, StandardLine
from onecity.kernel.errors import NotFound
from onecity.kernel.text import zh

SCHEMES: Final[Mapping[str, str]] = {GB_SCHEME: zh("国标编号（GB/T 30428.2）"), CJT_SCHEME: zh("CJ/T 214 编号")}
_COLUMNS: Final = ("code", "name", "limit", "unit", "closing")


@dataclass(frozen=True, slots=True)
class EditionRow:
    """An edition in the list. lines: how many classes and conditions it holds. state: draft, ahead, in_force, past."""

    row: StandardEdition
    scheme: str
    lines: int
    state: str


def editions(*, now: datetime) -> list[EditionRow]:
    """Return the editions that the city made, drafts first, then the newest; the declared first ones have no row."""
    rows = list(StandardEdition.objects.all())
    counted = StandardClass.objects.values_list("standard_id").annotate(lines=Count("id"))
    lines = dict(counted)
    rows.sort(key=lambda row: (row.status != "draft", row.scheme_code, -(row.edition or 0)))
    in_force: dict[str, int] = {}
    for row in rows:
        if row.effective_from and row.effective_from <= now:
            in_force.setdefault(row.scheme_code, row.id)
    return [
        EditionRow(row, SCHEMES.get(row.scheme_code, row.scheme_code), lines.get(row.id, 0), _state(row, in_force, now))
        for row in rows
    ]


def _state(row: StandardEdition, in_force: Mapping[str, int], now: datetime) -> str:
    if row.effective_from is None:
        return "draft"
    if row.effective_from > now:
        return "ahead"
    return "in_force" if in_force.get(row.scheme_code) == row.id else "past"


def edition(edition_id: int) -> StandardEdition:
    """Return an edition.

    Raises: NotFound.
    """
    row = StandardEdition.objects.filter(id=edition_id).first()
    if row is None:
        raise NotFound(zh("没有这一版立案结案标准"))
    return row


def lines_of(edition_id: int) -> list[StandardLine]:
    """Return an edition's lines in the order of their codes."""
    rows = StandardClass.objects.filter(standard_id=edition_id).order_by("code").values_list(*_COLUMNS)
    return [StandardLine(*row) for row in rows]


def newest_lines(scheme_code: str) -> Sequence[StandardLine]:
    """Return the lines of the newest published edition; those of the published table where the city made none."""
    newest = StandardEdition.objects.filter(scheme_code=scheme_code, status="published").order_by("-edition").first()
    return lines_of(newest.id) if newest else first_lines(scheme_code)


def closing_condition(class_code: str, *, scheme_code: str, opened_at: datetime) -> str:
    """Return what must be so for a case to be closed (结案条件), by the edition in force when it was opened.

    "" without a class; the general condition where the edition names none.
    """
    if not class_code:
        return ""
    row = (
        StandardClass.objects.filter(
            standard__scheme_code=scheme_code, standard__effective_from__lte=opened_at, code=class_code
        )
        .order_by("-standard__effective_from", "-standard__edition")
        .first()
    )
    return row.closing if row and row.closing else GENERAL_CLOSING
