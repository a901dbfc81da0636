"""Looking at a reporter's name and phone: with a reason, leaving a trace."""

from dataclasses import dataclass

from django.db import transaction

from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotPermitted
from onecity.platform.cases.models import Case
from onecity.platform.cases.permissions import LOOK
from onecity.platform.cases.selectors.details import case_id
from onecity.platform.cases.selectors.scopes import covers
from onecity.platform.cases.services.opening import NAME_COLUMN, PHONE_COLUMN
from onecity.platform.identity.api import look


@dataclass(frozen=True, slots=True)
class Reporter:
    """A reporter in clear."""

    name: str
    phone: str


def look_at_reporter(actor: Actor, *, number: str, reason: str) -> Reporter:
    """Return a reporter's name and phone in clear; who looked and why is recorded.

    Raises: NotFound; NotPermitted; ReasonNeeded.
    """
    with transaction.atomic():
        row = Case.objects.get(id=case_id(actor, number))
        if not covers(actor, LOOK, keys=frozenset(row.scope_keys)):
            raise NotPermitted
        target = f"cases.case:{row.id}"

        def opened(sealed: bytes, column: str) -> str:
            return look(actor, context=column, target=target, sealed=sealed, reason=reason) if sealed else ""

        return Reporter(
            opened(bytes(row.reporter_name_sealed), NAME_COLUMN), opened(bytes(row.reporter_phone_sealed), PHONE_COLUMN)
        )
