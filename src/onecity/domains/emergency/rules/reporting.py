"""By when an incident must be reported to the level above: limits are dated rows, counted day and night."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta


@dataclass(frozen=True, slots=True)
class Limit:
    """One row. kind: first, follow_up, final. grade: 1–4. from_level, to_level: of `codes.BODY_LEVELS`.

    clock: receipt or occurrence (first reports); a follow-up counts from the report before it, a final report from the
    end of handling. phone_minutes: None where no call is asked for. effective_to: the last day; None for no end.
    """

    id: int
    kind: str
    grade: int
    from_level: str
    to_level: str
    clock: str
    phone_minutes: int | None
    written_minutes: int
    effective_from: date
    effective_to: date | None


@dataclass(frozen=True, slots=True)
class Due:
    """By when to call and to write. rule_id: of the row that says so."""

    rule_id: int
    to_level: str
    phone_at: datetime | None
    written_at: datetime


def limits_in_force(rows: Iterable[Limit], *, kind: str, grade: int, from_level: str, day: date) -> list[Limit]:
    """Return the rows that hold, one for each level above: the latest that has begun.

    Source: House rule.
    """
    found: dict[str, Limit] = {}
    for row in sorted(rows, key=lambda item: (item.effective_from, item.id)):
        ended = row.effective_to is not None and row.effective_to < day
        same = (row.kind, row.grade, row.from_level) == (kind, grade, from_level)
        if same and row.effective_from <= day and not ended:
            found[row.to_level] = row
    return [found[level] for level in sorted(found)]


def due_first(row: Limit, *, occurred_at: datetime, received_at: datetime) -> Due:
    """Return by when the first report must be made, by the row's clock.

    Source: 突发事件信息报告 (local rules), reporting times; the rows are data and can be replaced.
    """
    return due_after(row, start=occurred_at if row.clock == "occurrence" else received_at)


def due_after(row: Limit, *, start: datetime) -> Due:
    """Return by when a report must be made whose limit runs from `start`.

    Source: House rule.
    """
    phone = None if row.phone_minutes is None else start + timedelta(minutes=row.phone_minutes)
    return Due(row.id, row.to_level, phone, start + timedelta(minutes=row.written_minutes))


def is_timely(due: datetime, *, done: datetime | None, now: datetime) -> bool | None:
    """Say whether something was done in time; None while it may still be.

    Source: House rule.
    """
    if done is not None:
        return done <= due
    return None if now <= due else False
