"""What every operation reads from a call."""

from datetime import datetime

from django.http import HttpRequest

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh


def aware(name: str, at: datetime | None) -> datetime | None:
    """Return an instant that says in which zone it is.

    Raises: Invalid.
    """
    if at is not None and at.tzinfo is None:
        raise Invalid(fields={name: zh("时间应写明时区，如 2026-03-01T00:00:00+08:00")})
    return at


def actor_of(request: HttpRequest) -> Actor:
    """Return who calls."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # the sign-on middleware sets it
    return actor
