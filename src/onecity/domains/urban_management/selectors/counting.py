"""What evaluation counts: each count is a condition over cases or steps, and says whose count it is.

One definition serves the sums of a run and the rows behind them, so both agree. Conditions stand over `c`
(case records) and `s` (step records) and take the named values start, end, public and patrol. "Should" counts take what
is due in the
period and was not ended before it, or ended in it; they do not change when the month is evaluated again later.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from onecity.domains.urban_management.rules.catalogue import Kind
from onecity.domains.urban_management.sources import CITIZEN, HOTLINE, LEADER, MEDIA, PATROL
from onecity.kernel.text import zh

Base = Literal["case", "step"]
Value = datetime | str | list[str] | list[int] | int
PUBLIC_SOURCES: Final = (CITIZEN, HOTLINE, LEADER, MEDIA)
"""Where a problem comes from that the supervisors should have found. House rule."""
LEVELS: Final = (6, 9, 12, 15)
"""Digits of a region's code: district, street, community, unit grid."""
_HANDLING: Final = "s.node IN ('handle', 'handle_longer', 'redo')"


@dataclass(frozen=True, slots=True)
class Count:
    """A count. when: the condition. owner: who answers for it where people are judged, an expression."""

    code: str
    name: str
    base: Base
    when: str
    owner: str = ""


def _in(column: str) -> str:
    return f"({column} >= %(start)s AND {column} < %(end)s)"


def _due(alias: str, due: str, ended: str) -> str:
    before = f"({alias}.{ended} IS NULL OR {alias}.{ended} >= %(start)s)"
    return f"(({_in(f'{alias}.{due}')} AND {before}) OR {_in(f'{alias}.{ended}')})"


_ON_TIME: Final = f"({_in('s.ended_at')} AND (s.due_at IS NULL OR s.ended_at <= s.due_at))"
_STEP_DUE: Final = _due("s", "due_at", "ended_at")
_DONE: Final = _in("s.ended_at")
_CASE_DUE: Final = f"(c.status IN ('open', 'closed') AND {_due('c', 'due_at', 'closed_at')})"
_CLOSED: Final = f"(c.status = 'closed' AND {_in('c.closed_at')})"
_REPORTED: Final = _in("c.opened_at")
_FILED: Final = _in("c.filed_at")
_REPORTER: Final = "c.reported_by"
_ACCEPTOR: Final = "'acceptor:' || c.accepted_by"
_DISPATCHER: Final = "'dispatcher:' || c.dispatched_by"

_CASE_COUNTS: Final = (
    Count("reported", zh("上报数"), "case", _REPORTED, _REPORTER),
    Count("valid", zh("有效上报数"), "case", f"{_REPORTED} AND c.filed_at IS NOT NULL", _REPORTER),
    Count("wrong", zh("误报数"), "case", f"{_REPORTED} AND c.verdict = 'wrong'", _REPORTER),
    Count(
        "repeated",
        zh("重复案件数"),
        "case",
        f"{_REPORTED} AND (c.status = 'merged' OR c.verdict = 'repeated')",
        _REPORTER,
    ),
    Count("filed", zh("立案数"), "case", _FILED, _ACCEPTOR),
    Count(
        "filed_on_time",
        zh("按时立案数"),
        "case",
        f"{_FILED} AND (c.filed_due_at IS NULL OR c.filed_at <= c.filed_due_at)",
        _ACCEPTOR,
    ),
    Count("misfiled", zh("立案后退回受理数"), "case", f"{_FILED} AND c.misfiled", _ACCEPTOR),
    Count("missed", zh("漏报数"), "case", f"{_FILED} AND c.source_code = ANY(%(public)s)"),
    Count("patrol_filed", zh("监督员有效上报数"), "case", f"{_FILED} AND c.source_code = %(patrol)s"),
    Count("should_close", zh("应结案数"), "case", _CASE_DUE),
    Count("closed", zh("结案数"), "case", _CLOSED),
    Count("closed_on_time", zh("按期结案数"), "case", f"{_CLOSED} AND (c.due_at IS NULL OR c.closed_at <= c.due_at)"),
    Count("closed_late", zh("超期结案数"), "case", f"{_CLOSED} AND c.closed_at > c.due_at"),
    Count("unclosed", zh("未结案数"), "case", f"{_REPORTED} AND (c.status = 'open' OR c.closed_at >= %(end)s)"),
)
_STEP_COUNTS: Final = (
    Count("accept_done", zh("受理数"), "step", f"s.node = 'accept' AND {_DONE}", "'acceptor:' || s.ended_by"),
    Count("accept_on_time", zh("按期受理数"), "step", f"s.node = 'accept' AND {_ON_TIME}", "'acceptor:' || s.ended_by"),
    Count(
        "accept_failed",
        zh("派遣退回数"),
        "step",
        f"s.node = 'dispatch' AND s.outcome = 'return' AND {_DONE}",
        _ACCEPTOR,
    ),
    Count("verify_due", zh("应核实数"), "step", f"s.node = 'verify' AND {_STEP_DUE}", "s.ended_by"),
    Count("verify_on_time", zh("按时核实数"), "step", f"s.node = 'verify' AND {_ON_TIME}", "s.ended_by"),
    Count(
        "dispatch_due", zh("应派遣数"), "step", f"s.node = 'dispatch' AND {_STEP_DUE}", "'dispatcher:' || s.ended_by"
    ),
    Count(
        "dispatch_on_time",
        zh("按时派遣数"),
        "step",
        f"s.node = 'dispatch' AND {_ON_TIME}",
        "'dispatcher:' || s.ended_by",
    ),
    Count("dispatch_done", zh("派遣数"), "step", f"s.node = 'dispatch' AND {_DONE}", "'dispatcher:' || s.ended_by"),
    Count(
        "dispatch_failed",
        zh("部门退回数"),
        "step",
        f"s.node IN ('handle', 'handle_longer') AND s.outcome = 'return' AND {_DONE}",
        _DISPATCHER,
    ),
    Count("received", zh("接收案件数"), "step", f"s.node = 'handle' AND {_in('s.opened_at')}"),
    Count("handle_due", zh("应处置数"), "step", f"{_HANDLING} AND {_STEP_DUE}"),
    Count("handle_done", zh("处置数"), "step", f"{_HANDLING} AND {_DONE}"),
    Count("handle_on_time", zh("按期处置数"), "step", f"{_HANDLING} AND {_ON_TIME}"),
    Count("returned", zh("退回数"), "step", f"{_HANDLING} AND s.outcome = 'return' AND {_DONE}"),
    Count("reworked", zh("返工数"), "step", f"s.outcome IN ('fail', 'rework') AND {_DONE}"),
    Count("check_due", zh("应核查数"), "step", f"s.node = 'check' AND {_STEP_DUE}", "s.ended_by"),
    Count("check_on_time", zh("按时核查数"), "step", f"s.node = 'check' AND {_ON_TIME}", "s.ended_by"),
    Count("check_done", zh("核查数"), "step", f"s.node = 'check' AND {_DONE}"),
    Count("check_passed", zh("核查通过数"), "step", f"s.node = 'check' AND s.outcome = 'pass' AND {_DONE}"),
    Count("close_due", zh("应结案审批数"), "step", f"s.node = 'close' AND {_STEP_DUE}", "'leader:' || s.ended_by"),
    Count("close_on_time", zh("按时结案审批数"), "step", f"s.node = 'close' AND {_ON_TIME}", "'leader:' || s.ended_by"),
)
COUNTS: Final[Mapping[str, Count]] = {count.code: count for count in (*_CASE_COUNTS, *_STEP_COUNTS)}
_DEPARTMENT: Final[Mapping[Base, str]] = {
    "case": "c.handler_id::text",
    "step": f"COALESCE(CASE WHEN {_HANDLING} THEN s.organisation_id END, c.handler_id)::text",
}
_SUPERVISED: Final = ("c.reported_by", "s.ended_by")


def owner_of(kind: Kind, count: Count, *, digits: int = 0) -> str:
    """Return the expression of whose count it is; "" where the kind is not judged by it. digits: of a region's code."""
    if kind == "region":
        return f"CASE WHEN length(c.division_code) >= {int(digits)} THEN left(c.division_code, {int(digits)}) END"
    if kind == "department":
        return _DEPARTMENT[count.base]
    return count.owner if (count.owner in _SUPERVISED) == (kind == "supervisor") else ""


def values_of(start: datetime, end: datetime) -> dict[str, Value]:
    """Return the named values that conditions take."""
    return {"start": start, "end": end, "public": list(PUBLIC_SOURCES), "patrol": PATROL}
