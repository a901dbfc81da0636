"""What may happen to a case in which state, and in what order its stages stand."""

from collections.abc import Sequence
from typing import Final, Literal

from onecity.kernel.errors import Conflict
from onecity.kernel.text import zh

Status = Literal["open", "closed", "void", "merged"]
Deed = Literal[
    "complete", "claim", "release", "reassign", "merge_into", "merge_away", "note", "attach", "ask", "decide", "reopen"
]

OVER: Final[tuple[Status, ...]] = ("closed", "void", "merged")
STATUSES: Final[tuple[Status, ...]] = ("open", *OVER)
_ALLOWED: Final[dict[Status, frozenset[Deed]]] = {
    "open": frozenset(
        {"complete", "claim", "release", "reassign", "merge_into", "merge_away", "note", "attach", "ask", "decide"}
    ),
    "closed": frozenset({"note", "decide", "reopen", "claim", "release", "reassign"}),
    "void": frozenset({"note", "decide", "reopen", "claim", "release", "reassign"}),
    "merged": frozenset(),
}


class CaseIsOver(Conflict):
    """The case has ended; what was asked for is done only to open ones."""

    code = "case_is_over"
    message = zh("案件已经办结，不能再进行此操作")


def check_deed(status: Status, deed: Deed) -> None:
    """Accept a deed on a case in this state.

    Raises: CaseIsOver.
    Source: house rule (a merged case lives on in the one it was merged into; an ended one takes notes only).
    """
    if deed not in _ALLOWED[status]:
        raise CaseIsOver


def stage_of(open_stages: Sequence[str], *, order: Sequence[str], current: str) -> str:
    """Return the stage in which a case stands: the earliest one with an open task, else the one it was in."""
    known = [stage for stage in order if stage in open_stages]
    return known[0] if known else current
