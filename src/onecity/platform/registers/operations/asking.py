"""What every operation on personal data asks of its caller: who, and why."""

from urllib.parse import unquote

from django.http import HttpRequest

from onecity.kernel.actor import Actor
from onecity.platform.registers.services.persons.uses import checked_reason

REASON: str = "OneCity-Reason"


def actor_of(request: HttpRequest) -> Actor:
    """Return who calls."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # the sign-on middleware sets it
    return actor


def reason_of(request: HttpRequest) -> str:
    """Return why: the header `OneCity-Reason`, percent-encoded UTF-8. Raises: ReasonNeeded."""
    return checked_reason(unquote(request.headers.get(REASON, "")))
