"""One step of a process with its surroundings: facts in, effects out, clocks set."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from onecity.kernel.calendar import WorkCalendar
from onecity.kernel.deadlines import Pause
from onecity.kernel.errors import Unavailable
from onecity.kernel.text import zh
from onecity.platform.cases.declare import Facts, Value
from onecity.platform.cases.process.checks import CASE_CLOCK
from onecity.platform.cases.process.elements import UserTask
from onecity.platform.cases.process.engine import Context
from onecity.platform.cases.registries import actions, conditions
from onecity.platform.cases.rules.clocks import Extension, TimedLimit, timed
from onecity.platform.cases.rules.limits import task_limit
from onecity.platform.cases.selectors.classes import classes_at
from onecity.platform.cases.selectors.versions import Version


class ActionUnavailable(Unavailable):
    """A published process names an action that the running code no longer has."""

    code = "action_unavailable"
    message = zh("流程动作“{action}”暂不可用，请联系系统管理员")


@dataclass(slots=True)
class CaseState:
    """A case while a step runs: what conditions and actions see and change."""

    version: Version
    id: int
    number: str
    class_code: str
    source_code: str
    urgency: int
    organisation_id: int
    handler_id: int | None
    reporter_organisation_id: int | None
    division_code: str
    opened_at: datetime
    now: datetime
    outcome: str = ""
    outcomes: dict[str, str] = field(default_factory=dict)
    data: dict[str, Value] = field(default_factory=dict)
    acted: list[str] = field(default_factory=list)

    def facts(self) -> Facts:
        """Return what an action or a condition function may know."""
        return Facts(
            case_id=self.id,
            number=self.number,
            type_code=self.version.type_code,
            class_code=self.class_code,
            source_code=self.source_code,
            urgency=self.urgency,
            organisation_id=self.organisation_id,
            handler_id=self.handler_id,
            division_code=self.division_code,
            outcome=self.outcome,
            outcomes=dict(self.outcomes),
            data=dict(self.data),
            now=self.now,
        )

    def names(self) -> dict[str, Value]:
        """Return what conditions may name."""
        return {
            "outcome": self.outcome,
            "urgency": self.urgency,
            "source": self.source_code,
            "case_class": self.class_code,
            "division": self.division_code,
            **self.data,
        }


def context_of(state: CaseState) -> Context:
    """Return how a step reaches the case."""

    def call(name: str, arguments: Sequence[Value]) -> Value:
        if name not in conditions():
            raise ActionUnavailable(params={"action": name})
        return conditions()[name].test(state.facts(), arguments)

    def act(node: str) -> None:
        element = state.version.process.diagram.service_tasks[node]
        action = actions().get(element.action)
        if action is None:
            raise ActionUnavailable(params={"action": element.action})
        effect = action.run(state.facts(), element.parameters)
        declared = {item.code for item in state.version.settings.data}
        state.data.update({name: value for name, value in effect.data.items() if name in declared})
        if effect.handler_id is not None:
            state.handler_id = effect.handler_id
        context.values.update(state.names())
        state.acted.append(node)

    context = Context(state.names(), call, act)
    return context


def organisation_of(element: UserTask, state: CaseState) -> int | None:
    """Return the organisation to which a task belongs; None when its place alone decides who may do it."""
    if element.assign == "division":
        return None
    if element.assign == "handler":
        return state.handler_id or state.organisation_id
    if element.assign == "reporter":
        return state.reporter_organisation_id or state.organisation_id
    return state.organisation_id


@dataclass(frozen=True, slots=True)
class Earlier:
    """What a task goes on from: begin and end of its earlier instances in order, their pauses, what was granted."""

    spans: Sequence[tuple[datetime, datetime]] = ()
    pauses: Sequence[Pause] = ()
    extensions: Sequence[Extension] = ()


NOTHING_EARLIER: Final = Earlier()


def clock_of(
    element: UserTask, state: CaseState, *, calendar: WorkCalendar, earlier: Earlier = NOTHING_EARLIER
) -> TimedLimit | None:
    """Return the clock of a task that begins now; None for one without a limit.

    earlier: what it goes on from, if it goes on with the time that earlier instances left.
    """
    known = classes_at(state.version.settings.scheme, at=state.opened_at).get(state.class_code)
    limit = task_limit(
        element.limit, element.warn, settings=state.version.settings, class_limits=known.limits if known else None
    )
    if limit is None:
        return None
    spans = earlier.spans
    begins = [*(begin for begin, _ in spans[1:]), state.now]
    gaps = tuple(Pause(end, max(begin, end)) for (_, end), begin in zip(spans, begins, strict=False))
    return timed(
        limit,
        started_at=spans[0][0] if spans else state.now,
        calendar=calendar,
        pauses=(*earlier.pauses, *gaps),
        extensions=earlier.extensions,
    )


def standing_clocks(elements: Mapping[str, UserTask], open_nodes: Iterable[str]) -> frozenset[str]:
    """Return the clocks that stand while these tasks are open: ids of tasks, and `case`.

    Approvals of requests, which no diagram knows, let every clock run.
    """
    return frozenset(clock for node in open_nodes if node in elements for clock in elements[node].pauses)


def case_clock(state: CaseState, *, calendar: WorkCalendar, open_nodes: Iterable[str]) -> TimedLimit | None:
    """Return the clock of a case that begins now, standing if its first tasks want it so.

    The class's own limit of that name goes before the type's.
    """
    settings = state.version.settings
    known = classes_at(settings.scheme, at=state.opened_at).get(state.class_code)
    limit = (known.limits if known else {}).get(settings.case_limit) or settings.limits.get(settings.case_limit)
    if limit is None:
        return None
    stands = CASE_CLOCK in standing_clocks(state.version.process.diagram.user_tasks, open_nodes)
    return timed(limit, started_at=state.now, calendar=calendar).paused(wanted=stands, now=state.now, calendar=calendar)
