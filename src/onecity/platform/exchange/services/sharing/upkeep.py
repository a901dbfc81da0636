"""What sharing does every so often, by the city's clock."""

from typing import Final

from onecity.kernel import clock
from onecity.kernel.clock import city_date
from onecity.platform.exchange.contracts.plans import Limits
from onecity.platform.exchange.selectors.sharing.limits import limits_of_code
from onecity.platform.exchange.services.sharing import ending, sealing, watching

SEAL_EVERY_S: Final = 1.0
END_EVERY_S: Final = 60.0
WATCH_EVERY_S: Final = 120.0


def seal_receipts() -> int:
    """Link the receipts that were written since the last time."""
    return sealing.seal_receipts()


def end_due_grants() -> int:
    """End grants whose last day has passed, and tell of those that are about to."""
    now = clock.city_now()
    return ending.end_due_grants(now=now) + ending.tell_of_ends(now=now)


def watch_uses() -> int:
    """Notice unusual use."""
    return watching.watch_uses(now=clock.city_now())


def limits_now(grant_code: str) -> Limits:
    """Return what a grant allows a flow at this moment.

    Raises: NoSuchGrant; GrantNotInForce; NotSupplied.
    """
    return limits_of_code(grant_code, today=city_date(clock.city_now()))
