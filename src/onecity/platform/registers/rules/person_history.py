"""What was true when, and what was known of it when: two times for every state of a person.

A state is true from valid_from to before valid_to, and recorded at known_from. Three things can happen to it:
    it ends       valid_to is set; until closed_at nobody knew, so before that it counted as going on
    it was wrong  known_to is set: from then on it is no longer believed, for any day
    nothing       it is the current state
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

Facts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class State:
    """One state. id: of the stored row; None for the current one and for new ones."""

    facts: Facts
    valid_from: date
    known_from: datetime
    valid_to: date | None = None
    closed_at: datetime | None = None
    known_to: datetime | None = None
    id: int | None = None

    def end_as_known(self, known_at: datetime) -> date | None:
        """Return the end of the state as it was known at a moment; None while it counted as going on."""
        return self.valid_to if self.closed_at is not None and self.closed_at <= known_at else None


@dataclass(frozen=True, slots=True)
class Amendment:
    """What a change does to the stored states.

    current: the state that stands from now on. withdrawn: ids of stored states that are no longer believed.
    added: states to be stored, among them what the current one was until now.
    """

    current: State
    withdrawn: tuple[int, ...] = ()
    added: tuple[State, ...] = field(default=())


def state_at(states: Sequence[State], *, valid_at: date, known_at: datetime) -> State | None:
    """Return what was believed at `known_at` to be true on `valid_at`; None when nothing was."""
    found = None
    for state in states:
        if state.known_from > known_at or (state.known_to is not None and state.known_to <= known_at):
            continue
        end = state.end_as_known(known_at)
        if (
            state.valid_from <= valid_at
            and (end is None or valid_at < end)
            and (found is None or found.valid_from < state.valid_from)
        ):
            found = state
    return found


def believed(states: Sequence[State]) -> list[State]:
    """Return the states that are believed now, the earliest first; the current one is the last."""
    return sorted((item for item in states if item.known_to is None), key=lambda item: item.valid_from)


def amended(states: Sequence[State], *, patch: Facts, since: date | None, now: datetime) -> Amendment | None:
    """Return what has to be stored when `patch` is true from `since` on; None when it changes nothing.

    since None: what stands was wrong for as long as it has stood. Otherwise a later state in which a field had changed
    already keeps its own value; a day before the first state counts as its beginning.
    states: the believed ones in order, the current one last.
    """
    first = len(states) - 1 if since is None else _standing(states, since)
    begins = states[first].valid_from if since is None else max(since, states[first].valid_from)
    changed = [name for name, value in patch.items() if states[first].facts[name] != value]
    if not changed:
        return None
    spans = {name: _span(states, name, first, backwards=since is None) for name in changed}
    withdrawn, added, current = list[int](), list[State](), states[-1]
    for place in range(min(span[0] for span in spans.values()), len(states)):
        state = states[place]
        facts = {name: patch[name] for name, (low, high) in spans.items() if low <= place <= high}
        if not facts:
            continue
        splits = since is not None and place == first and begins > state.valid_from
        fresh = replace(state, facts={**state.facts, **facts}, known_from=now, id=None)
        fresh = replace(fresh, valid_from=begins) if splits else fresh
        if state.id is None:
            current = fresh
            added.append(replace(state, valid_to=begins, closed_at=now) if splits else replace(state, known_to=now))
            continue
        withdrawn.append(state.id)
        added.append(replace(fresh, closed_at=now))
        if splits:
            added.append(replace(state, valid_to=begins, known_from=now, closed_at=now, id=None))
    return Amendment(current, tuple(withdrawn), tuple(added))


def _standing(states: Sequence[State], day: date) -> int:
    return max((place for place, state in enumerate(states) if state.valid_from <= day), default=0)


def _span(states: Sequence[State], name: str, first: int, *, backwards: bool) -> tuple[int, int]:
    """Return the first and the last state, around `first`, in which a field has the value that it has there."""
    low = high = first
    value = states[first].facts[name]
    while backwards and low > 0 and states[low - 1].facts[name] == value:
        low -= 1
    while high + 1 < len(states) and states[high + 1].facts[name] == value:
        high += 1
    return low, high
