"""Reading one's own account."""

from dataclasses import dataclass
from datetime import datetime

from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotFound
from onecity.platform.identity.models import Account, Session


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """What one sees of one's own account."""

    username: str
    full_name: str
    phone_masked: str
    must_change_password: bool
    password_changed_at: datetime | None
    second_factor_since: datetime | None


@dataclass(frozen=True, slots=True)
class OwnSession:
    """A browser in which one has signed in."""

    id: int
    address: str
    agent: str
    created_at: datetime
    last_seen_at: datetime


def own_account(actor: Actor) -> OwnAccount:
    """Return the actor's own account.

    Raises: NotPermitted if the actor is no account; NotFound if it is gone.
    """
    row = Account.objects.filter(id=actor.account_id).first()
    if row is None:
        raise NotFound
    return OwnAccount(
        row.username,
        row.full_name,
        row.phone_masked,
        row.must_change_password,
        row.password_changed_at,
        row.totp_confirmed_at,
    )


def own_sessions(actor: Actor) -> list[OwnSession]:
    """Return the actor's sessions, the latest used first."""
    rows = Session.objects.filter(account_id=actor.account_id).order_by("-last_seen_at", "-id")
    return [OwnSession(row.id, row.address, row.agent, row.created_at, row.last_seen_at) for row in rows]
