"""Daily briefs as an actor may see them."""

from django.db.models import QuerySet

from onecity.domains.opinion.models import Brief
from onecity.domains.opinion.permissions import VIEW
from onecity.domains.opinion.selectors.pages import page_of
from onecity.kernel.actor import Actor
from onecity.platform.identity.api import row_scope
from onecity.web.listing import Query
from onecity.web.paging import Page


def seen_briefs(actor: Actor) -> QuerySet[Brief]:
    """Return the briefs of the actor's organisations."""
    scope = row_scope(actor, VIEW)
    return Brief.objects.all() if scope.everything else Brief.objects.filter(organisation_id__in=scope.organisation_ids)


def briefs(actor: Actor, *, query: Query) -> Page[Brief]:
    """Return a page of the briefs, the newest first."""
    return page_of(seen_briefs(actor).select_related("organisation"), query, at="made_at")


def may_read_brief(actor: Actor, brief_id: int) -> bool:
    """Say whether an actor may read a brief's document."""
    return actor.may(VIEW) and seen_briefs(actor).filter(id=brief_id).exists()
