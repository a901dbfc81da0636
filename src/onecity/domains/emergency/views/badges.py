"""What states, grades and levels look like."""

from collections.abc import Mapping
from typing import Final

from onecity.domains.emergency.models import Incident
from onecity.domains.emergency.rules.codes import GRADES
from onecity.kernel.text import zh
from onecity.web.listing import Badge

STATES: Final[Mapping[str, Badge]] = {
    "received": Badge(zh("待核实"), "orange"),
    "verified": Badge(zh("处置中"), "blue"),
    "false": Badge(zh("不属实"), "grey"),
    "closed": Badge(zh("已办结"), "green"),
    "merged": Badge(zh("已并报"), "purple"),
}
GRADE_BADGES: Final[Mapping[int | None, Badge]] = {
    None: Badge(zh("未定级"), "grey"),
    1: Badge(GRADES[1], "red"),
    2: Badge(GRADES[2], "orange"),
    3: Badge(GRADES[3], "yellow"),
    4: Badge(GRADES[4], "blue"),
}
DRILL: Final = Badge(zh("演练"), "purple")


def badges_of(row: Incident) -> list[Badge]:
    """Return an incident's badges: exercise, grade, state."""
    first = [DRILL] if row.is_drill else []
    return [*first, GRADE_BADGES[row.grade], STATES[row.status]]
