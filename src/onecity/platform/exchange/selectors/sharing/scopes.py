"""Which requests, grants and receipts an actor sees: as consumer, as provider, as auditor."""

from collections.abc import Sequence
from typing import Final

from django.db.models import Q

from onecity.kernel.actor import Actor
from onecity.platform.exchange.permissions import (
    APPROVE_SHARING,
    QUERY_SHARED,
    REQUEST_DATA,
    SUPERVISE_SHARING,
    VIEW_USES,
)
from onecity.platform.identity.api import RowScope, row_scope

AS_CONSUMER: Final = (REQUEST_DATA, QUERY_SHARED)
AS_PROVIDER: Final = (APPROVE_SHARING,)
AS_AUDITOR: Final = (VIEW_USES, SUPERVISE_SHARING)
NOTHING: Final = Q(pk__in=())
EVERYTHING: Final = Q(pk__isnull=False)


def seen(actor: Actor, *, consumer: Sequence[str], provider: Sequence[str]) -> Q:
    """Return the condition on rows with `organisation` (the consumer) and `provider`: seen by rights over either."""
    condition = NOTHING
    for permission in dict.fromkeys(consumer):
        condition |= _on(row_scope(actor, permission), "organisation_id")
    for permission in dict.fromkeys(provider):
        condition |= _on(row_scope(actor, permission), "provider_id")
    return condition


def requests_seen(actor: Actor) -> Q:
    """Return which requests the actor sees."""
    return seen(actor, consumer=(REQUEST_DATA, SUPERVISE_SHARING), provider=(APPROVE_SHARING, SUPERVISE_SHARING))


def grants_seen(actor: Actor) -> Q:
    """Return which grants the actor sees."""
    return seen(actor, consumer=(*AS_CONSUMER, *AS_AUDITOR), provider=(*AS_PROVIDER, *AS_AUDITOR))


def receipts_seen(actor: Actor) -> Q:
    """Return which receipts of use the actor sees."""
    return seen(actor, consumer=(VIEW_USES,), provider=(VIEW_USES,))


def _on(scope: RowScope, column: str) -> Q:
    """Return a scope as a condition; organisations of a division's scope are those that lie in it."""
    if scope.everything:
        return EVERYTHING
    condition = Q(**{f"{column}__in": scope.organisation_ids})
    for code in scope.division_codes:
        condition |= Q(**{f"{column.removesuffix('_id')}__division_code__startswith": code})
    return condition
