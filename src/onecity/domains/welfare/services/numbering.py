"""Numbers of applications, authorisations, verifications, reports and certificates."""

import secrets
from datetime import date
from typing import Final

_LETTERS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def new_number(prefix: str, *, on: date) -> str:
    """Return a number that nobody can guess or count: prefix, day, eight characters without look-alikes."""
    return f"{prefix}{on:%Y%m%d}{''.join(secrets.choice(_LETTERS) for _ in range(8))}"


def new_code(length: int = 8) -> str:
    """Return a code for checking a report by hand."""
    return "".join(secrets.choice(_LETTERS) for _ in range(length))
