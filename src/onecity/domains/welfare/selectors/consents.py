"""Authorisations, and who was asked about whom under them."""

from collections.abc import Sequence

from onecity.domains.welfare.models import AskedSubject, Authorisation
from onecity.domains.welfare.selectors.applications import visible
from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotFound
from onecity.kernel.text import zh

MOST = 500


def consent(actor: Actor, code: str) -> Authorisation:
    """Return an authorisation of an application that the actor may see. Raises: NotFound."""
    found = (
        Authorisation.objects.select_related("member__application")
        .filter(code=code, member__application__in=visible(actor))
        .first()
    )
    if found is None:
        raise NotFound(zh("没有这份授权，或您无权查看"))
    return found


def asked_under(code: str) -> Sequence[AskedSubject]:
    """Return who was asked under an authorisation, the latest first; the caller has checked the reader."""
    rows = AskedSubject.objects.filter(authorisation_code=code).select_related("query", "member")
    return list(rows.order_by("-at", "-id")[:MOST])


def asked_about(actor: Actor) -> Sequence[AskedSubject]:
    """Return every question about the members of a citizen's own applications, the latest first."""
    rows = AskedSubject.objects.filter(member__application__account_id=actor.account_id)
    return list(rows.select_related("query", "member").order_by("-at", "-id")[:MOST])
