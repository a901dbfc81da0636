"""Spans of time that settings name, such as `5 work_day`."""

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from onecity.kernel.calendar import WorkCalendar
from onecity.kernel.deadlines import TimeUnit, deadline


@dataclass(frozen=True, slots=True)
class Span:
    """So much time. amount: units, ≥ 0."""

    amount: Fraction
    unit: TimeUnit

    def after(self, start: datetime, *, calendar: WorkCalendar) -> datetime:
        """Return the instant at which this much time has run from `start`."""
        return deadline(start, amount=self.amount, unit=self.unit, calendar=calendar)


def read_span(text: object) -> Span | None:
    """Return the span that a text `AMOUNT UNIT` names; None for any other value."""
    amount, _, unit = str(text).partition(" ")
    try:
        span = Span(Fraction(amount), TimeUnit(unit.strip()))
    except (ValueError, ZeroDivisionError):
        return None
    return span if span.amount >= 0 else None
