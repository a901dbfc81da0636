"""How answers, findings and reports are sealed: JSON with exact decimals and days as texts."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from onecity.platform.identity.api import open_text, seal_personal

FACTS: Final = "welfare.query.facts"
FINDING: Final = "welfare.finding.body"
REPORT: Final = "welfare.report.body"


def canonical(value: Mapping[str, object] | Sequence[object]) -> str:
    """Return JSON that is the same for the same content: sorted keys, no blanks, decimals and days as texts."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)


def sealed(value: Mapping[str, object] | Sequence[object], *, context: str) -> bytes:
    """Seal a value as canonical JSON."""
    return seal_personal(canonical(value), context=context, masked="").sealed


def opened(data: bytes, *, context: str) -> object:
    """Return a sealed value again, as JSON gives it; None from nothing."""
    found: object = json.loads(open_text(bytes(data), context=context)) if data else None
    return found


def _plain(value: object) -> str:
    if isinstance(value, Decimal | date):
        return str(value)
    raise TypeError(type(value).__name__)
