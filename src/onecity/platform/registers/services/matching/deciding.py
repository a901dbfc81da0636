"""A clerk says of a doubtful pair if it is one person; the word can be taken back."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, NotFound
from onecity.kernel.text import zh
from onecity.platform.identity.api import record, row_scope
from onecity.platform.registers.models import DoubtfulPair, MatchLink, PersonMerge
from onecity.platform.registers.permissions import JUDGE_PAIRS
from onecity.platform.registers.services.matching.merges import merge_persons, undo_merge

_OTHER_CONFIRMED = zh("同一记录已确认为他人")


class PairDecided(Conflict):
    """Somebody has judged the pair already, or nobody has."""

    code = "registers.pair_decided"
    message = zh("该疑似记录的状态已变化，请刷新后重试")


@transaction.atomic
def decide_pair(actor: Actor, *, pair_id: int, same: bool, note: str, now: datetime) -> None:
    """Say whether a pair is one person. Two register entries that are one are merged into the older one.

    note: why; needed to merge. Raises: NotFound; PairDecided; MergeRefused; ReasonNeeded.
    """
    pair = _locked(actor, pair_id, state=DoubtfulPair.State.WAITING)
    pair.state = DoubtfulPair.State.SAME if same else DoubtfulPair.State.DIFFERENT
    pair.decided_by, pair.decided_at, pair.note = actor.name[:60], now, note.strip()[:200]
    pair.save()
    if pair.other_id is None:
        _settle_record(actor, pair, same=same, now=now)
    elif same:
        kept, merged = sorted((pair.person_id, pair.other_id))
        merge_persons(actor, kept_id=kept, merged_id=merged, reason=note, now=now)
    record(actor, action="registers.judge_pair", target=f"registers.doubtfulpair:{pair.id}", details={"same": same})


@transaction.atomic
def take_back(actor: Actor, *, pair_id: int, note: str, now: datetime) -> None:
    """Take a decision back: the pair waits again, a merge is undone. Raises: NotFound; PairDecided; ReasonNeeded."""
    pair = _locked(actor, pair_id, state="")
    if pair.state == DoubtfulPair.State.SAME and pair.other_id is not None:
        kept, merged = sorted((pair.person_id, pair.other_id))
        merge = PersonMerge.objects.filter(kept_id=kept, merged_id=merged, undone_at=None).first()
        if merge is not None:
            undo_merge(actor, merge_id=merge.id, reason=note, now=now)
    if pair.other_id is None:
        again = _siblings(pair).filter(note=_OTHER_CONFIRMED)
        again.update(state=DoubtfulPair.State.WAITING, decided_at=None, decided_by="", note="")
        _link(pair, MatchLink.Outcome.DOUBTFUL, None)
    pair.state, pair.decided_by, pair.decided_at, pair.note = DoubtfulPair.State.WAITING, "", None, ""
    pair.save()
    record(actor, action="registers.take_back_pair", target=f"registers.doubtfulpair:{pair.id}")


def _locked(actor: Actor, pair_id: int, *, state: str) -> DoubtfulPair:
    rows = DoubtfulPair.objects.filter(row_scope(actor, JUDGE_PAIRS).q())
    pair = rows.select_for_update().filter(id=pair_id).first()
    if pair is None:
        raise NotFound
    waiting = pair.state == DoubtfulPair.State.WAITING
    if waiting != (state == DoubtfulPair.State.WAITING):
        raise PairDecided
    return pair


def _settle_record(actor: Actor, pair: DoubtfulPair, *, same: bool, now: datetime) -> None:
    waiting = _siblings(pair).filter(state=DoubtfulPair.State.WAITING)
    if same:
        waiting.update(
            state=DoubtfulPair.State.DIFFERENT, decided_by=actor.name[:60], decided_at=now, note=_OTHER_CONFIRMED
        )
        _link(pair, MatchLink.Outcome.CONFIRMED, pair.person_id)
    elif not waiting.exists():
        _link(pair, MatchLink.Outcome.REJECTED, None)


def _siblings(pair: DoubtfulPair) -> "QuerySet[DoubtfulPair]":
    return DoubtfulPair.objects.filter(run_id=pair.run_id, record_key=pair.record_key, other=None).exclude(id=pair.id)


def _link(pair: DoubtfulPair, outcome: str, person_id: int | None) -> None:
    links = MatchLink.objects.filter(run_id=pair.run_id, record_key=pair.record_key)
    links.update(outcome=outcome, person_id=person_id, probability=pair.probability if person_id else None)
