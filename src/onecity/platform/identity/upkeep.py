"""Keeps identity's tables small: sessions that have ended, and answers that no caller will ask for again."""

from typing import Final

from onecity.kernel import clock
from onecity.platform.identity.services.idempotency import forget_old_calls
from onecity.platform.identity.services.sign_on import forget_ended_sessions

TIDY_EVERY_S: Final = 3600.0


def tidy() -> int:
    """Drop what is over; returns how many rows."""
    now = clock.real_now()
    return forget_old_calls(now=now) + forget_ended_sessions(now=now)
