"""Clocks of cases and tasks: limit, warning, pauses, and the light that they show."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from typing import Any, Final, Literal

from onecity.kernel.calendar import WorkCalendar
from onecity.kernel.deadlines import Pause, TimeUnit, deadline, elapsed

Light = Literal["green", "yellow", "red"]
LIGHTS: Final[tuple[Light, ...]] = ("green", "yellow", "red")


@dataclass(frozen=True, slots=True)
class LimitRule:
    """A limit as clocks use it. amount: units, ≥ 0. warn: share of it after which the light turns yellow, 0-1."""

    amount: Fraction
    unit: TimeUnit
    warn: Fraction


@dataclass(frozen=True, slots=True)
class Extension:
    """Time that was granted on top of a limit. amount: units, > 0."""

    amount: Fraction
    unit: TimeUnit


@dataclass(frozen=True, slots=True)
class Clock:
    """A running or standing clock. pauses: ended ones. paused_at: since when it stands; None while it runs.

    due_at, warn_at: as reckoned with the ended pauses; a pause that lasts moves them when it ends.
    extensions: each begins where the limit, or the extension before it, ends.
    """

    started_at: datetime
    due_at: datetime
    warn_at: datetime
    pauses: tuple[Pause, ...] = ()
    paused_at: datetime | None = None
    extensions: tuple[Extension, ...] = ()

    def next_change(self, light: Light) -> datetime | None:
        """Return when the light turns next; None while the clock stands, and once it is red."""
        if self.paused_at is not None or light == "red":
            return None
        return self.warn_at if light == "green" else self.due_at


def start_clock(
    limit: LimitRule,
    *,
    started_at: datetime,
    calendar: WorkCalendar,
    pauses: Sequence[Pause] = (),
    extensions: Sequence[Extension] = (),
) -> Clock:
    """Return the clock of a limit that begins at `started_at`; once extended, it warns inside the last extension.

    Source: house rule (kernel.deadlines tells how units and pauses count).
    """
    begin, amount, unit = started_at, limit.amount, limit.unit
    for extension in extensions:
        begin = deadline(begin, amount=amount, unit=unit, calendar=calendar, pauses=pauses)
        amount, unit = extension.amount, extension.unit
    due = deadline(begin, amount=amount, unit=unit, calendar=calendar, pauses=pauses)
    warn = deadline(begin, amount=amount * limit.warn, unit=unit, calendar=calendar, pauses=pauses)
    return Clock(started_at, due, warn, tuple(pauses), extensions=tuple(extensions))


def stopped(clock: Clock, *, now: datetime) -> Clock:
    """Return the clock standing from `now`; one that stands already goes on standing."""
    if clock.paused_at is not None:
        return clock
    return replace(clock, paused_at=now)


def resumed(clock: Clock, *, limit: LimitRule, now: datetime, calendar: WorkCalendar) -> Clock:
    """Return the clock running again from `now`, its deadline moved on by the pause."""
    if clock.paused_at is None:
        return clock
    pauses = (*clock.pauses, Pause(clock.paused_at, max(now, clock.paused_at)))
    return start_clock(
        limit, started_at=clock.started_at, calendar=calendar, pauses=pauses, extensions=clock.extensions
    )


def light_at(clock: Clock, *, now: datetime) -> Light:
    """Return the light: yellow from the warning on, red from the deadline on; a standing clock keeps its light."""
    moment = clock.paused_at or now
    if moment >= clock.due_at:
        return "red"
    return "yellow" if moment >= clock.warn_at else "green"


def worst(lights: Iterable[Light]) -> Light:
    """Return the worst light; green of none."""
    return max(lights, key=LIGHTS.index, default="green")


def earliest(moments: Iterable[datetime | None]) -> datetime | None:
    """Return the earliest of the moments that there are; None of none."""
    return min((moment for moment in moments if moment is not None), default=None)


@dataclass(frozen=True, slots=True)
class TimedLimit:
    """A limit with its clock, as it is kept beside a case or a task."""

    limit: LimitRule
    clock: Clock

    def light(self, *, now: datetime) -> Light:
        """Return what the clock shows at `now`."""
        return light_at(self.clock, now=now)

    def paused(self, *, wanted: bool, now: datetime, calendar: WorkCalendar) -> "TimedLimit":
        """Return the same limit with its clock standing or running."""
        clock = (
            stopped(self.clock, now=now)
            if wanted
            else resumed(self.clock, limit=self.limit, now=now, calendar=calendar)
        )
        return TimedLimit(self.limit, clock)

    def extended(self, *, by: Extension, calendar: WorkCalendar) -> "TimedLimit":
        """Return the same limit with more time; a clock that stands goes on standing."""
        clock = start_clock(
            self.limit,
            started_at=self.clock.started_at,
            calendar=calendar,
            pauses=self.clock.pauses,
            extensions=(*self.clock.extensions, by),
        )
        return TimedLimit(self.limit, replace(clock, paused_at=self.clock.paused_at))

    def next_change(self, *, now: datetime) -> datetime | None:
        """Return when the light turns next."""
        return self.clock.next_change(self.light(now=now))

    def kept(self) -> dict[str, object]:
        """Return what columns do not hold, as JSON."""
        kept: dict[str, object] = {
            "amount": str(self.limit.amount),
            "unit": self.limit.unit.value,
            "warn": str(self.limit.warn),
            "started_at": self.clock.started_at.isoformat(),
            "pauses": [[pause.start.isoformat(), pause.end.isoformat()] for pause in self.clock.pauses],
        }
        if self.clock.extensions:
            kept["extensions"] = [[str(item.amount), item.unit.value] for item in self.clock.extensions]
        return kept


def read_clock(
    kept: Mapping[str, Any], *, due_at: datetime | None, warn_at: datetime | None, paused_at: datetime | None
) -> TimedLimit | None:
    """Return a limit with its clock as `TimedLimit.kept` and the columns hold it; None where there is no limit."""
    if not kept or due_at is None or warn_at is None:
        return None
    limit = LimitRule(Fraction(kept["amount"]), TimeUnit(kept["unit"]), Fraction(kept["warn"]))
    pauses = tuple(Pause(datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in kept["pauses"])
    extensions = tuple(Extension(Fraction(amount), TimeUnit(unit)) for amount, unit in kept.get("extensions", ()))
    started_at = datetime.fromisoformat(kept["started_at"])
    return TimedLimit(limit, Clock(started_at, due_at, warn_at, pauses, paused_at, extensions))


def timed(
    limit: LimitRule,
    *,
    started_at: datetime,
    calendar: WorkCalendar,
    pauses: Sequence[Pause] = (),
    extensions: Sequence[Extension] = (),
) -> TimedLimit:
    """Return a limit with its clock started."""
    clock = start_clock(limit, started_at=started_at, calendar=calendar, pauses=pauses, extensions=extensions)
    return TimedLimit(limit, clock)


def share_used(timed_limit: TimedLimit, *, now: datetime, calendar: WorkCalendar) -> float:
    """Return which share of a limit and its extensions has run at `now`, pauses left out; above 1 when it is late."""
    clock, limit = timed_limit.clock, timed_limit.limit
    moment = max(clock.paused_at or now, clock.started_at)

    def run(end: datetime) -> Fraction:
        return elapsed(clock.started_at, end=end, unit=limit.unit, calendar=calendar, pauses=clock.pauses)

    whole = run(clock.due_at) if clock.extensions else limit.amount
    return float(run(moment) / whole)
