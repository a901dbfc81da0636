"""One field, one answerable source (一数一源): which value stands when sources speak differently."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

ANY_FIELD: Final = "*"


@dataclass(frozen=True, slots=True)
class Claim:
    """What a source says of one field. value: canonical text, "" when it says nothing; observed_at: when it was so."""

    value: str
    source_id: int
    observed_at: datetime


class Verdict(StrEnum):
    """What becomes of an incoming claim."""

    SAME = "same"  # it says what stands; the origin stays whoever said it first
    TAKEN = "taken"  # it stands from now on
    KEPT = "kept"  # the current value stays, the incoming one is kept as lost
    STALE = "stale"  # the same source has said something newer
    CONTESTED = "contested"  # the current value stays until people have decided


@dataclass(frozen=True, slots=True)
class Settlement:
    """The outcome for one field. standing: the claim that stands now; losing: the other one, None when there is none
    to keep: the source's own former value is history, not contradiction."""

    verdict: Verdict
    standing: Claim
    losing: Claim | None = None

    @property
    def is_conflict(self) -> bool:
        """Say whether people have to decide."""
        return self.verdict is Verdict.CONTESTED


@dataclass(frozen=True, slots=True)
class RankTable:
    """Ranks of sources by field, from a published version of the rules; 1 is the answerable source.

    ranks: field's name, or `*` for every field that has no line of its own → source → rank. Equal ranks are allowed.
    """

    ranks: Mapping[str, Mapping[int, int]]

    def rank(self, field: str, source_id: int) -> int | None:
        """Return the rank of a source for a field; None when the rules do not name it."""
        line = self.ranks.get(field)
        if line is None:
            line = self.ranks.get(ANY_FIELD, {})
        return line.get(source_id)


def settle(
    current: Claim | None, incoming: Claim, *, current_rank: int | None, incoming_rank: int | None, key: bool = False
) -> Settlement:
    """Decide between what stands and what comes in.

    1. An empty value is no statement, unless the source takes back its own.
    2. A source's later word replaces its own earlier one; what is older than its last word is stale.
    3. The source of the better rank wins; a ranked source wins over an unranked one.
    4. Equal ranks, or none on both sides: people decide. So they do when another source's value, or a newer one of the
       same source, would replace a key field's value.
    Source: house rule for 一数一源 (政务数据共享条例 asks for one answerable source of each field, not for an order).
    """
    if current is None or not current.value:
        return _first(current, incoming)
    same_source = incoming.source_id == current.source_id
    if incoming.value == current.value or not (incoming.value or same_source):
        return Settlement(Verdict.SAME, current)
    if same_source:
        return _own_word(current, incoming, key=key)
    better = _better(incoming_rank, current_rank)
    if better is None or (better and key):
        return Settlement(Verdict.CONTESTED, current, losing=incoming)
    if better:
        return Settlement(Verdict.TAKEN, incoming, losing=current)
    return Settlement(Verdict.KEPT, current, losing=incoming)


def _first(current: Claim | None, incoming: Claim) -> Settlement:
    if not incoming.value:
        return Settlement(Verdict.SAME, current or incoming)
    return Settlement(Verdict.TAKEN, incoming)


def _own_word(current: Claim, incoming: Claim, *, key: bool) -> Settlement:
    if incoming.observed_at < current.observed_at:
        return Settlement(Verdict.STALE, current)
    if key and incoming.value:
        return Settlement(Verdict.CONTESTED, current, losing=incoming)
    if key:
        return Settlement(Verdict.SAME, current)
    return Settlement(Verdict.TAKEN, incoming)


def _better(incoming: int | None, current: int | None) -> bool | None:
    """Say whether the incoming rank wins; None when neither does."""
    if incoming == current:
        return None
    if incoming is None or current is None:
        return current is None
    return incoming < current


Exceptions = Mapping[str, Sequence[int | str]]
"""Field → [source's id, instant in ISO 8601]: origins that differ from the entry's own."""


def origin_of(field: str, *, default: tuple[int, datetime], exceptions: Exceptions) -> tuple[int, datetime]:
    """Return source and time of a field's value."""
    found = exceptions.get(field)
    return (int(found[0]), datetime.fromisoformat(str(found[1]))) if found else default


def with_origin(
    exceptions: Exceptions, *, field: str, origin: tuple[int, datetime], default: tuple[int, datetime]
) -> dict[str, Sequence[int | str]]:
    """Return the exceptions after a field has taken a value; the entry's own origin is no exception."""
    others = {name: value for name, value in exceptions.items() if name != field}
    return others if origin == default else {**others, field: [origin[0], origin[1].isoformat()]}
