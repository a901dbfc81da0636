"""Binary-coded decimal: two digits in a byte, as meters and stations write numbers, addresses and times."""

from decimal import Decimal


def digits(data: bytes) -> str | None:
    """Return the digits of `data`, high byte first; None if a half byte is none."""
    text = data.hex()
    return text if text.isdecimal() else None


def number(data: bytes, *, decimals: int = 0) -> Decimal | None:
    """Return the number that `data` writes, high byte first; None if a half byte is no digit or nothing is written."""
    text = digits(data)
    return Decimal(int(text)).scaleb(-decimals) if text else None


def packed(value: int, *, size: int) -> bytes:
    """Write a whole number, 0 ≤ value, in `size` bytes, high byte first.

    Raises: ValueError if it does not fit.
    """
    text = f"{value:0{2 * size}d}"
    if value < 0 or len(text) > 2 * size:
        raise ValueError(f"{value} does not fit {size} bytes")
    return bytes.fromhex(text)
