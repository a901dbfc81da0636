"""Doubts about data, for who reported them and for who must answer."""

from django.db.models import Q, QuerySet

from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotFound
from onecity.kernel.text import zh
from onecity.platform.exchange.models import Correction
from onecity.platform.exchange.permissions import COMPILE_CATALOGUE, VIEW_CATALOGUE
from onecity.platform.identity import api as identity
from onecity.web.keyset import counted_page
from onecity.web.paging import Cursor, Page


def corrections_for(
    actor: Actor, *, state: str = "", dataset_id: int | None = None, after: Cursor | None = None, size: int = 20
) -> Page[Correction]:
    """Return the doubts that the actor, or his body, reported or must answer; newest first."""
    rows = _visible(actor)
    if state:
        rows = rows.filter(state=state)
    if dataset_id is not None:
        rows = rows.filter(dataset_id=dataset_id)
    return counted_page(rows.select_related("dataset", "organisation"), after=after, size=size)


def correction_for(actor: Actor, correction_id: int) -> Correction:
    """Return one doubt. Raises: NotFound."""
    rows = _visible(actor).select_related("dataset", "organisation", "reporter_organisation")
    found = rows.filter(id=correction_id).first()
    if found is None:
        raise NotFound(zh("没有这条校核，或您无权查看"))
    return found


def _visible(actor: Actor) -> QuerySet[Correction]:
    answers = identity.row_scope(actor, COMPILE_CATALOGUE).q(division="organisation__division_code")
    mine = Q(reporter_id=actor.id) if actor.kind == "account" else Q(pk=None)
    if actor.organisation_id is not None and actor.may(VIEW_CATALOGUE):
        mine |= Q(reporter_organisation_id=actor.organisation_id)
    return Correction.objects.filter(answers | mine)
