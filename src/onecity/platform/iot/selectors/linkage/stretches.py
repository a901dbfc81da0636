"""Judging a rule over a stretch of past instants: what it sees, and where it fires. Nothing is written here.

The clock's judgement and a trial on past data both come through `judge`, so they cannot differ.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from onecity.kernel.calendar import WorkCalendar
from onecity.kernel.clock import city_date
from onecity.platform.cases.api import NoCalendar, calendar_of
from onecity.platform.iot.contracts.linkage import LinkageText
from onecity.platform.iot.rules.conditions import Condition, Mode, Need, Observed, condition_of
from onecity.platform.iot.rules.conditions.phases import Holds, Standing, Turn, advance
from onecity.platform.iot.rules.conditions.vectors import Values, judged
from onecity.platform.iot.rules.conditions.windows import Track, given
from onecity.platform.iot.rules.instants import DAY, HOUR, SECOND, instant
from onecity.platform.iot.rules.rollups import CITY_OFFSET
from onecity.platform.iot.selectors.linkage.members import Reach, reach_of
from onecity.platform.iot.selectors.linkage.tracks import Streams, streams_of, tracks_of

MOST_VALUES: Final = 8
"""So many values are kept with a firing."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A rule as it is judged. calendar: of its place, None where the city has none (then Monday to Friday work)."""

    condition: Condition
    ending: Condition | None
    holds: Holds
    step: int
    reach: Reach
    streams: Streams
    calendar: WorkCalendar | None

    @property
    def needs(self) -> tuple[Need, ...]:
        """All that condition and ending look at, the condition's first."""
        return tuple(dict.fromkeys((*self.condition.needs, *(self.ending.needs if self.ending else ()))))

    @property
    def subjects(self) -> NDArray[np.int64]:
        """What is judged: devices, or one subject 0 for all together."""
        if self.condition.mode is Mode.TOGETHER:
            return np.zeros(1 if len(self.reach.members) else 0, np.int64)
        return self.reach.members


@dataclass(frozen=True, slots=True)
class Happening:
    """A rule fires for a subject, or it is over. Instants: microseconds. device, datastream: 0 for none.

    values: what the condition saw, by what was asked; None where there was nothing.
    """

    subject: int
    at: int
    fires: bool
    begun: int = 0
    device: int = 0
    datastream: int = 0
    values: Mapping[str, float | None] = field(default_factory=dict)


def plan_of(organisation_id: int, text: LinkageText, *, division_code: str) -> Plan:
    """Return an edition as it is judged now, with the devices that it reaches now.

    Raises: BadCondition if the language has changed since the edition was published.
    """
    mode = Mode(text.mode)
    condition = condition_of(text.condition, mode=mode)
    ending = condition_of(text.ending, mode=mode) if text.ending.strip() else None
    keys = (*condition.devices, *(ending.devices if ending else ()))
    reach = reach_of(organisation_id, text, keys=keys)
    needs = (*condition.needs, *(ending.needs if ending else ()))
    try:
        calendar = calendar_of(division_code)
    except NoCalendar:
        calendar = None
    return Plan(
        condition,
        ending,
        Holds(text.hold_s * SECOND, text.end_hold_s * SECOND),
        text.step_s * SECOND,
        reach,
        streams_of(reach.every, needs),
        calendar,
    )


def instants_between(since: int, until: int, *, step: int) -> NDArray[np.int64]:
    """Return the instants since < instant ≤ until at which a rule is judged: whole steps of the clock."""
    return np.arange((since // step + 1) * step, until + 1, step, dtype=np.int64)


def judge(plan: Plan, standing: Standing, *, since: int, until: int) -> tuple[Standing, list[Happening]]:
    """Judge instants with since < instant ≤ until; return the standing after them and what happened, in order.

    standing: of `plan.subjects`.
    """
    instants = instants_between(since, until, step=plan.step)
    if not len(instants) or not len(plan.subjects):
        return standing, []
    look = Look(plan, instants)
    begins = judged(plan.condition.root, look)
    shape = (len(plan.subjects), len(instants))
    true = np.broadcast_to(begins.holds.data & begins.holds.known, shape)
    if plan.ending is None:
        over = np.broadcast_to(~begins.holds.data & begins.holds.known, shape)
    else:
        ends = judged(plan.ending.root, look).holds
        over = np.broadcast_to(ends.data & ends.known, shape)
    after, turns = advance(standing, begins=true, ends=over, instants=instants, holds=plan.holds)
    return after, [_happening(plan, look, turn, begins.said) for turn in turns]


class Look:
    """What the expressions look at: every function over readings is worked out once for all devices and instants."""

    def __init__(self, plan: Plan, instants: NDArray[np.int64]) -> None:
        self._plan = plan
        self.instants = instants
        self._seen: dict[Need, Values] = {}
        self._tracks: dict[Observed, Track] = tracks_of(
            plan.streams, plan.needs, since=int(instants[0]) - plan.step, until=int(instants[-1])
        )
        self._rows = np.searchsorted(plan.streams.devices, plan.reach.members)

    @property
    def shape(self) -> tuple[int, int]:
        """How many devices and instants there are."""
        return len(self._plan.reach.members), len(self.instants)

    def reading(self, need: Need) -> Values:
        """Return what a function over readings gives; one row for a named device, unknown for one that is not there."""
        if need not in self._seen:
            self._seen[need] = self._worked_out(need)
        return self._seen[need]

    def _worked_out(self, need: Need) -> Values:
        track = self._tracks[need.observed]
        values, known = given(track, need.function, window=need.window, instants=self.instants)
        if not need.device:
            return Values(values[self._rows], known[self._rows])
        device = self._plan.reach.named.get(need.device)
        if device is None:
            return Values(np.zeros((1, 1)), np.zeros((1, 1), np.bool_))
        row = int(np.searchsorted(self._plan.streams.devices, device))
        return Values(values[row : row + 1], known[row : row + 1])

    def clock(self, name: str) -> Values:
        """Return what the city's clock says, one row."""
        local = self.instants + CITY_OFFSET
        if name == "hour":
            found = local // HOUR % 24
        elif name == "weekday":
            found = (local // DAY + 5) % 7 + 1
        else:
            found = self._working[local // DAY - local[0] // DAY]
        return Values(found[None, :], np.ones((1, len(found)), np.bool_))

    @cached_property
    def _working(self) -> NDArray[np.bool_]:
        first, last = (city_date(instant(int(self.instants[place]))) for place in (0, -1))
        days = range(first.toordinal(), last.toordinal() + 1)
        return np.array([_works(self._plan.calendar, date.fromordinal(day)) for day in days], np.bool_)


def _works(calendar: WorkCalendar | None, day: date) -> bool:
    return calendar.is_working_day(day) if calendar else day.weekday() < 5


def _happening(plan: Plan, look: Look, turn: Turn, said: list[NDArray[np.bool_]]) -> Happening:
    at = int(look.instants[turn.at])
    subject = int(plan.subjects[turn.row])
    if not turn.fires:
        return Happening(subject, at, fires=False)
    row, values = turn.row, dict[str, float | None]()
    if plan.condition.mode is Mode.TOGETHER:
        holding = said[0][:, turn.at] if said else np.zeros(0, np.bool_)
        row = int(holding.argmax()) if holding.any() else 0
        values["devices"] = float(holding.sum())
    for need in plan.needs[:MOST_VALUES]:
        values[need.label] = _value(need, look.reading(need), row, turn.at)
    device = int(plan.reach.members[row])
    return Happening(
        subject, at, fires=True, begun=turn.begun, device=device, datastream=_stream(plan, device), values=values
    )


def _value(need: Need, found: Values, row: int, place: int) -> float | None:
    """Return what one device had at one instant; ages in seconds."""
    rows, columns = found.data.shape
    where = min(row, rows - 1), min(place, columns - 1)
    if not found.known[where]:
        return None
    value = float(found.data[where])
    return value / SECOND if need.function == "age" else value


def _stream(plan: Plan, device: int) -> int:
    """Return the datastream of the first property that the condition looks at of this device; 0 if it has none."""
    row = int(np.searchsorted(plan.streams.devices, device))
    own = (int(plan.streams.ids[need.observed][row]) for need in plan.condition.needs if not need.device)
    return next((number for number in own if number), 0)
