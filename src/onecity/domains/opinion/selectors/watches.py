"""Watch lists as an actor may see them."""

from django.db.models import QuerySet

from onecity.domains.opinion.models import Watch
from onecity.domains.opinion.permissions import VIEW
from onecity.kernel.actor import Actor
from onecity.platform.identity.api import row_scope


def seen_watches(actor: Actor) -> QuerySet[Watch]:
    """Return the watch lists of the actor's organisations; they have no place of their own."""
    scope = row_scope(actor, VIEW)
    return Watch.objects.all() if scope.everything else Watch.objects.filter(organisation_id__in=scope.organisation_ids)
