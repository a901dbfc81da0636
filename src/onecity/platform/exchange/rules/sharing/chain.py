"""How receipts of use are written for the chain, and what their digests are made of."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Final

from onecity.kernel.ciphers.sm3 import sm3

GENESIS: Final = "0" * 64


def link(previous: str, receipt: Sequence[object]) -> str:
    """Return the digest that joins a receipt (its columns in order) to the chain.

    Source: GB/T 32905-2016 (SM3); the canonical form is a house rule: a JSON array, instants in ISO 8601 UTC.
    """
    plain = [value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value for value in receipt]
    return sm3(json.dumps([previous, *plain], ensure_ascii=False, separators=(",", ":")).encode()).hex()


def checksum(rows: Sequence[Mapping[str, object]]) -> str:
    """Return the SM3 of rows as canonical JSON (sorted names, no blanks); an empty text for no rows.

    Source: GB/T 32905-2016; the canonical form is a house rule.
    """
    if not rows:
        return ""
    text = json.dumps([dict(row) for row in rows], ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return sm3(text.encode()).hex()


def json_value(value: object) -> str | int | float | bool | None:
    """Return a value as it crosses borders: dates and instants in ISO 8601 (UTC), decimals and all else as text."""
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat() if value.tzinfo else value.isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    return bytes(value).hex() if isinstance(value, bytes | memoryview) else str(value)
