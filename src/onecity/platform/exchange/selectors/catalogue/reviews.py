"""Versions that wait for review."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from onecity.kernel.actor import Actor
from onecity.platform.exchange.models import DatasetVersion
from onecity.platform.exchange.permissions import REVIEW_CATALOGUE
from onecity.platform.identity import api as identity
from onecity.web.keyset import counted
from onecity.web.paging import Cursor, Page


@dataclass(frozen=True, slots=True)
class Waiting:
    """A submitted version as the desk shows it."""

    code: str
    number: int
    title: str
    provider: str
    sharing_type: str
    open_type: str
    submitted_at: datetime
    review_due_at: datetime | None


def waiting_for(actor: Actor, *, after: Cursor | None = None, size: int = 20) -> Page[Waiting]:
    """Return what waits for the actor's review, the earliest submission first."""
    scope = identity.row_scope(actor, REVIEW_CATALOGUE).q(
        organisation="dataset__organisation_id", division="dataset__organisation__division_code"
    )
    rows = DatasetVersion.objects.filter(scope, state=DatasetVersion.State.SUBMITTED)
    count = None if after else counted(rows)
    if after:
        rows = rows.filter(Q(submitted_at__gt=after.at) | Q(submitted_at=after.at, id__gt=after.id))
    found = list(rows.select_related("dataset__organisation").order_by("submitted_at", "id")[: size + 1])
    last = found[size - 1] if len(found) > size else None
    shown = [_waiting(row) for row in found[:size]]
    return Page(shown, Cursor(_submitted(last), last.id) if last else None, count)


def _waiting(row: DatasetVersion) -> Waiting:
    return Waiting(
        code=row.dataset.code,
        number=row.number,
        title=row.title,
        provider=row.dataset.organisation.name,
        sharing_type=row.sharing_type,
        open_type=row.open_type,
        submitted_at=_submitted(row),
        review_due_at=row.review_due_at,
    )


def _submitted(row: DatasetVersion) -> datetime:
    assert row.submitted_at is not None
    return row.submitted_at
