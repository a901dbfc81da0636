"""The code with which a citizen follows what he handed in: short enough for a phone call, too long to guess."""

from datetime import datetime, timedelta
from typing import Final

ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Digits and capitals that nobody mistakes for one another."""
LENGTH: Final = 8
MOST_FAILURES: Final = 5
LOCKED_FOR: Final = timedelta(minutes=15)


def code_of(digest: str) -> str:
    """Return the code that belongs to a digest (hexadecimal, at least 16 digits): 31⁸ are possible.

    Source: house rule.
    """
    number, letters = int(digest, 16), []
    for _ in range(LENGTH):
        number, place = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[place])
    return "".join(letters)


def plain_code(text: str) -> str:
    """Return a code as it is compared: capitals, without blanks and dashes."""
    return text.upper().replace(" ", "").replace("-", "")


def locked(failures: int, *, failed_at: datetime | None, now: datetime) -> bool:
    """Say whether a number takes no more codes for a while: after every five wrong ones.

    Source: house rule.
    """
    return failed_at is not None and failures > 0 and failures % MOST_FAILURES == 0 and now < failed_at + LOCKED_FOR
