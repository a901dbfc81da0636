"""Digits, two to a byte, and the times written with them: Beijing time without a zone."""

import re
from datetime import UTC, datetime
from typing import Final

from onecity.kernel.clock import CITY_ZONE

_DIGITS = re.compile(r"[0-9]+")
_CENTURY: Final = 2000


def digits(data: bytes) -> str | None:
    """Return the digits of `data`; None if a half byte is none."""
    text = data.hex()
    return text if text.isdecimal() or not text else None


def packed(text: str, *, size: int) -> bytes:
    """Return digits in `size` bytes, zeros in front.

    Raises: ValueError if they are no digits or too many.
    """
    if not _DIGITS.fullmatch(text) or len(text) > 2 * size:
        raise ValueError(text)
    return bytes.fromhex(text.rjust(2 * size, "0"))


def instant(data: bytes) -> datetime | None:
    """Read YYMMDDhhmmss in Beijing time as an instant in UTC; None if it is no time.

    Source: JT/T 808-2019, 4 (数据类型) and 8 (时间: GMT+8).
    """
    return _read(data, utc=False)


def instant_utc(data: bytes) -> datetime | None:
    """Read YYMMDDhhmmss in UTC, as the answer 0x8004 has it; None if it is no time."""
    return _read(data, utc=True)


def time_bytes(at: datetime) -> bytes:
    """Write an aware instant as YYMMDDhhmmss in Beijing time."""
    return bytes.fromhex(f"{at.astimezone(CITY_ZONE):%y%m%d%H%M%S}")


def time_bytes_utc(at: datetime) -> bytes:
    """Write an aware instant as YYMMDDhhmmss in UTC."""
    return bytes.fromhex(f"{at.astimezone(UTC):%y%m%d%H%M%S}")


def _read(data: bytes, *, utc: bool) -> datetime | None:
    text = digits(data)
    if text is None or len(data) != 6:
        return None
    year, month, day, hour, minute, second = (int(text[place : place + 2]) for place in range(0, 12, 2))
    zone = UTC if utc else CITY_ZONE
    try:
        at = datetime(_CENTURY + year, month, day, hour, minute, second, tzinfo=zone)
    except ValueError:
        return None
    return at.astimezone(UTC)
