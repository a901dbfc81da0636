"""Which grade an incident has by what it did: thresholds are dated rows, the worst criterion counts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from onecity.domains.emergency.rules.codes import LOWEST


@dataclass(frozen=True, slots=True)
class Threshold:
    """From which numbers on an incident has a grade. kind_prefix: of the codes for which the row holds.

    deaths, injured: persons. loss_cny: yuan. None: the criterion says nothing. basis: where the row comes from.
    """

    kind_prefix: str
    grade: int
    deaths: int | None
    injured: int | None
    loss_cny: Decimal | None
    effective_from: date
    basis: str = ""

    def reached(self, harm: "Harm") -> bool:
        """Say whether one of the criteria is reached."""
        pairs = ((self.deaths, harm.deaths), (self.injured, harm.injured), (self.loss_cny, harm.loss_cny))
        return any(bound is not None and value >= bound for bound, value in pairs)


@dataclass(frozen=True, slots=True)
class Harm:
    """What an incident did. deaths: missing persons are counted by whoever decides. loss_cny: direct loss, yuan."""

    deaths: int = 0
    injured: int = 0
    loss_cny: Decimal = Decimal(0)


def grade_by_harm(thresholds: Iterable[Threshold], *, kind_code: str, harm: Harm, day: date) -> int | None:
    """Return the grade (1 the gravest) that the rows in force on `day` give; None where no row speaks of the kind.

    Rows of the longest matching prefix hold, and of those of one prefix and grade the latest that has begun. Where rows
    hold and none is reached the grade is the lowest.
    Source: 国务院令第493号, article 3 (thresholds of accidents); the rows are data and can be replaced.
    """
    fitting = [row for row in thresholds if kind_code.startswith(row.kind_prefix) and row.effective_from <= day]
    if not fitting:
        return None
    longest = max(len(row.kind_prefix) for row in fitting)
    rows: dict[int, Threshold] = {}
    for row in sorted(fitting, key=lambda item: item.effective_from):
        if len(row.kind_prefix) == longest:
            rows[row.grade] = row
    return min((grade for grade, row in rows.items() if row.reached(harm)), default=LOWEST)
