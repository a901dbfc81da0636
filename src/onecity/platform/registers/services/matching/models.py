"""Editions of the matching model: the first day's, drafts by hand or learned, published ones."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.identity.api import record
from onecity.platform.registers.models import MatchModel
from onecity.platform.registers.permissions import MANAGE_SOURCES
from onecity.platform.registers.rules.matching import read_weights


class NoModel(Conflict):
    """No edition is published."""

    code = "registers.no_match_model"
    message = zh("还没有发布匹配模型")


class NotADraftModel(Conflict):
    """Published editions are never altered."""

    code = "registers.not_a_draft_model"
    message = zh("只有草稿可以发布")


def model_in_force() -> MatchModel:
    """Return the newest published edition. Raises: NoModel."""
    found = MatchModel.objects.filter(state=MatchModel.State.PUBLISHED).order_by("-number").first()
    if found is None:
        raise NoModel
    return found


@transaction.atomic
def draft_model(
    actor: Actor, *, weights: Mapping[str, object], sure_from: float, doubtful_from: float, basis: str, now: datetime
) -> int:
    """Write the draft, or write it anew; returns its number. Raises: NotPermitted; WeightsRefused."""
    if not actor.may(MANAGE_SOURCES):
        raise NotPermitted
    read_weights(weights)
    last = MatchModel.objects.aggregate(last=Max("number"))["last"] or 0
    draft = MatchModel.objects.select_for_update().filter(state=MatchModel.State.DRAFT).first()
    draft = draft or MatchModel(number=last + 1, created_at=now)
    draft.weights, draft.sure_from, draft.doubtful_from = dict(weights), sure_from, doubtful_from
    draft.basis, draft.author = basis[:200], actor.name[:60]
    draft.save()
    record(actor, action="registers.draft_match_model", target=f"registers.matchmodel:{draft.number}")
    return draft.number


@transaction.atomic
def publish_model(actor: Actor, *, number: int, now: datetime) -> None:
    """Put a draft in force. Raises: NotPermitted; NotADraftModel."""
    if not actor.may(MANAGE_SOURCES):
        raise NotPermitted
    draft = MatchModel.objects.select_for_update().filter(number=number, state=MatchModel.State.DRAFT).first()
    if draft is None:
        raise NotADraftModel
    draft.state, draft.published_at = MatchModel.State.PUBLISHED, now
    draft.save()
    record(actor, action="registers.publish_match_model", target=f"registers.matchmodel:{number}")
